import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { InvocationOutcome } from '../../contracts.ts';
import type { TemplateModel } from '../../template/model.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { FunctionDefinition } from './definition.ts';

/** Lambda's defaults and delays for asynchronous events (Lambda developer guide, "Asynchronous invocation"). */
const RETRIES_DEFAULT = 2;
const AGE_DEFAULT_MS = 6 * 3_600_000;
const RETRY_DELAYS_MS = [60_000, 120_000];

/** Events that may wait at the same time; one more is refused. */
const WAITING_MAX = 10_000;

interface AcceptedEvent {
  readonly id: string;
  readonly functionName: string;
  readonly event: unknown;
  readonly acceptedAtMs: number;
  readonly invocations: number;
  readonly dueAtMs: number;
}

export interface AsyncEventsOptions {
  readonly directory: string;
  readonly model: TemplateModel;
  readonly invoke: (functionName: string, event: unknown) => Promise<InvocationOutcome>;
  readonly sendToDestination: (functionName: string, destinationArn: string, body: unknown) => Promise<void>;
  readonly definitionOf: (functionName: string) => FunctionDefinition;
}

/**
 * Lambda's asynchronous invocations: an accepted event is on disk until its function has answered, is tried again as
 * often as the template says, and goes to the function's destination or dead-letter queue where it failed for good.
 */
export class AsyncEvents {
  readonly #options: AsyncEventsOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #closed = false;

  constructor(options: AsyncEventsOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
  }

  /** @throws where too many events wait already. */
  async accept(functionName: string, event: unknown): Promise<void> {
    if (this.#timers.size >= WAITING_MAX)
      throw new Error(`${functionName}: ${WAITING_MAX} asynchronous events wait already.`);
    const now = Date.now();
    const accepted = { id: randomUUID(), functionName, event, acceptedAtMs: now, invocations: 0, dueAtMs: now };
    await this.#keep(accepted);
    this.#schedule(accepted);
  }

  /** Goes on with the events that an earlier run accepted and did not finish. */
  resume(): void {
    for (const file of readdirSync(this.#options.directory).filter((name) => name.endsWith('.json'))) {
      this.#schedule(JSON.parse(readFileSync(join(this.#options.directory, file), 'utf8')) as AcceptedEvent);
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(accepted: AcceptedEvent): void {
    if (this.#closed) return;
    const timer = setTimeout(() => void this.#run(accepted), Math.max(0, accepted.dueAtMs - Date.now()));
    this.#timers.set(accepted.id, timer);
  }

  async #run(accepted: AcceptedEvent): Promise<void> {
    const outcome = await this.#options.invoke(accepted.functionName, accepted.event);
    if (this.#closed) return;
    // Lambda keeps a throttled event and tries it again without counting it as one of the retries.
    const invocations = accepted.invocations + (outcome.outcome === 'throttled' ? 0 : 1);
    const limits = this.#limitsOf(accepted.functionName);
    const isOver = outcome.outcome === 'answered' || invocations > limits.retriesMax;
    const delayMs = RETRY_DELAYS_MS[Math.max(0, invocations - 1)] ?? RETRY_DELAYS_MS.at(-1) ?? 0;
    const dueAtMs = Date.now() + (outcome.outcome === 'throttled' ? 1_000 : delayMs);
    if (!isOver && dueAtMs - accepted.acceptedAtMs <= limits.ageMaxMs) {
      const again = { ...accepted, invocations, dueAtMs };
      await this.#keep(again);
      this.#schedule(again);
      return;
    }
    await this.#finish({ ...accepted, invocations }, outcome);
    this.#timers.delete(accepted.id);
    rmSync(this.#fileOf(accepted.id), { force: true });
  }

  async #finish(accepted: AcceptedEvent, outcome: InvocationOutcome): Promise<void> {
    const { definitionOf, sendToDestination } = this.#options;
    const definition = definitionOf(accepted.functionName);
    const destinations = this.#configOf(accepted.functionName)?.DestinationConfig;
    const succeeded = outcome.outcome === 'answered';
    const destination = succeeded ? destinations?.OnSuccess : destinations?.OnFailure;
    if (destination !== undefined) {
      await sendToDestination(
        accepted.functionName,
        destination.Destination,
        destinationRecord(definition.arn, accepted, outcome),
      );
    }
    if (!succeeded && definition.deadLetterArn !== undefined) {
      await sendToDestination(accepted.functionName, definition.deadLetterArn, accepted.event);
    }
  }

  #limitsOf(functionName: string): { readonly retriesMax: number; readonly ageMaxMs: number } {
    const config = this.#configOf(functionName);
    return {
      retriesMax: config?.MaximumRetryAttempts ?? RETRIES_DEFAULT,
      ageMaxMs:
        config?.MaximumEventAgeInSeconds === undefined ? AGE_DEFAULT_MS : config.MaximumEventAgeInSeconds * 1000,
    };
  }

  #configOf(functionName: string) {
    const { arn } = this.#options.definitionOf(functionName);
    return this.#options.model
      .of('AWS::Lambda::EventInvokeConfig')
      .find(({ properties }) => [functionName, arn].includes(properties.FunctionName))?.properties;
  }

  async #keep(accepted: AcceptedEvent): Promise<void> {
    await writeFileAtomically(this.#fileOf(accepted.id), JSON.stringify(accepted));
  }

  #fileOf(id: string): string {
    return join(this.#options.directory, `${id}.json`);
  }
}

/** The record that Lambda sends to a destination (Lambda developer guide, "Asynchronous invocation record"). */
const destinationRecord = (functionArn: string, accepted: AcceptedEvent, outcome: InvocationOutcome): unknown => {
  const succeeded = outcome.outcome === 'answered';
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: accepted.id,
      functionArn: `${functionArn}:$LATEST`,
      condition: succeeded ? 'Success' : 'RetriesExhausted',
      approximateInvokeCount: accepted.invocations,
    },
    requestPayload: accepted.event,
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(succeeded ? {} : { functionError: 'Unhandled' }),
    },
    responsePayload: succeeded ? outcome.payload : errorPayload(outcome),
  };
};

/** What a caller of a function that failed gets to see, as from Lambda. */
export const errorPayload = (outcome: Exclude<InvocationOutcome, { outcome: 'answered' }>): unknown => {
  switch (outcome.outcome) {
    case 'error':
      return { errorType: outcome.errorType, errorMessage: outcome.errorMessage, trace: outcome.trace };
    case 'timed-out':
      return { errorType: 'Sandbox.Timedout', errorMessage: outcome.errorMessage };
    case 'crashed':
      return { errorType: 'Runtime.ExitError', errorMessage: outcome.errorMessage };
    case 'throttled':
      return { errorType: 'TooManyRequestsException', errorMessage: outcome.errorMessage };
  }
};
