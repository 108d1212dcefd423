/** `npm run explain -- NUMBER`: may this number be dialed at an instant, and by which rule not? */
import { parseArgs } from 'node:util';
import { isTimeZone } from '../../src/numbering/time-zone.ts';
import { parsePhone } from '../../src/phone/parse-phone.ts';
import { createDecide } from '../../src/policy/create-decide.ts';
import type { PolicyChoices } from '../../src/policy/table.ts';
import type { Basis, CallKind, Decision, DialFacts, Purpose, RuleFinding } from '../../src/policy/types.ts';
import { zoneClock } from '../../src/policy/zone-clock.ts';

const usage = `Usage: npm run explain -- NUMBER [--at TIME] [--kind callback|outdial] [--basis none|request|relationship|consent] [--json]
  NUMBER     E.164, or national with --country US
  --at       an instant with its offset, such as 2026-11-23T09:30-05:00; now if left out
  --kind     callback (the person asked) or outdial (a trigger asked); callback if left out
  --basis    why we may call; request for a callback and none for an outdial if left out
  --purpose  requested | marketing | debt | service; requested for a callback and marketing for an outdial if left out
  --automated   the call is placed by an automatic system
  --postal-code, --region, --time-zone   what else tells where the person is`;

const options = {
  at: { type: 'string' },
  kind: { type: 'string', default: 'callback' },
  basis: { type: 'string' },
  purpose: { type: 'string' },
  country: { type: 'string', default: 'US' },
  'postal-code': { type: 'string' },
  region: { type: 'string' },
  'time-zone': { type: 'string' },
  automated: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export interface ExplainDeps {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly nowMs: () => number;
  /** The operator's policy settings. */
  readonly policy: () => Promise<PolicyChoices>;
}

type Flags = ReturnType<typeof parseFlags>['values'];

const parseFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, allowPositionals: true, strict: true });

/** What was typed makes no sense; the message is one sentence. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @returns the exit code: 0 explained, whatever the verdict; 2 wrong usage. */
export async function runExplain(args: readonly string[], deps: ExplainDeps): Promise<number> {
  let facts: DialFacts;
  let json: boolean;
  try {
    const { values, positionals } = flagsOf(args);
    if (values.help) {
      deps.print(usage);
      return 0;
    }
    facts = factsOf(positionals, values, deps.nowMs());
    json = values.json;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    deps.complain(error.message);
    return 2;
  }
  const decision = createDecide(await deps.policy())(facts);
  deps.print(json ? JSON.stringify(toJson(decision), null, 2) : toWords(decision));
  return 0;
}

function flagsOf(args: readonly string[]): ReturnType<typeof parseFlags> {
  try {
    return parseFlags(args);
  } catch (error) {
    // node:util throws a TypeError with a sentence of its own for every option it does not know.
    if (error instanceof TypeError)
      throw new UsageError(`${firstSentence(error.message)}; npm run explain -- --help tells what there is.`, {
        cause: error,
      });
    throw error;
  }
}

const firstSentence = (text: string): string => text.split(/\n|\. /)[0] ?? text;

function factsOf(positionals: readonly string[], flags: Flags, nowMs: number): DialFacts {
  const [text, ...rest] = positionals;
  if (text === undefined) throw new UsageError('NUMBER is missing, for example: npm run explain -- +14155550132.');
  if (rest.length > 0)
    throw new UsageError(
      `Only one NUMBER can be explained at a time, but there is also ${rest.join(' ')}; quote a number that has spaces.`,
    );
  const number = readNumber(text, flags.country);
  const atMs = flags.at === undefined ? nowMs : readInstant(flags.at);
  const kind = oneOf<CallKind>('--kind', flags.kind, ['callback', 'outdial']);
  const basis = oneOf('--basis', flags.basis ?? (kind === 'callback' ? 'request' : 'none'), [
    'none',
    'request',
    'relationship',
    'consent',
  ] as const);
  const purpose = oneOf<Purpose>('--purpose', flags.purpose ?? (kind === 'callback' ? 'requested' : 'marketing'), [
    'requested',
    'marketing',
    'debt',
    'service',
  ]);
  const zone = flags['time-zone'];
  if (zone !== undefined && !isTimeZone(zone))
    throw new UsageError(`--time-zone must be an IANA time zone such as America/New_York, got ${zone}.`);
  const address = { postalCode: flags['postal-code'], region: flags.region };
  return {
    number,
    atMs,
    kind,
    purpose,
    automated: flags.automated,
    bases: basis === 'none' ? [] : [basisOf(basis, atMs)],
    lists: ['internal', ...REGISTRIES].map((list) => ({ list, state: 'clear', asOfMs: atMs })),
    attemptsMs: [],
    attemptsOnLineMs: [],
    attemptsOfCall: 0,
    ...((address.postalCode ?? address.region) !== undefined && { address }),
    ...(zone !== undefined && { browserTimeZone: zone }),
    bans: [],
  };
}

