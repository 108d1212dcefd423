import { replaceUpload } from '../plan-record.ts';
import type { Upload } from '../upload.ts';
import type { PlanPartDeps } from './part-deps.ts';

/** A repeated message to the planner writes the record twice; more than a few of them at once are a fault. */
const attemptsMax = 5;

/**
 * Writes the end of a plan into the record while the upload is being planned, whatever else was written there since a step
 * began: a repeated message to plan the file takes the record for a moment and lets it go again.
 * @returns what was written, or undefined where the upload is not being planned any more
 */
export async function endPlanning(
  { ledger }: Pick<PlanPartDeps, 'ledger'>,
  uploadId: string,
  endOf: (upload: Upload) => Upload,
): Promise<Upload | undefined> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const upload = await ledger.find(uploadId);
    if (upload?.status !== 'planning') return undefined;
    const ended = { ...endOf(upload), lease: undefined, planning: undefined, partsPlanned: undefined };
    const written = await replaceUpload(ledger, ended);
    if (written) return written;
  }
  throw new Error(`The record of upload ${uploadId} changed ${attemptsMax} times while its plan was to be written.`);
}
