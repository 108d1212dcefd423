import { describe, expect, it } from 'vitest';
import { type CarryUploadDeps, carryUpload } from '../../../src/campaigns/carry-upload.ts';
import { pauseUpload } from '../../../src/campaigns/control-upload.ts';
import { describeUpload } from '../../../src/campaigns/describe-upload.ts';
import { writeReport } from '../../../src/campaigns/write-report.ts';
import type { Upload } from '../../../src/campaigns/upload.ts';
import { MemoryLedger } from './support/memory-ledger.ts';
import { type PushWorld, numberOf, plannedChunks, pushWorld, uploadId } from './support/push-world.ts';
import { StoryClock } from './support/story-clock.ts';

const never = Number.POSITIVE_INFINITY;

/** One store of records for the carrier and the pusher, as the table is. */
class OneStore extends MemoryLedger {
  readonly #world: PushWorld;

  constructor(world: PushWorld) {
    super();
    this.#world = world;
  }

  override async find(id: string): Promise<Upload | undefined> {
    return structuredClone(this.#world.uploads.uploads.get(id)) as Upload | undefined;
  }

  override async replace(after: Upload): Promise<'written' | 'conflict'> {
    return this.#world.uploads.write(after);
  }
}

function setUp(contacts: number, change: Partial<Upload> = {}) {
  const clock = new StoryClock();
  const world = pushWorld(clock, contacts);
  const plan = { accepted: contacts, rows: contacts, rejected: {}, fromMs: 0, numberColumn: 'phone' };
  const upload = { ...world.uploads.uploads.get(uploadId), plan, source: { key: 'k' }, by: 'operator:eve', ...change };
  world.uploads.uploads.set(uploadId, upload as unknown as Upload);
  const ledger = new OneStore(world);
  const queued: number[] = [];
  const timers: number[] = [];
  const lags: number[] = [];
  const { lists: _lists, ...deps } = world.deps();
  const lists = {
    create: (settings: { activationLagMinutes: number }) => {
      lags.push(settings.activationLagMinutes);
      return world.lists.create();
    },
    add: world.lists.add.bind(world.lists),
    close: world.lists.close.bind(world.lists),
    expire: world.lists.expire.bind(world.lists),
    count: world.lists.count.bind(world.lists),
  };
  const carrying: CarryUploadDeps = {
    ...deps,
    ledger,
    listsOf: () => lists,
    pushes: { send: async (_id, delaySeconds) => void queued.push(delaySeconds) },
    timers: { set: async (_id, atMs) => void timers.push(atMs) },
    isOutage: (error) => error instanceof Error && error.message === 'Webex is out.',
  };
  const record = () => world.uploads.uploads.get(uploadId) as unknown as Upload;
  return { clock, world, ledger, queued, timers, lags, lists, carrying, record, contacts };
}

describe('carryUpload', () => {
  it('sets the end of the list before there is one, and sends', async () => {
    const { clock, world, timers, queued, carrying, record } = setUp(40);

    const outcome = await clock.tell(carryUpload(carrying, uploadId, never));

    expect(outcome).toEqual({ outcome: 'finished' });
    expect(timers).toEqual([record().toMs]);
    expect([world.lists.arrived.length, queued]).toEqual([40, []]);
  });

  it('hands on what is left when its time is up, and sets no second timer', async () => {
    const { clock, world, timers, queued, carrying } = setUp(400);
    await clock.tell(carryUpload(carrying, uploadId, 250));

    const outcome = await clock.tell(carryUpload({ ...carrying, owner: 'two' }, uploadId, never));

    expect(queued).toEqual([0]);
    expect(outcome).toEqual({ outcome: 'finished' });
    expect([world.lists.arrived.length, new Set(world.lists.arrived).size, timers.length]).toEqual([400, 400, 1]);
  });

  it('makes a list that is late active when it was planned to be, and one that is not at once', async () => {
    const late = setUp(10, { plan: { accepted: 10, rejected: {}, fromMs: 90_000 } as unknown as Upload['plan'] });
    const atOnce = setUp(10);

    await late.clock.tell(carryUpload(late.carrying, uploadId, never));
    await atOnce.clock.tell(carryUpload(atOnce.carrying, uploadId, never));

    expect([late.lags, atOnce.lags]).toEqual([[2], [0]]);
  });

  it('has the list expire at the end of its life, once, whatever became of the upload', async () => {
    const { clock, world, ledger, carrying, record } = setUp(10);
    await clock.tell(carryUpload(carrying, uploadId, never));
    await clock.runUntil(record().toMs);

    const ended = await clock.tell(carryUpload(carrying, uploadId, never));
    world.lists.expired = false;
    await clock.tell(carryUpload(carrying, uploadId, never));

    expect(ended).toEqual({ outcome: 'list-ended' });
    expect(record()).toMatchObject({ status: 'finished', listExpiredAtMs: record().toMs });
    expect(world.lists.expired).toBe(false);
    expect(await ledger.find('other')).toBeUndefined();
  });

  it('ends an upload that is paused at the end of its list’s life', async () => {
    const { clock, carrying, record } = setUp(10, { status: 'paused', contactListId: '7', toMs: 1 });
    await clock.runUntil(1);

    await clock.tell(carryUpload(carrying, uploadId, never));

    expect(record().status).toBe('expired');
  });

  it('closes who is left to close in the list of a paused upload, and asks for that until it is done', async () => {
    const { clock, world, queued, carrying, record } = setUp(10);
    world.lists.fateOf = () => {
      world.suppressed.add(numberOf(4));
      return 'taken';
    };
    world.lists.latencyMs = 5_000;
    world.lists.closeFateOf = (request) =>
      request < 2 ? { outcome: 'uncertain', words: 'no answer' } : { outcome: 'done' };
    const first = carryUpload(carrying, uploadId, never);
    await clock.runUntil(1_000);
    await pauseUpload(world.uploads, uploadId);

    const outcomes = [await clock.tell(first), await clock.tell(carryUpload(carrying, uploadId, never))];

    expect(outcomes).toEqual([{ outcome: 'continue', notBeforeMs: 35_000 }, { outcome: 'paused' }]);
    expect([queued, record().status]).toEqual([[30], 'paused']);
    expect(world.lists.open).toHaveLength(9);
  });

  it('asks for the end of the list again where Webex did not do it', async () => {
    const { clock, queued, lists, carrying, record } = setUp(10, { status: 'finished', contactListId: '7', toMs: 1 });
    await clock.runUntil(1);
    lists.expire = async () => ({ outcome: 'uncertain', words: 'no answer' });

    const outcome = await clock.tell(carryUpload(carrying, uploadId, never));

    expect(outcome).toEqual({ outcome: 'webex-out' });
    expect([queued, record().listExpiredAtMs]).toEqual([[30], undefined]);
  });

  it('comes again later where Webex cannot be asked for the count, and throws what is a fault', async () => {
    const out = setUp(20);
    out.world.lists.fateOf = () => 'taken, no answer';
    out.lists.count = async () => Promise.reject(new Error('Webex is out.'));
    const broken = setUp(20);
    broken.carrying.uploads.readBlocks = async () => Promise.reject(new Error('No table.'));

    expect(await out.clock.tell(carryUpload(out.carrying, uploadId, never))).toEqual({ outcome: 'webex-out' });
    expect(out.queued).toEqual([30]);
    await expect(broken.clock.tell(carryUpload(broken.carrying, uploadId, never))).rejects.toThrow('No table.');
  });

  it.each(['waiting-for-file', 'planning', 'unconfirmed', 'paused', 'refused', 'cancelled'] as const)(
    'does nothing with an upload that is %s',
    async (status) => {
      const { clock, world, timers, carrying } = setUp(10, { status });

      expect(await clock.tell(carryUpload(carrying, uploadId, never))).toEqual({ outcome: status });
      expect([world.lists.lists, timers]).toEqual([0, []]);
    },
  );
});

describe('what is told of an upload', () => {
  it('gives the rate since the stretch before, and the time that is left', async () => {
    const { clock, carrying, record, world, ledger } = setUp(400);
    await clock.tell(carryUpload(carrying, uploadId, 250));
    const pace = ledger.paces[0] as NonNullable<Upload['pace']>;
    const at = 60_000;

    const seen = describeUpload(
      { ...record(), pace: { earlier: { ...pace.earlier, atMs: 0 }, latest: pace.latest } },
      await world.uploads.readBlocks(uploadId),
      at,
      { status: 'Active', count: 5 },
    );

    expect(seen).toMatchObject({ status: 'pushing', rows: 400, list: { id: '1', status: 'Active', count: 5 } });
    expect(seen.contactsPerMinute).toBe(seen.sent);
    expect(seen.secondsLeft).toBe(Math.ceil(((400 - (seen.sent ?? 0)) / (seen.sent ?? 1)) * 60));
    expect(seen.percent).toBe(Math.floor(((seen.sent ?? 0) / 400) * 100));
  });

  it('counts the bytes of the file while it is planned', () => {
    const { record } = setUp(10);
    const planning = { rows: 50, accepted: 40, rejected: 10, bytes: 30, sizeBytes: 90 };

    const seen = describeUpload({ ...record(), status: 'planning', plan: undefined, planning }, [], 0);

    expect(seen).toMatchObject({ status: 'planning', rows: 50, accepted: 40, percent: 33 });
  });
});

describe('the report', () => {
  async function reportOf(world: ReturnType<typeof setUp>, deadlineMs = never) {
    let text = '';
    const written = await writeReport(
      {
        uploads: world.world.uploads,
        chunks: plannedChunks(world.contacts, 500),
        rejects: async () =>
          (async function* () {
            yield Buffer.from('row,column,value,code,explanation\r\n');
          })(),
        report: { append: async (piece) => void (text += piece.toString()) },
        clock: world.clock,
      },
      world.record(),
      deadlineMs,
    );
    return {
      written,
      codes: text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',').slice(0, 4)),
    };
  }

