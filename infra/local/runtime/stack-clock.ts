import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import type { EpochMs } from '../../../src/shared/clock.ts';
import { writeFileAtomically } from './atomic-file.ts';

/**
 * What time the stack takes it to be: the machine's own (`real`), an instant from which its clock goes on, or `daytime`:
 * the machine's own, but at night in California the next noon there, because nothing may be dialed at night.
 */
export type ClockChoice = 'real' | 'daytime' | { readonly startMs: EpochMs };

/** The clock of one data folder. It never goes back, because what was written there lies before it. */
export interface StackClock {
  readonly offsetMs: number;
  nowMs(): EpochMs;
}

const ZONE = 'America/Los_Angeles';

/** Well inside 8:00 to 21:00, the hours of 47 CFR 64.1200(c)(1), so that a sample call made soon is lawful too. */
const DAY = { fromHour: 9, toHour: 20, noonHour: 12 } as const;

export const startClock = async (choice: ClockChoice, dataDir: string): Promise<StackClock> => {
  const file = join(dataDir, 'clock.json');
  const offsetMs = offsetFor(choice, earlierOffset(file));
  await writeFileAtomically(file, `${JSON.stringify({ offsetMs })}\n`);
  return { offsetMs, nowMs: () => Date.now() + offsetMs };
};

const earlierOffset = (file: string): number =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { offsetMs: number }).offsetMs : 0;

const offsetFor = (choice: ClockChoice, earlierMs: number): number => {
  if (choice === 'real') return 0;
  if (typeof choice === 'object') return choice.startMs - Date.now();
  const now = Temporal.Instant.fromEpochMilliseconds(Date.now() + earlierMs).toZonedDateTimeISO(ZONE);
  if (now.hour >= DAY.fromHour && now.hour < DAY.toHour) return earlierMs;
  const noon = now.startOfDay().with({ hour: DAY.noonHour });
  const next = noon.epochMilliseconds > now.epochMilliseconds ? noon : noon.add({ days: 1 });
  return earlierMs + next.epochMilliseconds - now.epochMilliseconds;
};

/** One sentence for a person, where the stack's clock is not the machine's. */
export const describeClock = (clock: StackClock): string | undefined => {
  if (clock.offsetMs === 0) return undefined;
  const there = Temporal.Instant.fromEpochMilliseconds(clock.nowMs()).toZonedDateTimeISO(ZONE);
  const time = there.toLocaleString('en-US', { weekday: 'long', hour: 'numeric', minute: '2-digit' });
  return `The clock of this stack is shifted, so that calls may be placed: it is ${time} in California (--clock real: no shift).`;
};
