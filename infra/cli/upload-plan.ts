import { stat } from 'node:fs/promises';
import { FileRejectReport } from '../../src/adapters/files/bulk-files.ts';
import { FolderObjects } from '../../src/adapters/files/folder-objects.ts';
import { readChunks } from '../../src/adapters/files/read-chunks.ts';
import { type PlanProgress, type UploadPlan, planUpload } from '../../src/campaigns/plan-upload.ts';
import { UploadFileError } from '../../src/campaigns/upload-error.ts';
import { UploadSettingsSchema, campaignSettings } from '../../src/campaigns/upload-settings.ts';
import { createTable } from '../../src/policy/create-decide.ts';
import { StoredRegistryReader } from '../../src/registry/reader.ts';
import { RegistryStore } from '../../src/registry/store.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { bar, count } from './upload-words.ts';

export interface PlanFlags {
  readonly registry: string;
  readonly rejects?: string | undefined;
  readonly json: boolean;
}

export interface PlanDeps {
  readonly settings: Pick<Settings, 'countries' | 'policy'> & { readonly uploads?: unknown };
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Draws over the line drawn before; absent where nobody watches. */
  readonly draw?: (line: string) => void;
  readonly nowMs: () => number;
  /** Of this process since it started, in MB. */
  readonly peakMb: () => number;
}

/** Plans a file on this machine. @returns the exit code: 0 planned, 1 refused or no row accepted */
export async function runPlan(path: string, campaignId: string, flags: PlanFlags, deps: PlanDeps): Promise<number> {
  const startedMs = deps.nowMs();
  const reportPath = flags.rejects ?? `${path}.rejects.csv`;
  let plan: UploadPlan;
  try {
    plan = await planFile(path, campaignId, { reportPath, registryFolder: flags.registry, startedMs }, deps);
  } catch (error) {
    const sentence = refusalOf(error, path);
    if (sentence === undefined) throw error;
    if (flags.json) deps.print(JSON.stringify({ refused: sentence }));
    deps.complain(`Refused. ${sentence}`);
    return 1;
  }
  const seconds = Number(((deps.nowMs() - startedMs) / 1_000).toFixed(2));
  if (flags.json) deps.print(JSON.stringify(summaryOf(plan, { seconds, peakMb: deps.peakMb(), report: reportPath })));
  else for (const line of wordsOf(plan, seconds, reportPath)) deps.print(line);
  return plan.accepted > 0 ? 0 : 1;
}

async function planFile(
  path: string,
  campaignId: string,
  { reportPath, registryFolder, startedMs }: { reportPath: string; registryFolder: string; startedMs: number },
  deps: PlanDeps,
): Promise<UploadPlan> {
  const { size } = await stat(path);
  const campaign = campaignSettings(UploadSettingsSchema.parse(deps.settings.uploads ?? {}), campaignId);
  const report = new FileRejectReport(reportPath);
  await report.truncate(0);
  const registry = new StoredRegistryReader({
    store: new RegistryStore(new FolderObjects(registryFolder)),
    clock: deps,
    reportFault: (fault) => deps.complain(String(fault)),
  });
  return planUpload(
    {
      lists: {
        internal: 'not-checked',
        uploadedLately: 'not-checked',
        attempts: 'not-checked',
        registries: { 'registry:US': registry },
      },
      sink: {
        writeBlock: () => Promise.resolve(),
        report: async (text) => void (await report.append(text)),
      },
      table: createTable(deps.settings.policy),
      bans: [],
      ...(deps.draw && { onProgress: progressBar(size, deps.draw, deps.nowMs) }),
    },
    {
      chunks: readChunks(path),
      campaign: { ...campaign, countries: campaign.countries ?? deps.settings.countries },
      nowMs: startedMs,
    },
  );
}

const summaryOf = (plan: UploadPlan, run: { seconds: number; peakMb: number; report: string }) => ({
  rows: plan.rows,
  accepted: plan.accepted,
  rejected: plan.rejected,
  ...run,
  chunks: plan.chunks,
  encoding: plan.encoding,
  ...plan.form,
  mapping: plan.mapping,
  guessed: plan.guessed,
  notChecked: plan.notChecked,
  notes: notesOf(plan),
});

function wordsOf(plan: UploadPlan, seconds: number, reportPath: string): string[] {
  const rejected = Object.entries(plan.rejected).sort(([, one], [, other]) => other - one);
  const total = rejected.reduce((sum, [, some]) => sum + some, 0);
  return [
    `${count(plan.rows)} rows in ${seconds} s: ${count(plan.accepted)} would be sent in ${count(plan.chunks)} requests, ${count(total)} rejected.`,
    ...rejected.map(([code, some]) => `  ${count(some).padStart(11)}  ${code}`),
    `Rejected rows with their reasons: ${reportPath}`,
    ...notesOf(plan),
  ];
}

function notesOf({ guessed, mapping, rejected, notChecked }: UploadPlan): string[] {
  const columns = Object.entries(mapping)
    .filter(([role]) => role !== 'fields')
    .map(([role, column]) => `${role} = ${JSON.stringify(column)}`)
    .join(', ');
  return [
    ...(guessed
      ? [`The columns are guessed (${columns}): put the campaign's mapping into uploads in ringback.config.ts.`]
      : []),
    ...(rejected['registry-unreadable'] === undefined
      ? []
      : [
          'Rows need a national registry: import it (npm run registry), or state the basis of the campaign under uploads.',
        ]),
    ...(notChecked.length === 0 ? [] : [`Not asked in a plan alone: ${notChecked.join(', ')}.`]),
  ];
}

const drawEveryMs = 200;

function progressBar(
  size: number,
  draw: (line: string) => void,
  nowMs: () => number,
): (progress: PlanProgress) => void {
  let drawnMs = 0;
  return ({ bytes, rows, rejected }) => {
    if (bytes < size && nowMs() - drawnMs < drawEveryMs) return;
    drawnMs = nowMs();
    draw(bar(bytes, size, `${count(rows)} rows, ${count(rejected)} rejected`));
  };
}

/** Undefined for what is no fault of the file or the arguments. */
export function refusalOf(error: unknown, path: string): string | undefined {
  if (error instanceof UploadFileError) return error.message;
  if (isCode(error, 'ENOENT')) return `${path} is not there, or its folder cannot take the report.`;
  return isCode(error, 'EISDIR') ? `${path} is a folder.` : undefined;
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
