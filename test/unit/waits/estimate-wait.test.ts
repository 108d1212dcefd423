import { describe, expect, it } from 'vitest';
import type { WaitCache, WaitReading } from '../../../src/waits/ports.ts';
import { WaitEstimates } from '../../../src/waits/estimate-wait.ts';
import { waitOfLine } from '../../../src/waits/wait-of-line.ts';

/** The shared cache as DynamoDB keeps it. */
class MemoryWaits implements WaitCache {
  reading: WaitReading | undefined;
  claimedUntilMs = 0;

  read(): Promise<WaitReading | undefined> {
    return Promise.resolve(this.reading);
  }

  claim(_queueId: string, { nowMs, untilMs, staleBeforeMs }: Parameters<WaitCache['claim']>[1]): Promise<boolean> {
    const isFree = this.claimedUntilMs <= nowMs && (this.reading?.askedAtMs ?? 0) <= staleBeforeMs;
    if (isFree) this.claimedUntilMs = untilMs;
    return Promise.resolve(isFree);
  }

  write(_queueId: string, reading: WaitReading): Promise<void> {
    this.reading = reading;
    this.claimedUntilMs = 0;
    return Promise.resolve();
  }
}

const createWorld = () => {
  const world = {
    nowMs: 1_000_000,
    cache: new MemoryWaits(),
    asked: 0,
    failures: [] as unknown[],
    answer: (): Promise<number | undefined> => Promise.resolve(240),
    /** A process of its own, with a memory of its own. */
    worker: () =>
      new WaitEstimates({
        cache: world.cache,
        source: {
          waitSeconds: () => {
            world.asked += 1;
            return world.answer();
          },
        },
        clock: {
          nowMs: () => world.nowMs,
          sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs / 100)),
        },
        onFailure: (error) => world.failures.push(error),
      }),
  };
  return world;
};
const known = (waitSeconds: number) => ({ known: true, waitSeconds });
const unknown = { known: false };

describe('the estimated wait of a queue', () => {
  it('is asked for once in 30 seconds, whoever wants to know', async () => {
    const world = createWorld();
    const [one, other] = [world.worker(), world.worker()];

    for (const worker of [one, one, other, other]) expect((await worker.ofQueue('q')).wait).toEqual(known(240));
    expect(world.asked).toBe(1);

    world.nowMs += 29_999;
    await one.ofQueue('q');
    expect(world.asked).toBe(1);
    world.nowMs += 1;
    world.answer = () => Promise.resolve(60);
    expect((await other.ofQueue('q')).wait).toEqual(known(60));
    expect((await one.ofQueue('q')).wait).toEqual(known(60));
    expect(world.asked).toBe(2);
  });

  it('is asked for by one of fifty who come at once, and the others tell the one before', async () => {
    const world = createWorld();
    await world.worker().ofQueue('q');
    world.nowMs += 31_000;
    world.answer = () => Promise.resolve(600);

    const answers = await Promise.all(Array.from({ length: 50 }, () => world.worker().ofQueue('q')));

    expect(world.asked).toBe(2);
    expect(answers.filter(({ wait }) => wait.known && wait.waitSeconds === 600)).toHaveLength(1);
    expect(answers.filter(({ wait }) => wait.known && wait.waitSeconds === 240)).toHaveLength(49);
  });

  it('is looked for again a second after somebody else was asking', async () => {
    const world = createWorld();
    world.cache.claimedUntilMs = world.nowMs + 10_000;
    const worker = world.worker();
    expect((await worker.ofQueue('q')).wait).toEqual(unknown);
    await world.cache.write('q', { askedAtMs: world.nowMs, waitSeconds: 90 });

    world.nowMs += 999;
    expect((await worker.ofQueue('q')).wait).toEqual(unknown);
    world.nowMs += 1;
    expect((await worker.ofQueue('q')).wait).toEqual(known(90));
    expect(world.asked).toBe(0);
  });

  it('is not known where Webex cannot tell, and then not asked again at once', async () => {
    const world = createWorld();
    world.answer = () => Promise.resolve(undefined);

    expect((await world.worker().ofQueue('q')).wait).toEqual(unknown);
    expect((await world.worker().ofQueue('q')).wait).toEqual(unknown);
    expect(world.asked).toBe(1);
    expect(world.failures).toEqual([]);
  });

  it('is the one before, for two minutes, where Webex cannot be asked', async () => {
    const world = createWorld();
    await world.worker().ofQueue('q');
    world.answer = () => Promise.reject(new Error('no budget'));

    world.nowMs += 60_000;
    expect((await world.worker().ofQueue('q')).wait).toEqual(known(240));
    expect((await world.worker().ofQueue('q')).wait).toEqual(known(240));
    expect(world.asked).toBe(2);
    world.nowMs += 60_001;
    expect((await world.worker().ofQueue('q')).wait).toEqual(unknown);
    expect(world.asked).toBe(3);
    expect(world.failures).toHaveLength(2);
  });

  it('keeps nobody waiting for Webex', async () => {
    const world = createWorld();
    world.answer = () => new Promise(() => undefined);

    expect((await world.worker().ofQueue('q')).wait).toEqual(unknown);
  });

  it('is not known where the cache cannot be read', async () => {
    const world = createWorld();
    world.cache.read = () => Promise.reject(new Error('throttled'));

    expect((await world.worker().ofQueue('q')).wait).toEqual(unknown);
    expect(world.asked).toBe(0);
    expect(world.failures).toHaveLength(1);
  });

  it.each([
    [-3, 0],
    [20.349, 20],
    [1e9, 86_400],
  ])('is told within its contract where Webex says %d seconds', async (said, told) => {
    const world = createWorld();
    world.answer = () => Promise.resolve(said);

    expect((await world.worker().ofQueue('q')).wait).toEqual(known(told));
  });

  it('may be kept as long as it is fresh', async () => {
    const world = createWorld();
    await world.worker().ofQueue('q');
    world.nowMs += 12_000;

    expect((await world.worker().ofQueue('q')).freshMs).toBe(18_000);
  });
});

describe('waitOfLine', () => {
  const lines = {
    support: { queueId: 'q', audience: 'public' },
    billing: { audience: 'public' },
    reminders: { queueId: 'r', audience: 'operators' },
  } as const;

  it('tells the wait of the line’s queue', async () => {
    const found = await waitOfLine({ lines, waits: createWorld().worker() }, 'support');
    expect(found).toMatchObject({ ok: true, value: { wait: known(240) } });
  });

  it('asks nobody about a line without a queue', async () => {
    const world = createWorld();
    const found = await waitOfLine({ lines, waits: world.worker() }, 'billing');
    expect(found).toMatchObject({ ok: true, value: { wait: unknown } });
    expect(world.asked).toBe(0);
  });

  it.each(['reminders', 'sales', 'toString'])('does not know %s', async (name) => {
    const found = await waitOfLine({ lines, waits: createWorld().worker() }, name);
    expect(found).toEqual({ ok: false, failure: { code: 'not-found' } });
  });
});
