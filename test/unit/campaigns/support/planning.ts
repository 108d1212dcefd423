import { type PlanUploadDeps, type UploadPlan, planUpload } from '../../../../src/campaigns/plan-upload.ts';
import type { PlanLists } from '../../../../src/campaigns/plan-ports.ts';
import { type CampaignSettings, CampaignSchema } from '../../../../src/campaigns/upload-settings.ts';
import { createTable } from '../../../../src/policy/create-decide.ts';
import { batchState } from '../../../../src/registry/ports.ts';

/** A Tuesday, noon in New York. */
export const nowMs = Date.UTC(2026, 10, 17, 17);
export const table = createTable();

export const mapping = {
  number: 'phone',
  zone: 'zone',
  id: 'id',
  fields: {
    Phone: { column: 'phone', type: 'Phone', required: true },
    Name: { column: 'name', required: true },
    Balance: { column: 'balance', type: 'Float' },
  },
} as const;

export const noLists: PlanLists = {
  internal: 'not-checked',
  uploadedLately: 'not-checked',
  attempts: 'not-checked',
  registries: {},
};

/** A registry that lists some numbers and answers as of an instant. */
export const registryOf = (
  listed: readonly string[],
  asOfMs: number,
  asked: string[] = [],
): PlanLists['registries'] => ({
  'registry:US': {
    lookUpMany: async (numbers) => {
      const all = [...numbers].map((number) => (typeof number === 'string' ? number : `+${number}`));
      asked.push(...all);
      const states = Uint8Array.from(all, (number) => (listed.includes(number) ? batchState.listed : batchState.clear));
      return { states, factAt: () => ({ list: 'registry:US', state: 'clear', asOfMs }) };
    },
  },
});

export interface Planned {
  readonly plan: UploadPlan;
  /** As `events/campaign-chunk` has them. */
  readonly chunks: readonly { readonly chunk: number; readonly contacts: readonly (readonly (string | number)[])[] }[];
  readonly report: readonly string[];
}

/** Plans a text as a file that comes in small pieces. */
export async function plan(
  text: string | Buffer,
  campaign: Readonly<Record<string, unknown>> = {},
  deps: Partial<PlanUploadDeps> = {},
): Promise<Planned> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
  }
  const blocks: string[] = [];
  let report = '';
  const settings: CampaignSettings = CampaignSchema.parse({
    mapping,
    basis: { type: 'consent', since: '2026-10-01' },
    ...campaign,
  });
  const made = await planUpload(
    {
      lists: noLists,
      sink: {
        writeBlock: async (block, lines) => void (blocks[block] = Buffer.from(lines).toString()),
        report: async (piece) => void (report += piece),
      },
      table,
      bans: [],
      ...deps,
    },
    { chunks: pieces(), campaign: { ...settings, countries: settings.countries ?? ['US', 'CA'] }, nowMs },
  );
  const chunks = blocks
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Planned['chunks'][number]);
  return { plan: made, chunks, report: report.split('\r\n').slice(1, -1) };
}

export const contactsOf = ({ chunks }: Planned) => chunks.flatMap(({ contacts }) => contacts);
