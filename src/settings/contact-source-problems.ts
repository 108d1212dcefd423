import { CampaignIdSchema } from '../../events/campaign-upload/schema.ts';
import { type CampaignSettings, type UploadSettings, campaignSettings } from '../campaigns/upload-settings.ts';
import type { TriggerProblem } from './trigger-problems.ts';
import type { TriggerSource } from './trigger-schema.ts';

/** What is wrong with a source that adds contacts: its campaign must say what becomes of its columns. */
export function contactProblems(
  source: TriggerSource,
  { uploads }: { readonly uploads: UploadSettings },
): TriggerProblem[] {
  const problems = unusedFields(source);
  const { campaign } = source;
  const known = Object.keys(uploads.campaigns).filter((id) => campaignSettings(uploads, id).mapping);
  const found = campaign === undefined ? undefined : campaignSettings(uploads, campaign).mapping;
  if (campaign !== undefined && !CampaignIdSchema.safeParse(campaign).success)
    return [...problems, problem(['campaign'], 'must be the id of a campaign: letters, digits, _, . and -')];
  if (!found) {
    const names = known.join(', ') || 'there is none';
    return [...problems, problem(['campaign'], `must be one of uploads.campaigns with a mapping: ${names}`)];
  }
  return [...problems, ...columnProblems(source, found, campaignSettings(uploads, campaign ?? '').basis)];
}

/** What no contact has: its columns are variables, and the policy for it stands with the campaign. */
function unusedFields(source: TriggerSource): TriggerProblem[] {
  const { mapping } = source;
  const problems: TriggerProblem[] = [];
  const refuse = (path: readonly string[], message: string): void =>
    void problems.push(problem(path, `must be left out: ${message}`));
  if (source.line !== undefined) refuse(['line'], 'the campaign calls its contacts, not a line');
  for (const field of ['purpose', 'country', 'basis'] as const)
    if (source[field] !== undefined)
      refuse([field], 'the campaign in uploads.campaigns says it for all of its contacts');
  for (const field of ['country', 'name', 'email', 'reason', 'timeZone', 'preferredAgent'] as const)
    if (mapping[field] !== undefined)
      refuse(['mapping', field], 'name the column of the campaign in mapping.variables instead');
  return problems;
}

function columnProblems(
  { mapping: { variables } }: TriggerSource,
  mapping: NonNullable<CampaignSettings['mapping']>,
  basis: CampaignSettings['basis'],
): TriggerProblem[] {
  const { fields, number, ...roles } = mapping;
  const columns = [...Object.values(roles), ...Object.values(fields).map(({ column }) => column)];
  const others = [...new Set(columns.filter((column) => column !== undefined && !isSame(column, number)))];
  // Where the campaign has no date for all, a contact without one would have no basis.
  const since = basis && basis.since === undefined ? roles.since : undefined;
  const needed = [
    roles.id,
    since,
    ...Object.values(fields).flatMap(({ column, required }) => (required ? [column] : [])),
  ];
  const has = (column: string): boolean => Object.keys(variables).some((name) => isSame(name, column));
  return [
    ...Object.keys(variables).flatMap((name) => {
      if (isSame(name, number))
        return [problem(['mapping', 'variables', name], 'must be left out: mapping.phone leads to the number')];
      if (others.some((column) => isSame(name, column))) return [];
      const list = others.join(', ') || 'it has none beside the number';
      return [problem(['mapping', 'variables', name], `must be a column of the campaign: ${list}`)];
    }),
    ...[...new Set(needed)].flatMap((column) =>
      column === undefined || isSame(column, number) || has(column)
        ? []
        : [problem(['mapping', 'variables'], `must hold ${column}, which the campaign needs of each contact`)],
    ),
  ];
}

const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();

const problem = (path: readonly string[], message: string): TriggerProblem => ({ path, message });
