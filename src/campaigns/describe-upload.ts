import type { UploadProgress } from '../../events/campaign-upload/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { BlockRecord } from './chunk-states.ts';
import { pushProgress } from './upload-progress.ts';
import type { PlanningNote, Upload } from './upload.ts';

/** A list as Webex tells of it. */
export interface ListSeen {
  readonly status?: string | undefined;
  readonly count?: number | undefined;
}

/**
 * What an operator is told of an upload.
 * @param list undefined where Webex could not be asked, or has no list yet
 */
export function describeUpload(
  upload: Upload,
  records: readonly BlockRecord[],
  nowMs: EpochMs,
  list?: ListSeen,
): UploadProgress {
  const { id, campaignId, name, status, because, plan, planning, contactListId } = upload;
  return {
    id,
    campaign: campaignId,
    ...(name !== undefined && { name }),
    status,
    ...(because !== undefined && { because }),
    ...(status === 'unconfirmed' && plan && { mapping: plan.mapping }),
    ...(status === 'planning' && planning && whilePlanning(planning, upload.partsPlanned?.size ?? 0)),
    ...(plan && { rows: plan.rows, rejected: plan.rejected, ...whilePushing(upload, plan, records, nowMs) }),
    ...(contactListId !== undefined && {
      list: {
        id: contactListId,
        ...(list?.status !== undefined && { status: list.status }),
        ...(list?.count !== undefined && { count: list.count }),
      },
    }),
  };
}

/** Finding the ranges of a file that is planned in parts takes about a tenth of the work. */
const cuttingPercent = 10;

const whilePlanning = ({ rows, accepted, bytes, sizeBytes, parts }: PlanningNote, partsDone: number) => {
  const share = sizeBytes === 0 ? 0 : Math.min(1, bytes / sizeBytes);
  if (parts === undefined) return { rows, accepted, percent: Math.floor(share * 100) };
  const shareOfParts = parts === 0 ? 0 : Math.min(1, partsDone / parts);
  return {
    rows,
    percent: Math.floor(share * cuttingPercent + shareOfParts * (100 - cuttingPercent)),
  };
};

function whilePushing(
  { status, pace }: Upload,
  plan: { readonly accepted: number },
  records: readonly BlockRecord[],
  nowMs: EpochMs,
) {
  const { contacts, sent, uncertain, refused, leftOut, percent, contactsPerMinute, secondsLeft } = pushProgress(
    plan,
    records,
    nowMs,
    status === 'pushing' ? pace?.earlier : undefined,
  );
  return {
    accepted: contacts,
    sent,
    uncertain,
    refused,
    leftOut,
    percent,
    ...(contactsPerMinute !== undefined && { contactsPerMinute }),
    ...(secondsLeft !== undefined && { secondsLeft }),
  };
}
