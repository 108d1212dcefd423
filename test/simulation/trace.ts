import { runSeed } from './run-seed.ts';
import type { Violation } from './world/violations.ts';
import type { WorldOptions } from './world/world.ts';

/** Lines of a trace that are kept; older ones go first. */
const linesMax = 100_000;

interface Line {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
  readonly result: string;
}

/** Everything that happened in one history, in order; the same options always give the same lines. */
export async function traceSeed(
  options: WorldOptions,
): Promise<{ lines: readonly string[]; violations: readonly Violation[] }> {
  const { told, violations } = await record(options);
  return { lines: told.map((line) => formatLine(line, told[0]?.atMs ?? 0)), violations };
}

/** The trace up to the step that broke a rule, as far as it is about the call, its number and the workers on it. */
export async function traceViolation(options: WorldOptions): Promise<readonly string[]> {
  const { told, violations } = await record(options);
  const violation = violations[0];
  if (!violation) return ['No rule was broken.'];
  const until = told.filter(({ atMs }) => atMs <= violation.atMs);
  const subjects = subjectsOf(violation, until);
  const concerned = (line: Line): boolean => subjects.some((subject) => line.what.includes(subject));
  const workers = new Set(until.filter(concerned).map(({ who }) => who));
  const kept = until.filter((line) => concerned(line) || (line.what === 'dies' && workers.has(line.who)));
  const startMs = told[0]?.atMs ?? 0;
  return [...kept.map((line) => formatLine(line, startMs)), describeViolation(violation, startMs)];
}

export function describeViolation({ rule, atMs, callId, words }: Violation, startMs?: number): string {
  const when = startMs === undefined ? '' : `${sinceStart(atMs, startMs)}  `;
  return `${when}>>> ${rule}: ${callId} ${words}`.replace(/ +/g, ' ');
}

async function record(options: WorldOptions): Promise<{ told: readonly Line[]; violations: readonly Violation[] }> {
  const told: Line[] = [];
  const { violations } = await runSeed({
    ...options,
    trace: (atMs, who, what, result) => {
      if (told.length < linesMax) told.push({ atMs, who, what, result: describe(result) });
    },
  });
  return { told, violations };
}

/** Words of the lines about the one secret, where a violation is about no call. */
const aboutTokens = ['secret', 'pending', 'token', 'unstage', 'version-', 'signs in'];

/** The call of a violation, its number, and the other calls to that number: they share its caps. */
function subjectsOf({ callId, words }: Violation, lines: readonly Line[]): string[] {
  const numbers = new Map<string, string>();
  const numberAsked = new Map<string, string>();
  for (const { who, what } of lines) {
    const number = /^facts of (\+\d+)$/.exec(what)?.[1];
    if (number) numberAsked.set(who, number);
    const accepted = /^accept (\S+)$/.exec(what)?.[1];
    const asked = numberAsked.get(who);
    if (accepted && asked) numbers.set(accepted, asked);
  }
  const number = /\+\d{11}/.exec(words)?.[0] ?? numbers.get(callId);
  if (!number) return callId === '' ? aboutTokens : [callId];
  return [number, ...[...numbers].filter(([, asked]) => asked === number).map(([call]) => call)];
}

const formatLine = ({ atMs, who, what, result }: Line, startMs: number): string =>
  `${sinceStart(atMs, startMs)}  ${who.padEnd(14)} ${what}${result && ` = ${result}`}`;

function sinceStart(atMs: number, startMs: number): string {
  const ms = atMs - startMs;
  const days = Math.floor(ms / 86_400_000);
  return `+${days}d ${new Date(ms % 86_400_000).toISOString().slice(11, 23)}`;
}

/** What was answered, in a few words. */
function describe(result: unknown): string {
  if (typeof result === 'string') return result;
  if (typeof result === 'number' || typeof result === 'boolean') return `${result}`;
  if (result instanceof Error) return result.message;
  if (Array.isArray(result)) return `${result.length} found`;
  if (typeof result !== 'object' || result === null) return '';
  const fields = result as Record<string, unknown>;
  if ('answer' in fields) return describe(fields['answer']);
  if ('later' in fields) return 'sent';
  const told = toldFields.map((name) => describe(fields[name]));
  const nested = ['call', 'attempt'].map((name) => (fields[name] ? `${name} ${describe(fields[name])}` : ''));
  return [...told, ...nested].filter((words) => words !== '').join(' ');
}

const toldFields = ['outcome', 'cause', 'status', 'version', 'taskId', 'added'] as const;
