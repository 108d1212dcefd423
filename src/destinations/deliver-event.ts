import { Webhook } from 'standardwebhooks';
import type { OwnEvent } from '../bus/ports.ts';
import type { Destination } from '../settings/destination-schema.ts';
import type { Clock } from '../shared/clock.ts';
import type { SigningSecrets } from '../triggers/ports.ts';
import type { GoneDestinations, PostAnswer, WebhookSender } from './ports.ts';

export interface DeliverEventDeps {
  readonly destinations: Readonly<Record<string, Destination>>;
  readonly secrets: SigningSecrets;
  readonly sender: WebhookSender;
  readonly gone: GoneDestinations;
  /** Receivers check the time of a signature against that of the world. */
  readonly worldClock: Pick<Clock, 'nowMs'>;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type DeliveryOutcome =
  | { readonly outcome: 'delivered'; readonly status: number }
  /** The destination said that it wants nothing any more, now or within the last day. */
  | { readonly outcome: 'gone'; readonly retryInSeconds: number }
  | { readonly outcome: 'failed'; readonly because: string; readonly retryInSeconds: number };

/** The example schedule of Standard Webhooks, as far as SQS can hide a message: 12 hours. */
const retrySeconds = [5, 300, 1_800, 7_200, 18_000, 36_000] as const;
const retrySecondsMax = 43_000;
/** So that events which failed together do not come back together. */
const jitter = 0.1;

/** Receives after which an event is a dead letter: some 42 hours after the first. */
export const deliveriesMax = 9;

/** A destination that wants nothing any more is asked again after a day: it may have been a mistake of theirs. */
const goneMs = 86_400_000;

/**
 * Posts an event to a destination, signed by Standard Webhooks; with both secrets while one is changed.
 * @param deliveries how often this has been tried, this time included.
 */
export async function deliverEvent(
  deps: DeliverEventDeps,
  name: string,
  event: OwnEvent,
  deliveries: number,
): Promise<DeliveryOutcome> {
  const destination = deps.destinations[name];
  if (!destination) throw new Error(`The settings name no destination ${name}.`);
  const { url, timeoutSeconds } = destination;
  const nowMs = deps.worldClock.nowMs();
  const goneUntilMs = await deps.gone.goneUntilMs(name, url);
  if (goneUntilMs !== undefined && goneUntilMs > nowMs) return goneFor(goneUntilMs - nowMs);

  const body = JSON.stringify(event);
  const headers = signedHeaders(await deps.secrets.of(name), event.id, nowMs, body);
  const answer = await deps.sender.post({ url, headers, body, timeoutMs: timeoutSeconds * 1_000 });
  if (answer.outcome === 'answered' && answer.status >= 200 && answer.status < 300)
    return { outcome: 'delivered', status: answer.status };
  if (answer.outcome === 'answered' && answer.status === 410) {
    await deps.gone.remember(name, url, nowMs + goneMs);
    return goneFor(goneMs);
  }
  const because = answer.outcome === 'answered' ? `answered ${answer.status}` : answer.because;
  return { outcome: 'failed', because, retryInSeconds: retryIn(answer, deliveries, nowMs, deps.random()) };
}

function signedHeaders(secrets: readonly string[], id: string, nowMs: number, body: string): Record<string, string> {
  const seconds = Math.floor(nowMs / 1_000);
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(seconds * 1_000), body));
  return {
    'content-type': 'application/json',
    'user-agent': 'Ringback',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}

const goneFor = (durationMs: number): DeliveryOutcome => ({
  outcome: 'gone',
  retryInSeconds: Math.min(Math.ceil(durationMs / 1_000), retrySecondsMax),
});

/** As our schedule says, or later where the other side asks for it. */
function retryIn(answer: PostAnswer, deliveries: number, nowMs: number, random: number): number {
  const planned = retrySeconds[deliveries - 1] ?? retrySecondsMax;
  const asked = answer.outcome === 'answered' ? retryAfterSeconds(answer.retryAfter, nowMs) : 0;
  const wanted = Math.max(planned * (1 + jitter * random), asked);
  return Math.ceil(Math.min(wanted, retrySecondsMax));
}

/** RFC 9110: seconds or a date. */
function retryAfterSeconds(value: string | undefined, nowMs: number): number {
  if (value === undefined) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? 0 : Math.max(0, (atMs - nowMs) / 1_000);
}
