import { describe, expect, it } from 'vitest';
import { UploadEventSchema } from '../../../events/upload-event/schema.ts';
import type { OwnEvent } from '../../../src/bus/ports.ts';
import { announceUpload, uploadStepsOf } from '../../../src/campaigns/announce-upload.ts';
import { claimChunk, newBlock, queueChunk } from '../../../src/campaigns/chunk-states.ts';
import type { Upload } from '../../../src/campaigns/upload.ts';
import { nowMs } from './support/planning.ts';

const id = '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c00';
const started: Upload = {
  id,
  campaignId: 'winter',
  name: 'winter.csv',
  status: 'waiting-for-file',
  source: { key: `uploads/${id}` },
  by: 'operator:ada',
  createdAtMs: nowMs,
  settings: { channels: ['Voice'], numberForm: 'e164', activationLagMinutes: 0 },
  fields: [],
  blocks: [],
  toMs: 0,
  version: 1,
};
const planning: Upload = { ...started, status: 'planning', version: 2 };
const plan: NonNullable<Upload['plan']> = {
  uploadId: id,
  campaignId: 'winter',
  rows: 25,
  accepted: 20,
  rejected: { 'number-missing': 5 },
  chunks: 2,
  blocks: [2],
  fields: ['Phone'],
  numberColumn: 'phone',
  guessed: false,
  mapping: { number: 'phone', fields: { Phone: { column: 'phone', type: 'Phone', required: true } } },
  fromMs: nowMs,
  toMs: nowMs + 1,
};
const ready: Upload = { ...planning, status: 'ready', plan, blocks: [2], version: 3 };
const pushing: Upload = { ...ready, status: 'pushing', version: 4 };

function bench() {
  const told: OwnEvent[] = [];
  const deps = {
    organizationId: 'org',
    uploads: {
      readBlocks: async () => [queueChunk(claimChunk(newBlock(0, 0, 2), 0, { contacts: 10, leftOut: [] }), 0)],
    },
    bus: { publish: async (event: OwnEvent) => void told.push(event) },
  };
  const tell = (upload: Upload, before?: Upload) =>
    announceUpload(deps, { upload, ...(before && { before }), atMs: nowMs });
  return { tell, told };
}

describe('the steps of an upload', () => {
  it.each<[string, Upload, Upload | undefined, string[]]>([
    ['that is new', started, undefined, ['upload.started.v1']],
    ['whose file came', planning, started, []],
    ['that is planned', ready, planning, ['upload.planned.v1']],
    ['whose columns were guessed', { ...ready, status: 'unconfirmed' }, planning, ['upload.planned.v1']],
    [
      'of which nothing may be sent',
      { ...ready, status: 'finished' },
      planning,
      ['upload.planned.v1', 'upload.finished.v1'],
    ],
    ['whose file is none', { ...planning, status: 'refused', version: 3 }, planning, ['upload.refused.v1']],
    ['that a pusher took', pushing, ready, []],
    ['whose pusher gave a sign of life', { ...pushing, lease: { owner: 'a', untilMs: 1 }, version: 5 }, pushing, []],
    ['that was paused', { ...pushing, status: 'paused', version: 5 }, pushing, ['upload.paused.v1']],
    ['that goes on', { ...ready, version: 6 }, { ...pushing, status: 'paused' }, []],
    ['that is over', { ...pushing, status: 'finished', version: 5 }, pushing, ['upload.finished.v1']],
    ['that was cancelled', { ...pushing, status: 'cancelled', version: 5 }, pushing, ['upload.cancelled.v1']],
    ['whose list ended', { ...pushing, status: 'expired', version: 5 }, pushing, ['upload.expired.v1']],
  ])('of one %s', (_which, upload, before, types) => {
    expect(uploadStepsOf({ upload, ...(before && { before }) })).toEqual(types);
  });
});

describe('announceUpload', () => {
  it('counts what was sent where the step is an end or a stop, and gives each version an id that stays', async () => {
    const { tell, told } = bench();
    const finished: Upload = { ...pushing, status: 'finished', version: 5 };

    await tell(finished, pushing);
    await tell(finished, pushing);

    expect(told).toMatchObject([
      {
        id: `${id}-v5`,
        type: 'upload.finished.v1',
        subject: id,
        time: new Date(nowMs).toISOString(),
        data: {
          campaign: 'winter',
          name: 'winter.csv',
          rows: 25,
          accepted: 20,
          sent: 10,
          uncertain: 0,
          refused: 0,
          leftOut: 0,
        },
      },
      { id: `${id}-v5` },
    ]);
    expect(told[1]).toEqual(told[0]);
    for (const event of told) expect(UploadEventSchema.parse(event)).toEqual(event);
  });

  it('tells a plan without contacts as two events with ids of their own', async () => {
    const { tell, told } = bench();

    await tell({ ...ready, status: 'finished' }, planning);

    expect(told.map((event) => event.id)).toEqual([`${id}-v3`, `${id}-v3-finished`]);
    expect(told[0]).not.toHaveProperty('data.sent');
    expect(told[1]).toHaveProperty('data.sent', 10);
  });

  it('says why an upload was paused or refused, within the contract, and not why it was cancelled later', async () => {
    const { tell, told } = bench();
    const because = 'x'.repeat(2_000);
    const paused: Upload = { ...pushing, status: 'paused', because, version: 5 };

    await tell(paused, pushing);
    await tell({ ...paused, status: 'cancelled', version: 6 }, paused);

    expect(told[0]).toHaveProperty('data.because', 'x'.repeat(1_000));
    expect(told[1]).not.toHaveProperty('data.because');
    for (const event of told) expect(UploadEventSchema.parse(event)).toEqual(event);
  });
});