/** What the command line cannot know is taken to be in order, and said so. */
const REGISTRIES = ['registry:US', 'registry:CA', 'registry:GB', 'registry:AU'];
const ASSUMED = 'Assumed: on no do-not-call list, no earlier attempts, no emergency ban, no opening hours of a line.';

const basisOf = (type: Basis['type'], atMs: number): Basis => ({ type, startMs: atMs });

function readNumber(text: string, country: string): string {
  const digits = text.replaceAll(/[\s().-]/g, '');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  const phone = parsePhone(text, country.toUpperCase());
  if (!phone.ok) throw new UsageError(`NUMBER ${phone.failure.detail}, got "${text}".`);
  return phone.value.number;
}

function readInstant(text: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  const atMs = parts === null ? Number.NaN : Date.parse(text);
  const dateMs = Date.parse(`${parts?.[1] ?? ''}T00:00:00Z`);
  const exists = !Number.isNaN(dateMs) && new Date(dateMs).toISOString().startsWith(parts?.[1] ?? '-');
  if (Number.isNaN(atMs) || !exists) {
    throw new UsageError(
      `--at must be an instant with its offset such as 2026-11-23T09:30-05:00 or 2026-11-23T14:30Z, got ${text}.`,
    );
  }
  return atMs;
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found === undefined) throw new UsageError(`${name} must be ${allowed.join(', ')}, got ${value}.`);
  return found;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

/** The answer for scripts. `until` is null unless the verdict is `defer`. */
const toJson = (decision: Decision) => ({
  verdict: decision.verdict,
  until: decision.verdict === 'defer' ? iso(decision.untilMs) : null,
  zones: decision.zones,
  jurisdictions: decision.jurisdictions,
  because: decision.because ?? null,
  rules: decision.findings.map(({ id, result, citation, url, detail, loosenedBecause }) => ({
    id,
    result,
    citation,
    url,
    detail,
    loosenedBecause,
  })),
  table: decision.tableVersion,
});

function toWords(decision: Decision): string {
  const { facts, zones, jurisdictions, findings } = decision;
  const decisive = findings.find(({ id }) => id === decision.because);
  const weighed = findings.filter(
    ({ result, loosenedBecause }) => result !== 'not-applicable' || loosenedBecause !== undefined,
  );
  const idle = findings.filter((finding) => !weighed.includes(finding));
  return [
    headline(decision),
    `Asked about: ${iso(facts.atMs)}, kind ${facts.kind}, purpose ${facts.purpose}, basis ${facts.bases[0]?.type ?? 'none'}.`,
    ...(decisive === undefined ? [] : ['', `Because of ${decisive.id}: ${decisive.detail}`, ...sourceOf(decisive)]),
    '',
    `Where the person may be: ${zones.join(', ') || 'unknown'} (${jurisdictions.join(', ') || 'unknown'}).`,
    '',
    'Rules weighed:',
    ...weighed.flatMap((finding) => [
      `  ${finding.result.padEnd(14)} ${finding.id}: ${finding.detail}`,
      ...sourceOf(finding),
    ]),
    ...(idle.length === 0 ? [] : [`Not applicable: ${idle.map(({ id }) => id).join(', ')}.`]),
    '',
    ASSUMED,
    `Rule table ${decision.tableVersion}. Not legal advice.`,
  ].join('\n');
}

function headline(decision: Decision): string {
  const { number } = decision.facts;
  switch (decision.verdict) {
    case 'allow':
      return `Allow: ${number} may be dialed at this instant.`;
    case 'defer':
      return `Defer: ${number} may be dialed from ${iso(decision.untilMs)} on (${localTimes(decision.untilMs, decision.zones)}).`;
    case 'deny':
      return `Deny: ${number} may not be dialed.`;
  }
}

/** The earliest and the latest clock among the candidate zones. */
function localTimes(atMs: number, zones: readonly string[]): string {
  const clocks = zones
    .map((zone) => ({ zone, offsetMs: zoneClock(zone).segmentAt(atMs).offsetMs }))
    .sort((a, b) => a.offsetMs - b.offsetMs);
  const ends = [clocks[0], clocks.at(-1)].filter((clock) => clock !== undefined);
  const texts = ends.map(
    ({ zone, offsetMs }) =>
      `${iso(atMs + offsetMs)
        .slice(0, 16)
        .replace('T', ' ')} in ${zone}`,
  );
  return [...new Set(texts)].join(', ');
}

function sourceOf({ citation, url, loosenedBecause }: RuleFinding): string[] {
  const source = [citation, url].filter((text) => text !== undefined).join(', ');
  return [
    ...(source === '' ? [] : [`                 Source: ${source}`]),
    ...(loosenedBecause === undefined ? [] : [`                 Loosened by the operator: ${loosenedBecause}`]),
  ];
}

if (import.meta.main) {
  process.exitCode = await runExplain(process.argv.slice(2), {
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    nowMs: Date.now,
    policy: async () => (await import('../../ringback.config.ts')).default.policy,
  });
}
