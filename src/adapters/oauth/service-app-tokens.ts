import * as z from 'zod/mini';
import { type Result, fail, ok } from '../../shared/result.ts';
import type { ExchangeRefusal, ServiceAppTokens } from '../../sign-in/ports.ts';
import type { OAuthClient, TokenGrant } from '../../tokens/ports.ts';
import { TokenAnswerSchema, grantOf } from '../webex/token-endpoint.ts';
import { type HttpTransport, TransportError } from '../webex/transport.ts';

export interface WebexServiceAppOptions {
  /** Such as `https://webexapis.com/v1/applications`. */
  readonly applicationsUrl: string;
  /** Id of the Service App, as developer.webex.com shows it. */
  readonly applicationId: string;
  readonly targetOrganizationId: string;
  readonly transport: HttpTransport;
  readonly timeoutMs?: number;
}

/** POST /v1/applications/{appId}/token: the tokens of a Service App that the organization has authorized in Control Hub. */
export class WebexServiceAppTokens implements ServiceAppTokens {
  readonly #options: WebexServiceAppOptions;

  constructor(options: WebexServiceAppOptions) {
    this.#options = options;
  }

  async issue(
    managerToken: string,
    { clientId, clientSecret }: OAuthClient,
  ): Promise<Result<TokenGrant, ExchangeRefusal>> {
    const { applicationsUrl, applicationId, targetOrganizationId, transport, timeoutMs = 8_000 } = this.#options;
    try {
      const answer = await transport({
        method: 'POST',
        url: new URL(`${applicationsUrl}/${encodeURIComponent(applicationId)}/token`),
        headers: {
          authorization: `Bearer ${managerToken}`,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify({ clientId, clientSecret, targetOrgId: targetOrganizationId }),
        timeoutMs,
      });
      if (answer.status === 200) return readAnswer(answer.body);
      if (answer.status >= 500 || answer.status === 429) return fail({ code: 'no-answer' });
      return fail({ code: 'refused', oauthError: `status ${answer.status}` });
    } catch (error) {
      if (error instanceof TransportError) return fail({ code: 'no-answer' });
      throw error;
    }
  }
}

function readAnswer(body: string): Result<TokenGrant, ExchangeRefusal> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's own message quotes the body, which holds tokens.
    return fail({ code: 'no-answer' });
  }
  const parsed = z.safeParse(TokenAnswerSchema, json);
  return parsed.success ? ok(grantOf(parsed.data)) : fail({ code: 'no-answer' });
}
