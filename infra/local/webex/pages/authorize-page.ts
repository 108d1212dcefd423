import { randomUUID } from 'node:crypto';
import type { SignIn } from '../store/token-store.ts';
import { document, escapeHtml } from './html.ts';

const TITLE = 'Webex simulator: sign in';

/** The page on which a person lets the integration act for the organization, or does not. */
export function authorizePage(signIn: SignIn): { readonly markup: string; readonly nonce: string } {
  const nonce = randomUUID();
  const scopes = signIn.scope.split(' ').map((scope) => `<li><code>${escapeHtml(scope)}</code></li>`);
  const content = `<main>
<h1>Allow access?</h1>
<p>This is the simulator: no account is needed and nothing leaves this machine.</p>
<p>The integration <code>${escapeHtml(signIn.clientId)}</code> asks to act as an administrator of the organization <code>${escapeHtml(signIn.orgId)}</code> with these scopes:</p>
<ul>${scopes.join('')}</ul>
<p>Afterwards you go to <code>${escapeHtml(signIn.redirectUri)}</code>.</p>
<form method="post" action="/v1/authorize">
<input type="hidden" name="signIn" value="${escapeHtml(signIn.id)}">
<button class="main" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
</main>`;
  return { nonce, markup: document(TITLE, nonce, '', content) };
}

/** Where the client cannot be trusted with an answer, the person is told here. */
export function refusalPage(words: string): { readonly markup: string; readonly nonce: string } {
  const nonce = randomUUID();
  return {
    nonce,
    markup: document(TITLE, nonce, '', `<main><h1>This sign-in cannot go on</h1><p>${escapeHtml(words)}</p></main>`),
  };
}
