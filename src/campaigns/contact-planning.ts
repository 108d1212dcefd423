import type { EpochMs } from '../shared/clock.ts';
import { type ScreenedRows, RowScreen, type RowScreenSettings } from './row-screen.ts';
import type { ContactRow } from './contact-row.ts';
import type { ContactsTarget, PlanLists } from './plan-ports.ts';
import type { UploadReject } from './reject.ts';
import type { ReportWriter } from './report-writer.ts';
import { scrubSegment } from './scrub-segment.ts';
import { Segment, type SegmentLimits } from './segment.ts';
import type { UploadMapping } from './upload-settings.ts';

export interface ContactPlanningDeps {
  readonly lists: PlanLists;
  readonly report: ReportWriter;
  readonly contacts: ContactsTarget;
  /** Whether the number of a row stands in an earlier row of the file. Asked once for each row, in their order. */
  readonly isRepeated: (digits: number, row: number) => boolean;
  /** How much waits for the lists at once. @default 40 MB and 400,000 contacts */
  readonly segment?: SegmentLimits | undefined;
}

const segmentDefault: SegmentLimits = { bytesMax: 40 * 1024 * 1024, rowsMax: 400_000 };

/** Plans the rows of a file or of a part of it: leaves out what repeats and what lists forbid, and writes the rest. */
export class ContactPlanning implements ScreenedRows {
  readonly screen: RowScreen;
  readonly #deps: ContactPlanningDeps;
  readonly #segment: Segment;
  #accepted = 0;
  #copiesEndMs = Number.POSITIVE_INFINITY;

  constructor(settings: RowScreenSettings, deps: ContactPlanningDeps) {
    this.#deps = deps;
    this.#segment = new Segment(deps.segment ?? segmentDefault);
    this.screen = new RowScreen(settings, this);
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** When the first copy of a registry that a contact needed is too old; `Infinity` where none was needed. */
  get copiesEndMs(): EpochMs {
    return this.#copiesEndMs;
  }

  /** Accepted as far as is known by now. */
  get waiting(): number {
    return this.#accepted + this.#segment.length;
  }

  contact(contact: ContactRow, row: number, classIndex: number, fromMs: number): void {
    if (this.#deps.isRepeated(contact.digits, row))
      return this.screen.rejectNumber(row, contact.number, 'duplicate-in-file');
    this.#segment.add(contact, row, classIndex, fromMs);
  }

  reject(reject: UploadReject): void {
    this.#deps.report.add(reject);
  }

  /** To be called between the pieces of a file. */
  async relieve(mapping: UploadMapping | undefined): Promise<void> {
    if (mapping && this.#segment.isFull) await this.#settleSegment(mapping);
    await this.#deps.report.relieve();
  }

  async finish(mapping: UploadMapping): Promise<void> {
    await this.#settleSegment(mapping);
    await this.#deps.contacts.write();
    await this.#deps.report.finish();
  }

  async #settleSegment(mapping: UploadMapping): Promise<void> {
    const segment = this.#segment;
    const { lists, report, contacts } = this.#deps;
    const column = mapping.number;
    const { stays, copiesEndMs } = await scrubSegment(segment, { lists, classes: this.screen.classes, report, column });
    this.#copiesEndMs = Math.min(this.#copiesEndMs, copiesEndMs);
    for (let index = 0; index < segment.length; index += 1) {
      if (stays[index] === 0) continue;
      if (contacts.isFull) await contacts.write();
      segment.copyTo(index, contacts);
      this.#accepted += 1;
    }
    segment.clear();
  }
}

const askable = ['internal', 'uploadedLately', 'attempts'] as const;

/** Questions that were left out of a plan. */
export const notChecked = (lists: PlanLists): readonly (typeof askable)[number][] =>
  askable.filter((list) => lists[list] === 'not-checked');