  it('tells what was suppressed, sent by another upload, refused or left uncertain, by row', async () => {
    const world = setUp(40);
    world.world.suppressed.add(numberOf(3));
    world.world.sent.takenBy.set(numberOf(5), 'another');
    world.world.lists.fateOf = (request) =>
      request === 1 ? { refused: 'field unknown' } : request === 2 ? 'taken, no answer' : 'taken';
    world.lists.count = async () => 3;
    await world.clock.tell(carryUpload(world.carrying, uploadId, never));
    await world.clock.runUntil(700_000);
    await world.clock.tell(carryUpload({ ...world.carrying, owner: 'two' }, uploadId, never));

    const { written, codes } = await reportOf(world);

    const rowsOf = (code: string) => codes.filter((line) => line[3] === code).map(([row]) => Number(row));
    expect(world.record().status).toBe('finished');
    expect(rowsOf('suppressed-since')).toEqual([5]);
    expect(rowsOf('duplicate-recent')).toEqual([7]);
    expect(rowsOf('refused-by-webex')).toHaveLength(10);
    expect(rowsOf('uncertain')).toHaveLength(10);
    expect(written).toEqual({ unsent: 22 });
    expect(JSON.stringify(codes)).not.toContain(numberOf(3));
  });

  it('leaves out whose turn has not come while the upload goes on, and tells them when it is over', async () => {
    const world = setUp(400);
    await world.clock.tell(carryUpload(world.carrying, uploadId, 250));
    const going = await reportOf(world);
    world.world.uploads.uploads.set(uploadId, { ...world.record(), status: 'cancelled' });

    const over = await reportOf(world);

    expect(going.codes).toEqual([]);
    expect(over.codes).toHaveLength(400 - world.world.lists.arrived.length);
    expect(over.codes.every((line) => line[3] === 'not-sent')).toBe(true);
  });

  it('is given up where the time is over', async () => {
    expect((await reportOf(setUp(400), 0)).written).toBeUndefined();
  });
});
