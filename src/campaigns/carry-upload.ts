import type { Clock, EpochMs } from '../shared/clock.ts';
import { askUntilProcessed } from './ask-until-processed.ts';
import { chunksIn, sizeOf } from './chunk-states.ts';
import type { ContactListGateway } from './push-ports.ts';
import { type PushOutcome, type PushUploadDeps, pushUpload } from './push-upload.ts';
import type { PushQueue, Upload, UploadLedger } from './upload.ts';

export interface CarryUploadDeps extends Omit<PushUploadDeps, 'lists'> {
  readonly ledger: Pick<UploadLedger, 'find' | 'replace' | 'notePace'>;
  readonly listsOf: (campaignId: string) => ContactListGateway;
  readonly pushes: PushQueue;
  /** Rings at the end of a list's life by a message to the pushers. */
  readonly timers: { set(uploadId: string, atMs: EpochMs): Promise<void> };
  /** Whether an error says that Webex could not be asked, so that there is nothing wrong but the time. */
  readonly isOutage: (error: unknown) => boolean;
}

export type CarryOutcome = PushOutcome | { readonly outcome: 'list-ended' | 'webex-out' };

const minuteMs = 60_000;
const outagePauseSeconds = 30;

/**
 * Carries an upload as far as the time allows, and hands on what is left by another message. Beside sending, it sees to it
 * that the list's life has the end that the plan was made for: lawful times and bases were looked up until then.
 * @param deadlineMs no new request is begun after it
 */
export async function carryUpload(deps: CarryUploadDeps, uploadId: string, deadlineMs: EpochMs): Promise<CarryOutcome> {
  const upload = await deps.ledger.find(uploadId);
  if (!upload) return { outcome: 'not-found' };
  const lists = deps.listsOf(upload.campaignId);
  if (upload.plan && deps.clock.nowMs() >= upload.toMs) return endList(deps, lists, upload, deadlineMs);
  // A list whose upload rests is dialed on, so who must be closed there is closed.
  const hasToClose = upload.status === 'paused' && upload.contactListId !== undefined;
  if (upload.status !== 'ready' && upload.status !== 'pushing' && !hasToClose) return { outcome: upload.status };
  // Before there is a list, so that none is ever without its end.
  if (upload.contactListId === undefined) await deps.timers.set(uploadId, upload.toMs);
  await notePace(deps, upload);
  try {
    const outcome = await pushUpload({ ...deps, lists: withLagOf(lists, upload, deps.clock) }, uploadId, deadlineMs);
    if (outcome.outcome === 'continue')
      await deps.pushes.send(uploadId, (outcome.notBeforeMs - deps.clock.nowMs()) / 1_000);
    return outcome;
  } catch (error) {
    if (!deps.isOutage(error)) throw error;
    await deps.pushes.send(uploadId, outagePauseSeconds);
    return { outcome: 'webex-out' };
  }
}

/** A list that is made later than planned becomes active when it was planned to. */
const withLagOf = (lists: ContactListGateway, { plan }: Upload, clock: Pick<Clock, 'nowMs'>): ContactListGateway => ({
  ...lists,
  create: (settings) => {
    const lagMs = Math.max(0, (plan?.fromMs ?? 0) - clock.nowMs());
    return lists.create({ ...settings, activationLagMinutes: Math.ceil(lagMs / minuteMs) });
  },
});

async function notePace(deps: CarryUploadDeps, { id, pace }: Upload): Promise<void> {
  const records = await deps.uploads.readBlocks(id);
  const sent = records.reduce(
    (sum, record) => sum + chunksIn(record, 'queued').reduce((all, chunk) => all + sizeOf(record, chunk), 0),
    0,
  );
  const latest = { sent, atMs: deps.clock.nowMs() };
  await deps.ledger.notePace(id, { earlier: pace?.latest ?? latest, latest });
}

/** Nobody in the list is called any more, whatever Webex's own end of it is. */
async function endList(
  deps: CarryUploadDeps,
  lists: ContactListGateway,
  upload: Upload,
  deadlineMs: EpochMs,
): Promise<CarryOutcome> {
  const { contactListId, listExpiredAtMs } = upload;
  if (contactListId !== undefined && listExpiredAtMs === undefined) {
    const answer = await askUntilProcessed({ clock: deps.clock, deadlineMs }, () => lists.expire(contactListId));
    if (answer.outcome !== 'done') {
      await deps.pushes.send(upload.id, outagePauseSeconds);
      return { outcome: 'webex-out' };
    }
  }
  const isOpen = ['unconfirmed', 'ready', 'pushing', 'paused'].includes(upload.status);
  const after: Upload = {
    ...upload,
    ...(isOpen && { status: 'expired', lease: undefined }),
    ...(contactListId !== undefined && { listExpiredAtMs: listExpiredAtMs ?? deps.clock.nowMs() }),
    version: upload.version + 1,
  };
  if ((await deps.ledger.replace(after)) === 'conflict') await deps.pushes.send(upload.id, 1);
  return { outcome: 'list-ended' };
}
