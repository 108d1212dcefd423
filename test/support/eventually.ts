import { setTimeout } from 'node:timers/promises';

/** Asks again until there is an answer. Throws after `timeoutMs`, so that a wait can fail. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>, timeoutMs = 10_000): Promise<T> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > untilMs) throw new Error(`There was no answer within ${timeoutMs} ms.`);
    await setTimeout(25);
  }
}
