import type { EpochMs } from '../shared/clock.ts';

/** What the other side made of a request. */
export type PostAnswer =
  | { readonly outcome: 'answered'; readonly status: number; readonly retryAfter?: string }
  /** No answer, or none in time. */
  | { readonly outcome: 'unreachable'; readonly because: string };

/** Posts to a destination: to this very URL, following nobody elsewhere. */
export interface WebhookSender {
  post(request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly timeoutMs: number;
  }): Promise<PostAnswer>;
}

/** Destinations that told us to stop. */
export interface GoneDestinations {
  /** Until when nothing is sent there; undefined where it never told us, or long ago, or the settings name another URL since. */
  goneUntilMs(name: string, url: string): Promise<EpochMs | undefined>;
  remember(name: string, url: string, untilMs: EpochMs): Promise<void>;
}
