import * as z from 'zod';
import type { Host } from '../host.ts';

const LINK_TIMEOUT_MS = 10_000;

const AnswerSchema = z.object({ url: z.url() });

/** Asks the running API, as the operator, for a link that starts the sign-in to Webex; undefined where it has none. */
export const requestSignInLink = async ({
  api,
  operatorToken,
}: Pick<Host['ready'], 'api' | 'operatorToken'>): Promise<string | undefined> => {
  const answer = await fetch(`${api}/v1/webex/authorize-link`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}` },
    signal: AbortSignal.timeout(LINK_TIMEOUT_MS),
  });
  if (!answer.ok) return undefined;
  return AnswerSchema.parse(await answer.json()).url;
};
