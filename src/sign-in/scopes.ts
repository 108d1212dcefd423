import type { Settings } from '../settings/schema.ts';

/** Scope of an account that may have the tokens of a Service App issued. */
const serviceAppScopes: readonly string[] = ['spark:applications_token'];

/** Tasks and scheduled callbacks; looking tasks up. */
const taskScopes: readonly string[] = ['cjp:user', 'cjp:config_read'];

/** DNC lists and contact lists: nobody documents their scopes; these are what Cisco's labs ask for. */
const listScopes: readonly string[] = ['cjp:config', 'cjp:config_write'];

/** The least scopes that the enabled features need, or those that the settings name instead. */
export function scopesFor({ webex, uploads }: Pick<Settings, 'webex' | 'uploads'>): readonly string[] {
  if (webex.serviceApp) return serviceAppScopes;
  if (webex.scopes) return webex.scopes;
  const needsLists = webex.dncLists.length > 0 || Object.keys(uploads.campaigns).length > 0;
  return needsLists ? [...taskScopes, ...listScopes] : taskScopes;
}
