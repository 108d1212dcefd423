import type { ConfirmedMappings, PlanningNote, Upload, UploadLedger } from '../../../../src/campaigns/upload.ts';

/** The records of uploads in memory, with the versions that a database would check. */
export class MemoryLedger implements UploadLedger {
  readonly uploads = new Map<string, Upload>();
  readonly notes: PlanningNote[] = [];
  readonly paces: NonNullable<Upload['pace']>[] = [];

  async add(upload: Upload): Promise<'added' | Upload> {
    const there = this.uploads.get(upload.id);
    if (there) return structuredClone(there);
    this.uploads.set(upload.id, structuredClone(upload));
    return 'added';
  }

  async find(uploadId: string): Promise<Upload | undefined> {
    return structuredClone(this.uploads.get(uploadId));
  }

  async replace(after: Upload): Promise<'written' | 'conflict'> {
    if (this.uploads.get(after.id)?.version !== after.version - 1) return 'conflict';
    this.uploads.set(after.id, structuredClone(after));
    return 'written';
  }

  async notePlanning(_uploadId: string, note: PlanningNote): Promise<void> {
    this.notes.push(note);
  }

  async notePart(uploadId: string, part: string): Promise<void> {
    const upload = this.uploads.get(uploadId);
    if (!upload) return;
    this.uploads.set(uploadId, { ...upload, partsPlanned: new Set([...(upload.partsPlanned ?? []), part]) });
  }

  async notePace(uploadId: string, pace: NonNullable<Upload['pace']>): Promise<void> {
    this.paces.push(pace);
    const upload = this.uploads.get(uploadId);
    if (upload) this.uploads.set(uploadId, { ...upload, pace });
  }
}

export const noMappings: ConfirmedMappings = { find: async () => undefined, keep: async () => undefined };
