import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RequestCallback } from '../../events/request-callback/schema.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import type { Screening } from '../../src/calls/ports.ts';
import { type AddressHeader, arrivalOf, clientAddress } from '../../src/screen/client-address.ts';
import type { RequestScreen, ScreenContext } from '../../src/screen/screen-request.ts';
import type { Arrival, ScreenRefusal } from '../../src/screen/types.ts';
import type { Clock, EpochMs } from '../../src/shared/clock.ts';
import type { Result } from '../../src/shared/result.ts';

export interface ScreeningDeps {
  readonly screen: RequestScreen;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly settings: { readonly screen: { readonly clientAddress?: AddressHeader | undefined } };
}

/** Where the request came from. @throws {ProblemError} `origin-not-allowed` */
export function arrive({ screen, settings }: ScreeningDeps, event: APIGatewayProxyEventV2): Arrival {
  const { http, domainName } = event.requestContext;
  const address = clientAddress(event.headers, http.sourceIp, settings.screen.clientAddress);
  const arrival = arrivalOf(event.headers, address, domainName);
  passed(screen.arrival(arrival));
  return arrival;
}

/**
 * What the screen says of a form with JavaScript, before its number is looked at.
 * @throws {ProblemError} what the screen refuses
 */
export async function screenBody(
  { screen, clock }: ScreeningDeps,
  arrival: Arrival,
  { website, filledMs, proof }: Pick<RequestCallback, 'website' | 'filledMs' | 'proof'>,
  idempotencyKey: string | undefined,
): Promise<Screening> {
  passed(screen.form({ honeypot: website, filledMs }));
  const proved = await screen.proof(arrival, proof, clock.nowMs());
  if (proved.ok) return screeningOf(screen, { arrival, form: 'script', proof: proved.value });
  // A repeat by its Idempotency-Key gets the first answer, though its challenge may be too old by now.
  if (idempotencyKey === undefined) throw screenProblem(proved.failure);
  return { ...screeningOf(screen, { arrival, form: 'script' }), weigh: () => Promise.resolve(proved) };
}

/** The screen's part in taking a request. */
export const screeningOf = (screen: RequestScreen, context: ScreenContext): Screening => ({
  number: (asked) => screen.number(asked),
  weigh: (asked, atMs) => screen.weigh(context, asked, atMs),
  overtaken: (refusal, number, atMs: EpochMs) =>
    screen.tooMany(refusal, { number, address: context.arrival.address, atMs }),
});

/** @throws {ProblemError} where something was refused */
export function passed(screened: Result<unknown, ScreenRefusal>): void {
  if (!screened.ok) throw screenProblem(screened.failure);
}

/** What is wrong with the number points at it, so that a form shows it there. */
const aboutNumber: readonly ScreenRefusal['code'][] = [
  'country-not-called',
  'number-type-not-called',
  'too-many-for-number',
];

export function screenProblem({ code, retryAfterSeconds }: ScreenRefusal): ProblemError {
  const seconds = retryAfterSeconds ?? (code === 'screen-unavailable' ? 60 : undefined);
  const problem = new ProblemError(code, { retryAfterSeconds: seconds });
  if (!aboutNumber.includes(code)) return problem;
  return new ProblemError(code, {
    retryAfterSeconds: seconds,
    errors: [{ pointer: '/phone', detail: problem.message }],
  });
}
