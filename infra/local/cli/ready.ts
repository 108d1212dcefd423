import { relative } from 'node:path';
import type { Host } from '../host.ts';
import type { StartOptions } from './arguments.ts';

/** What a person needs to go on, once everything runs. */
export const describeReady = ({ ready, clockNote }: Pick<Host, 'ready' | 'clockNote'>, options: Pick<StartOptions, 'dataDir' | 'webexApi'>): string => `
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
${clockNote === undefined ? '' : `
${clockNote}
`}
Stop with Ctrl-C.
`;
