import { v5, v7 } from 'uuid';
import type { StartUpload } from '../../events/campaign-upload/schema.ts';
import type { Clock } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { linkedFileKey } from './upload-objects.ts';
import { type UploadSettings, campaignSettings } from './upload-settings.ts';
import type { ContactFile, PlanQueue, Upload, UploadLedger } from './upload.ts';

export interface StartUploadDeps {
  readonly ledger: Pick<UploadLedger, 'add'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly settings: { readonly uploads: UploadSettings };
}

/** What every upload is asked for with. */
export interface UploadRequest extends Pick<StartUpload, 'name' | 'mapping' | 'activationLagMinutes'> {
  readonly campaignId: string;
  /** The same key for the same campaign gives the same upload, for as long as its record is kept. */
  readonly idempotencyKey?: string | undefined;
  /** Who asks: `operator:…`, `schedule:…`, `trigger:…`. */
  readonly by: string;
}

export interface StartUploadCommand extends UploadRequest {
  /** In the bucket of contact files. */
  readonly source: ContactFile;
}

export interface ContactsCommand extends UploadRequest {
  readonly contacts: NonNullable<StartUpload['contacts']>;
}

/** The key came with another request before. */
export interface UploadKeyReused {
  readonly code: 'idempotency-key-reused';
}

/** The upload that an idempotency key of a campaign leads to, also before it is asked for. */
export const uploadIdOf = (campaignId: string, idempotencyKey: string): string =>
  v5(`${campaignId}\n${idempotencyKey}`, keyNamespace);

type Started = Promise<Result<Upload, UploadKeyReused>>;

/** Of uploads by idempotency key; made for this and used nowhere else. */
const keyNamespace = '6f2f5c0a-8a57-4a0e-9d0b-0c1f3d6f7b52';

/** Has a file planned and sent that lies in the bucket already. Asked again with the same key, it starts nothing new. */
export async function startUpload(
  deps: StartUploadDeps & { readonly plans: PlanQueue },
  command: StartUploadCommand,
): Started {
  const started = await add(deps, command, { status: 'planning', source: command.source });
  // Also for a repeat: whoever asked first may have died before the message went out.
  if (started.ok && started.value.status === 'planning') await deps.plans.send(started.value.id);
  return started;
}

/** Makes room for a file that comes by a link; the file itself starts the plan. */
export const awaitFile = (deps: StartUploadDeps, request: UploadRequest): Started =>
  add(deps, request, { status: 'waiting-for-file' });

/** Has a handful of contacts planned and sent: they become the file that the upload waits for. */
export async function startWithContacts(
  deps: StartUploadDeps & { readonly files: { put(key: string, text: string): Promise<void> } },
  { contacts, ...request }: ContactsCommand,
): Started {
  const lines = contacts.map((contact) => `${JSON.stringify(contact)}\n`).join('');
  const started = await add(deps, request, { status: 'waiting-for-file', contents: sha256(lines) });
  if (started.ok && started.value.status === 'waiting-for-file') await deps.files.put(started.value.source.key, lines);
  return started;
}

interface Beginning {
  readonly status: 'planning' | 'waiting-for-file';
  readonly source?: ContactFile;
  readonly contents?: string;
}

async function add(deps: StartUploadDeps, request: UploadRequest, beginning: Beginning): Started {
  const { campaignId, idempotencyKey, by, name, mapping, activationLagMinutes } = request;
  const nowMs = deps.clock.nowMs();
  const id = idempotencyKey === undefined ? v7({ msecs: nowMs }) : uploadIdOf(campaignId, idempotencyKey);
  const asked = { name, mapping, activationLagMinutes, source: beginning.source, contents: beginning.contents };
  const { channels, numberForm, activationLagMinutes: usualLag } = campaignSettings(deps.settings.uploads, campaignId);
  const upload: Upload = {
    id,
    campaignId,
    status: beginning.status,
    source: beginning.source ?? { key: linkedFileKey(id) },
    by,
    createdAtMs: nowMs,
    ...(name !== undefined && { name }),
    ...(mapping && { mapping }),
    ...(activationLagMinutes !== undefined && { activationLagMinutes }),
    ...(idempotencyKey !== undefined && { requestSha256: sha256(JSON.stringify(asked)) }),
    settings: { channels, numberForm, activationLagMinutes: activationLagMinutes ?? usualLag },
    fields: [],
    blocks: [],
    toMs: 0,
    version: 1,
  };
  const added = await deps.ledger.add(upload);
  if (added === 'added') return ok(upload);
  return added.requestSha256 === upload.requestSha256 ? ok(added) : fail({ code: 'idempotency-key-reused' });
}
