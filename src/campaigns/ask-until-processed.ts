import type { Clock, EpochMs } from '../shared/clock.ts';
import type { ListAnswer } from './push-ports.ts';

export interface AskLimits {
  readonly clock: Clock;
  /** No wait goes on until then, because whoever waits may be ended by it. */
  readonly deadlineMs: EpochMs;
  /** Whether the pusher has to stop, so that nothing more is tried. */
  readonly isStopping?: () => boolean;
}

const waitMsMin = 250;
const waitMsMax = 60_000;

/** What was certainly not processed is asked again, for as long as the time allows; else that answer is given. */
export async function askUntilProcessed<Done>(
  limits: AskLimits,
  ask: () => Promise<ListAnswer<Done>>,
): Promise<ListAnswer<Done>> {
  for (;;) {
    const answer = await ask();
    if (!(await mayAskAgain(limits, answer))) return answer;
  }
}

/** Waits as long as an answer says where it can be asked for again. @returns false where it counts as it is */
export async function mayAskAgain(
  { clock, deadlineMs, isStopping = () => false }: AskLimits,
  answer: ListAnswer<unknown>,
): Promise<boolean> {
  if (answer.outcome !== 'unsent' || isStopping()) return false;
  const waitMs = waitMsOf(answer);
  if (clock.nowMs() + waitMs >= deadlineMs) return false;
  await clock.sleep(waitMs);
  return !isStopping();
}

export const waitMsOf = ({ retryAfterMs }: { readonly retryAfterMs: number }): number =>
  Math.min(Math.max(retryAfterMs, waitMsMin), waitMsMax);
