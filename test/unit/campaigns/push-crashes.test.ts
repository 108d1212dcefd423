import { expect, it } from 'vitest';
import { closeSuppressed } from '../../../src/campaigns/close-suppressed.ts';
import type { ListAnswer } from '../../../src/campaigns/push-ports.ts';
import { type PushOutcome, type PushUploadDeps, pushUpload } from '../../../src/campaigns/push-upload.ts';
import { unsentContacts } from '../../../src/campaigns/report-push.ts';
import { seeded } from '../budget/support/virtual-time.ts';
import { type Fate, type PushWorld, numberOf, plannedChunks, pushWorld, uploadId } from './support/push-world.ts';
import { StoryClock } from './support/story-clock.ts';

const chunksPerBlock = 5;
const dead = Symbol('dead');

/**
 * A pusher that dies at its n-th use of the world, before or after what it does there. What it had sent goes its way; the
 * pusher itself never does or learns anything again.
 */
function mortal(
  deps: PushUploadDeps,
  usesLeft: number,
  diesBefore: boolean,
): { deps: PushUploadDeps; death: Promise<typeof dead> } {
  let uses = 0;
  let die: (value: typeof dead) => void = () => undefined;
  const death = new Promise<typeof dead>((resolve) => (die = resolve));
  const forever = new Promise<never>(() => undefined);
  const use = async <T>(act: () => Promise<T>): Promise<T> => {
    uses += 1;
    if (uses > usesLeft || (uses === usesLeft && diesBefore)) {
      die(dead);
      return forever;
    }
    const answer = await act();
    if (uses < usesLeft) return answer;
    die(dead);
    return forever;
  };
  const wrapped = <P extends object>(port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (...args: unknown[]) => use(() => member.apply(target, args)) : member;
      },
    });
  const { uploads, lists, sent, suppressed } = deps;
  return {
    deps: {
      ...deps,
      uploads: wrapped(uploads),
      lists: wrapped(lists),
      sent: wrapped(sent),
      suppressed: (numbers) => use(() => suppressed(numbers)),
    },
    death,
  };
}

const someFate = (random: () => number): Fate => {
  const drawn = random();
  if (drawn < 0.04) return 'lost';
  if (drawn < 0.08) return 'taken, no answer';
  if (drawn < 0.11) return { unsent: 500 };
  return drawn < 0.13 ? { refused: 'not this one' } : 'taken';
};

const closeFate = (random: () => number): ListAnswer<object> => {
  const drawn = random();
  if (drawn < 0.3) return { outcome: 'uncertain', words: 'no answer' };
  return drawn < 0.5 ? { outcome: 'unsent', words: 'no budget', retryAfterMs: 500 } : { outcome: 'done' };
};

/** Somebody opts out while the request is on its way or at any other time, and who closes suppressed numbers comes at once. */
async function optOut(world: PushWorld, number: string): Promise<void> {
  world.suppressed.add(number);
  for (;;) {
    const closed = await closeSuppressed(
      { sent: world.sent, lists: () => world.lists, clock: world.deps().clock },
      number,
    )
      .then(() => true)
      .catch(() => false);
    if (closed) return;
    await world.deps().clock.sleep(1_000);
  }
}

/** Pushers one after the other; each of the first `deaths` dies somewhere. */
async function pushWithDeaths(world: PushWorld, random: () => number, deaths: number): Promise<PushOutcome> {
  const { clock } = world.deps();
  for (let pusher = 0; ; pusher += 1) {
    const deps = world.deps(`pusher-${pusher}`, { refusalsMax: 1_000 });
    const isMortal = pusher < deaths;
    const life = mortal(deps, isMortal ? 1 + Math.floor(random() * 120) : Number.POSITIVE_INFINITY, random() < 0.5);
    const outcome = await Promise.race([pushUpload(life.deps, uploadId, Number.POSITIVE_INFINITY), life.death]);
    if (outcome === dead) await clock.sleep(random() * 120_000);
    else if (outcome.outcome !== 'continue') return outcome;
    else await clock.sleep(Math.max(1, outcome.notBeforeMs - clock.nowMs()));
  }
}

it.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'every contact is sent once or stands in the report, wherever pushers die (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const contacts = 40 + Math.floor(random() * 200);
    const clock = new StoryClock();
    const world = pushWorld(clock, contacts, chunksPerBlock);
    world.lists.fateOf = () => someFate(random);
    for (let contact = 0; contact < contacts; contact += 37) world.suppressed.add(numberOf(contact));

    const outcome = await clock.tell(pushWithDeaths(world, random, 6));

    const planned = plannedChunks(contacts, chunksPerBlock);
    const records = await world.uploads.readBlocks(uploadId);
    const reported = new Map<string, string>();
    for (const record of records) {
      const chunks = await planned.readBlock(uploadId, record.block);
      for (const { row, code } of unsentContacts(record, chunks, 'phone')) reported.set(numberOf(row - 2), code);
    }
    const { arrived } = world.lists;
    const everybody = Array.from({ length: contacts }, (_, contact) => numberOf(contact));
    const codes = new Set(arrived.map((number) => reported.get(number)));
    expect(outcome).toEqual({ outcome: 'finished' });
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(everybody.filter((number) => !arrived.includes(number) && !reported.has(number))).toEqual([]);
    // Who arrived is either not reported, or reported as uncertain.
    expect([...codes].filter((code) => code !== undefined && code !== 'uncertain')).toEqual([]);
    expect(arrived.filter((number) => world.suppressed.has(number))).toEqual([]);
  },
);

it.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'nobody who opts out at any moment is left to be called, wherever pushers die and closes fail (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const contacts = 40 + Math.floor(random() * 200);
    const clock = new StoryClock();
    const world = pushWorld(clock, contacts, chunksPerBlock);
    const optOuts = [0, 1, 2, 3, 4].map(async (each) => {
      await clock.sleep(random() * 30_000);
      await optOut(world, numberOf(each * 8));
    });
    world.lists.closeFateOf = () => closeFate(random);
    world.lists.fateOf = (_request, some) => {
      const leaving = some[Math.floor(random() * 2 * some.length)]?.['Phone'];
      if (leaving !== undefined) optOuts.push(optOut(world, leaving));
      return someFate(random);
    };

    const outcome = await clock.tell(pushWithDeaths(world, random, 6));
    await clock.tell(Promise.all(optOuts));

    const { arrived, open } = world.lists;
    expect(outcome).toEqual({ outcome: 'finished' });
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(open.filter((number) => world.suppressed.has(number))).toEqual([]);
  },
);
