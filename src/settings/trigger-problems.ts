import type { UploadSettings } from '../campaigns/upload-settings.ts';
import { contactProblems } from './contact-source-problems.ts';
import type { TriggerProblem } from './trigger-problem.ts';
import type { TriggerSource } from './trigger-schema.ts';

/** What a trigger refers to in the rest of the settings. */
export interface TriggerSurroundings {
  readonly lines: Readonly<Record<string, { readonly task: string; readonly audience: string }>>;
  readonly consent: { readonly current: string; readonly wordings: Readonly<Record<string, unknown>> };
  readonly uploads: UploadSettings;
}

/** What is wrong with the sources of triggers beside the rest of the settings: one sentence each, without its path. */
export const triggerProblems = (
  sources: Readonly<Record<string, TriggerSource>>,
  surroundings: TriggerSurroundings,
): readonly TriggerProblem[] =>
  Object.entries(sources).flatMap(([name, source]) =>
    problemsOf(source, surroundings).map(({ path, message }) => ({ path: [name, ...path], message })),
  );

function problemsOf(source: TriggerSource, surroundings: TriggerSurroundings): TriggerProblem[] {
  const problems = signatureProblems(source);
  switch (source.does) {
    case 'outdial':
      return [...problems, ...outdialProblems(source, surroundings)];
    case 'callback':
      return [...problems, ...callbackProblems(source, surroundings)];
    case 'contact':
      return [...problems, ...contactProblems(source, surroundings)];
  }
}

function signatureProblems({ signature, mapping }: TriggerSource): TriggerProblem[] {
  if (signature.form !== 'standard-webhooks' || mapping.id === undefined) return [];
  return [problem(['mapping', 'id'], 'must be left out, because Standard Webhooks signs an id of its own')];
}

function outdialProblems(source: TriggerSource, { lines, consent }: TriggerSurroundings): TriggerProblem[] {
  const problems = lineProblems(source, lines, ({ task }) => task === 'EXECUTE_FLOW', 'whose task is EXECUTE_FLOW');
  const { purpose, basis, mapping } = source;
  if (purpose === undefined) problems.push(problem(['purpose'], 'is required: marketing or service'));
  if (purpose === 'marketing' && basis?.type !== 'consent' && basis?.type !== 'relationship') {
    const where = basis === undefined ? ['basis'] : ['basis', 'type'];
    problems.push(problem(where, 'must be a consent or a relationship, because a marketing call needs one'));
  }
  if (basis?.wording !== undefined && consent.wordings[basis.wording] === undefined)
    problems.push(problem(['basis', 'wording'], 'must be the name of one of consent.wordings'));
  if (basis?.wording !== undefined && basis.wordingVersion !== undefined)
    problems.push(problem(['basis', 'wordingVersion'], 'must be left out: basis.wording names the wording already'));
  for (const field of ['email', 'reason'] as const) {
    if (mapping[field] !== undefined)
      problems.push(problem(['mapping', field], 'must be left out: an outdial has variables instead'));
  }
  return [...problems, ...unusedCampaign(source)];
}

function callbackProblems(source: TriggerSource, { lines, consent }: TriggerSurroundings): TriggerProblem[] {
  const problems = lineProblems(
    source,
    lines,
    ({ audience }) => audience !== 'operators',
    'that the public may ask for',
  );
  const { basis, mapping } = source;
  if (basis?.type !== 'request') {
    const where = basis === undefined ? ['basis'] : ['basis', 'type'];
    problems.push(problem(where, 'must be a request: a callback is what a person asked for'));
  } else if (basis.wording !== consent.current) {
    const message = `must be ${consent.current}, the wording in force, which the person must have agreed to`;
    problems.push(problem(['basis', 'wording'], message));
  }
  if (source.purpose !== undefined)
    problems.push(problem(['purpose'], 'must be left out: a callback is always requested'));
  if (Object.keys(mapping.variables).length > 0)
    problems.push(problem(['mapping', 'variables'], 'must be left out: only an outdial has variables'));
  return [...problems, ...unusedCampaign(source)];
}

function lineProblems(
  { line }: TriggerSource,
  lines: TriggerSurroundings['lines'],
  takes: (line: TriggerSurroundings['lines'][string]) => boolean,
  which: string,
): TriggerProblem[] {
  const found = line === undefined ? undefined : lines[line];
  if (found && takes(found)) return [];
  const names = Object.keys(lines).filter((name) => lines[name] && takes(lines[name]));
  return [problem(['line'], `must be a line ${which}: ${names.join(', ') || 'there is none'}`)];
}

const unusedCampaign = ({ campaign, collectSeconds }: TriggerSource): TriggerProblem[] => [
  ...(campaign === undefined ? [] : [problem(['campaign'], 'must be left out: only contacts belong to a campaign')]),
  ...(collectSeconds === undefined
    ? []
    : [problem(['collectSeconds'], 'must be left out: only contacts are gathered')]),
];

const problem = (path: readonly string[], message: string): TriggerProblem => ({ path, message });
