import { relative } from 'node:path';
import type { Host } from '../host.ts';
import type { StartOptions } from './arguments.ts';

/** How a person signs in to Webex, for the first time or again. */
const describeSignIn = (api: string, signedOut: boolean, link: string): string => `
${
  signedOut
    ? 'Nobody is signed in to Webex, so calls wait. Sign in within ten minutes:'
    : 'The host has signed in to Webex on your behalf. To see the sign-in yourself, open within ten minutes:'
}

  ${link}

Later, POST ${api}/v1/webex/authorize-link with the operator token gives another link.
`;

/** What a person needs to go on, once everything runs. */
export const describeReady = (
  { ready, clockNote }: Pick<Host, 'ready' | 'clockNote'>,
  options: Pick<StartOptions, 'dataDir' | 'webexApi' | 'signedOut'>,
  signInLink?: string,
): string => `
Ringback is ready.

  Sample site with the form   ${ready.site}
  API                         ${ready.api}
  ${options.webexApi === undefined ? 'Webex simulator            ' : 'Webex                      '} ${ready.webex}
  Logs and data               ${relative(process.cwd(), options.dataDir) || '.'}

Request a call:

  curl -i ${ready.api}/v1/callbacks -H 'content-type: application/json' \\
    -d '{"phone":"(415) 555-0132","country":"US","line":"billing","when":"now","consent":{"version":"2026-11","accepted":true}}'

Operator token, for -H "authorization: Bearer …":

  ${ready.operatorToken}
${signInLink === undefined ? '' : describeSignIn(ready.api, options.signedOut === true, signInLink)}${
  clockNote === undefined
    ? ''
    : `
${clockNote}
`
}
Stop with Ctrl-C.
`;
