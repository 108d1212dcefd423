import type { Settings } from './schema.ts';

/** Base URL of Webex Contact Center's API: the explicit setting, or the region's (developer.webex.com). */
export const webexApiUrl = (webex: Settings['webex']): string =>
  webex.apiUrl ?? `https://api.wxcc-${webex.region}.cisco.com`;
