/** `npm run docs:policy`: writes the rule table of docs/policy.md from the data. */
import { readFileSync, writeFileSync } from 'node:fs';
import { HOLIDAY_CALENDARS } from '../../src/policy/holiday-calendars.ts';
import { createTable } from '../../src/policy/create-decide.ts';
import type { Lift, Rule } from '../../src/policy/rule.ts';

const START = '<!-- rules: made by infra/cli/render-policy.ts -->';
const END = '<!-- end of rules -->';
const file = new URL('../../docs/policy.md', import.meta.url);

/** The page with its table made from the rules in force without any operator's choice. */
export function renderPolicyPage(page: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start === -1 || end < start)
    throw new Error('docs/policy.md has lost the marks that its rule table stands between.');
  return `${page.slice(0, start + START.length)}\n\n${renderRules()}\n${page.slice(end)}`;
}

function renderRules(): string {
  const { rules, version } = createTable();
  return [
    `${rules.length} rules, table version \`${version}\`.`,
    '',
    '| id | where | binds | hours | holidays | caps | also | lifted by | in force | source | read |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rules.map(({ rule }) => `| ${cellsOf(rule).map(escape).join(' | ')} |`),
    '',
    'Notes:',
    '',
    ...rules.filter(({ rule }) => rule.note !== undefined).map(({ rule }) => `- \`${rule.id}\`: ${rule.note ?? ''}`),
    '',
    'Holiday calendars (the notation is explained in `src/policy/holiday-calendars.ts`):',
    '',
    ...Object.entries(HOLIDAY_CALENDARS).map(([name, days]) => `- \`${name}\`: \`${days}\``),
    '',
  ].join('\n');
}

const escape = (text: string): string => text.replaceAll('|', '\\|');

const cellsOf = (rule: Rule): string[] => [
  `\`${rule.id}\``,
  rule.jurisdiction === '*' ? 'everywhere' : rule.jurisdiction,
  rule.scope,
  hoursOf(rule),
  holidaysOf(rule),
  (rule.caps ?? []).map((cap) => `${cap.count} in ${cap.windowHours} h per ${cap.per}`).join('; '),
  alsoOf(rule),
  rule.liftedBy.map(liftOf).join('; '),
  inForceOf(rule),
  `[${rule.citation}](${rule.url.replace(/^docs\/policy\.md/, '')})`,
  `${rule.asOf}${rule.verified ? '' : ', not verified'}`,
];

function hoursOf({ hours, breaks, timeZone, fallback }: Rule): string {
  if (hours === undefined) return '';
  const days = Object.entries(hours).map(
    ([days, windows]) => `${days} ${windows.length === 0 ? 'closed' : windows.join(', ')}`,
  );
  const pause = breaks === undefined ? [] : [`without ${breaks.join(', ')}`];
  const zone = timeZone === 'called-party' ? [] : [`in ${timeZone}`];
  return [...days, ...pause, ...zone, ...(fallback === true ? ['only where no other hours bind'] : [])].join('; ');
}

function holidaysOf({ holidays }: Rule): string {
  if (holidays === undefined) return '';
  const days = [...(holidays.calendars ?? []), ...(holidays.dates ?? [])].join(', ');
  return `${days}: ${holidays.hours.length === 0 ? 'no calls' : holidays.hours.join(', ')}`;
}

function alsoOf({ registry, needs, emergency }: Rule): string {
  return [
    ...(registry === undefined ? [] : [`not on ${registry.list}, copy at most ${registry.maxAgeDays} days old`]),
    ...(needs === undefined ? [] : [`needs ${needs.join(' or ')}`]),
    ...(emergency === true ? ['emergency bans'] : []),
  ].join('; ');
}

function liftOf({ basis, lifts, months, inquiryMonths, firstAttemptOnly, disputed }: Lift): string {
  const bounds = [
    ...(months === undefined ? [] : [`${months} months`]),
    ...(inquiryMonths === undefined
      ? []
      : [inquiryMonths === 0 ? 'not an inquiry' : `${inquiryMonths} after an inquiry`]),
    ...(firstAttemptOnly === true ? ['first attempt only'] : []),
    ...(disputed === true ? ['disputed, so not lifted'] : []),
  ];
  return `${basis}: ${lifts.join(', ')}${bounds.length === 0 ? '' : ` (${bounds.join(', ')})`}`;
}

function inForceOf({ effectiveFrom, effectiveTo }: Rule): string {
  if (effectiveFrom === undefined && effectiveTo === undefined) return '';
  return [
    effectiveFrom === undefined ? '' : `from ${effectiveFrom}`,
    effectiveTo === undefined ? '' : `to ${effectiveTo}`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

if (import.meta.main) {
  writeFileSync(file, renderPolicyPage(readFileSync(file, 'utf8')));
  process.stdout.write('Wrote the rule table of docs/policy.md.\n');
}
