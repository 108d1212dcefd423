import { describe, expect, it } from 'vitest';
import { closeSuppressed } from '../../../src/campaigns/close-suppressed.ts';
import {
  cancelUpload,
  confirmUpload,
  pauseUpload,
  resumeUpload,
  sendAgain,
} from '../../../src/campaigns/control-upload.ts';
import { type PushOutcome, pushUpload } from '../../../src/campaigns/push-upload.ts';
import { unsentContacts } from '../../../src/campaigns/report-push.ts';
import { pushProgress } from '../../../src/campaigns/upload-progress.ts';
import { type Fate, type PushWorld, numberOf, plannedChunks, pushWorld, uploadId } from './support/push-world.ts';
import { StoryClock } from './support/story-clock.ts';

const never = Number.POSITIVE_INFINITY;

/** Pushes as a function would be asked to, again and again until there is nothing to go on with. */
async function pushToEnd(world: PushWorld, owner = 'one'): Promise<PushOutcome> {
  for (;;) {
    const outcome = await pushUpload(world.deps(owner), uploadId, never);
    if (outcome.outcome !== 'continue') return outcome;
    const { clock } = world.deps();
    await clock.sleep(Math.max(1, outcome.notBeforeMs - clock.nowMs()));
  }
}

const setUp = (contacts: number, chunksPerBlock?: number) => {
  const clock = new StoryClock();
  return { clock, world: pushWorld(clock, contacts, chunksPerBlock) };
};
const all = (contacts: number) => Array.from({ length: contacts }, (_, contact) => numberOf(contact));
const states = ({ uploads }: PushWorld) => [...uploads.blocks.values()].map((block) => block.states).join('');

/** Whoever closes suppressed numbers comes while the request with the contact is on its way, and so too early. */
function suppressOnTheWay(world: PushWorld, contact: number, fateOf: (request: number) => Fate = () => 'taken'): void {
  world.lists.fateOf = (request, contacts) => {
    if (contacts.some(({ Phone }) => Phone === numberOf(contact))) world.suppressed.add(numberOf(contact));
    return fateOf(request);
  };
}

describe('pushUpload', () => {
  it('sends every contact once, ten a request, into one list', async () => {
    const { clock, world } = setUp(137, 4);

    const outcome = await clock.tell(pushToEnd(world));

    expect(outcome).toEqual({ outcome: 'finished' });
    expect(world.lists.arrived.toSorted()).toEqual(all(137));
    expect(world.lists.requests).toHaveLength(14);
    expect(world.lists.lists).toBe(1);
    expect(world.uploads.uploads.get(uploadId)).toMatchObject({
      status: 'finished',
      contactListId: '1',
      lease: undefined,
    });
  });

  it('sends values by field and leaves empty ones out', async () => {
    const { clock, world } = setUp(1);
    let sent: unknown;
    world.lists.fateOf = (_request, contacts) => {
      sent = contacts;
      return 'taken';
    };

    await clock.tell(pushToEnd(world));

    expect(sent).toEqual([{ Phone: numberOf(0) }]);
  });

  it('asks again for what was certainly not processed, after the time it was told', async () => {
    const { clock, world } = setUp(10);
    world.lists.fateOf = (request) => (request === 0 ? { unsent: 7_000 } : 'taken');

    await clock.tell(pushToEnd(world));

    expect(world.lists.requests).toEqual([0, 7_100]);
    expect(world.lists.arrived).toEqual(all(10));
  });

  it('keeps a refused chunk with the words of Webex, and goes on', async () => {
    const { clock, world } = setUp(40);
    world.lists.fateOf = (request) => (request === 1 ? { refused: 'field unknown' } : 'taken');

    const outcome = await clock.tell(pushToEnd(world));

    const [record] = await world.uploads.readBlocks(uploadId);
    expect(outcome).toEqual({ outcome: 'finished' });
    expect(states(world)).toBe('qrqq');
    expect(record?.notes).toEqual([{ chunk: 1, words: 'field unknown' }]);
  });

  it('pauses when one refusal follows another, because that is no fault of the contacts', async () => {
    const { clock, world } = setUp(500);
    world.lists.fateOf = () => ({ refused: 'The campaign ID is invalid' });

    const outcome = await clock.tell(pushToEnd(world));

    expect(outcome).toEqual({ outcome: 'paused' });
    expect(world.uploads.uploads.get(uploadId)?.because).toBe(
      'Webex refused 5 requests in a row: The campaign ID is invalid',
    );
    expect(world.lists.requests.length).toBeLessThan(10);
  });

  it('sends again what was refused while it was being put down, too', async () => {
    const { clock, world } = setUp(100);
    const add = world.lists.add.bind(world.lists);
    world.lists.fateOf = () => ({ refused: 'The list is locked' });
    world.lists.add = async (list, some) => {
      // One answer comes when the upload is paused already.
      if (some[0]?.['Phone'] === numberOf(30)) await clock.sleep(5_000);
      return add(list, some);
    };
    const first = pushToEnd(world);
    await clock.runUntil(1_000);
    const paused = world.uploads.uploads.get(uploadId)?.status;
    const onItsWay = states(world).includes('s');

    const again = sendAgain({ uploads: world.uploads, clock }, uploadId, 'refused');
    await clock.tell(first);
    world.lists.fateOf = () => 'taken';
    const sentAgain = await clock.tell(again);
    const last = await clock.tell(pushToEnd(world, 'two'));

    expect([paused, onItsWay, sentAgain.ok, last]).toEqual(['paused', true, true, { outcome: 'finished' }]);
    expect(states(world)).toBe('qqqqqqqqqq');
    expect(new Set(world.lists.arrived).size).toBe(100);
    expect(world.lists.arrived).toHaveLength(100);
  });

  it('asks to come again where a pusher does not let go', async () => {
    const { clock, world } = setUp(10);
    const upload = world.uploads.uploads.get(uploadId);
    const lease = { owner: 'dead', untilMs: 60_000 };
    if (upload) world.uploads.uploads.set(uploadId, { ...upload, status: 'paused', lease });

    const again = await clock.tell(sendAgain({ uploads: world.uploads, clock }, uploadId, 'refused'));

    expect(again).toEqual({ ok: false, failure: { code: 'upload-busy' } });
    expect(clock.nowMs()).toBeLessThan(20_000);
  });

  it('stops at its deadline and goes on later where it stopped', async () => {
    const { clock, world } = setUp(400);
    const first = await clock.tell(pushUpload(world.deps(), uploadId, 250));
    const sentFirst = world.lists.requests.length;

    const last = await clock.tell(pushToEnd(world, 'two'));

    expect(first).toMatchObject({ outcome: 'continue' });
    expect(sentFirst).toBeLessThan(40);
    expect(last).toEqual({ outcome: 'finished' });
    expect(world.lists.requests).toHaveLength(40);
  });

  it('waits for nothing that its time is too short for, and leaves pending what was not processed', async () => {
    const { clock, world } = setUp(400);
    world.lists.fateOf = () => ({ unsent: 60_000 });

    const outcome = await clock.tell(pushUpload(world.deps(), uploadId, 30_000));

    expect(clock.nowMs()).toBeLessThan(1_000);
    expect(outcome).toEqual({ outcome: 'continue', notBeforeMs: clock.nowMs() + 60_000 });
    expect(world.lists.requests.length).toBeLessThanOrEqual(4);
    expect(states(world)).toBe('p'.repeat(40));
  });

  it('does not wait for a list longer than its time', async () => {
    const { clock, world } = setUp(10);
    world.lists.create = async () => ({ outcome: 'unsent', words: 'token refused', retryAfterMs: 30_000 });

    const outcome = await clock.tell(pushUpload(world.deps(), uploadId, 20_000));

    expect([outcome, clock.nowMs()]).toEqual([{ outcome: 'continue', notBeforeMs: 30_000 }, 0]);
  });

  it('keeps off an upload that another pusher works on', async () => {
    const { clock, world } = setUp(4_000);
    const one = pushToEnd(world, 'one');
    await clock.runUntil(500);

    const two = await clock.tell(pushUpload(world.deps('two'), uploadId, never));

    expect(two).toMatchObject({ outcome: 'continue' });
    await clock.tell(one);
    expect(world.lists.requests).toHaveLength(400);
  });

  it('ends an upload whose list has expired', async () => {
    const { clock, world } = setUp(400);
    const upload = world.uploads.uploads.get(uploadId);
    if (upload) world.uploads.uploads.set(uploadId, { ...upload, toMs: 250 });

    expect(await clock.tell(pushToEnd(world))).toEqual({ outcome: 'expired' });
    expect(world.uploads.uploads.get(uploadId)?.status).toBe('expired');
  });

  it('answers for an upload that is not there', async () => {
    const { clock, world } = setUp(1);

    expect(await clock.tell(pushUpload(world.deps(), 'other', never))).toEqual({ outcome: 'not-found' });
  });
});

describe('an upload whose columns were guessed', () => {
  it('waits until somebody has confirmed them', async () => {
    const { clock, world } = setUp(10);
    const upload = await world.uploads.read(uploadId);
    if (upload) world.uploads.uploads.set(uploadId, { ...upload, status: 'unconfirmed' });

    const before = await clock.tell(pushToEnd(world));
    await confirmUpload(world.uploads, uploadId);
    const after = await clock.tell(pushToEnd(world));

    expect([before, after]).toEqual([{ outcome: 'unconfirmed' }, { outcome: 'finished' }]);
    expect(world.lists.arrived).toEqual(all(10));
  });
});

describe('uncertain chunks', () => {
  it('count as sent as soon as the list counts everything', async () => {
    const { clock, world } = setUp(50);
    world.lists.fateOf = (request) => (request === 2 ? 'taken, no answer' : 'taken');

    await clock.tell(pushToEnd(world));

    expect(states(world)).toBe('qqqqq');
    expect(world.lists.requests).toHaveLength(5);
  });

  it('are sent again once the count has settled without them', async () => {
    const { clock, world } = setUp(50);
    world.lists.fateOf = (request) => (request === 2 ? 'lost' : 'taken');

    await clock.tell(pushToEnd(world));

    expect(states(world)).toBe('qqqqq');
    expect(world.lists.arrived.toSorted()).toEqual(all(50));
    expect((world.lists.requests.at(-1) ?? 0) - (world.lists.requests.at(-2) ?? 0)).toBeGreaterThan(600_000);
  });

  it('are not taken for absent while the count may still rise', async () => {
    const { clock, world } = setUp(50);
    world.lists.countsAfterMs = 500_000;
    world.lists.fateOf = (request) => (request === 2 ? 'taken, no answer' : 'taken');

    await clock.tell(pushToEnd(world));

    expect(world.lists.arrived.toSorted()).toEqual(all(50));
  });

  it('stay uncertain where the count does not tell which of them arrived, until a person says to send them again', async () => {
    const { clock, world } = setUp(50);
    world.lists.fateOf = (request) => (request === 1 ? 'taken, no answer' : request === 2 ? 'lost' : 'taken');
    const outcome = await clock.tell(pushToEnd(world));
    const before = states(world);
    const [record] = await world.uploads.readBlocks(uploadId);
    const report = record
      ? [...unsentContacts(record, await plannedChunks(50, 500).readBlock(uploadId, 0), 'phone')]
      : [];

    await clock.tell(sendAgain({ uploads: world.uploads, clock }, uploadId, 'uncertain'));
    const after = await clock.tell(pushToEnd(world));

    expect([outcome, after]).toEqual([{ outcome: 'finished' }, { outcome: 'finished' }]);
    expect(before.replaceAll('q', '')).toBe('uu');
    expect(report).toHaveLength(20);
    expect(report[0]).toMatchObject({ column: 'phone', value: '+1415*****10', code: 'uncertain' });
    expect(states(world)).toBe('qqqqq');
    expect(world.lists.requests).toHaveLength(7);
  });

  it('are told apart where their sizes add up in one way only', async () => {
    const { clock, world } = setUp(47);
    const firstFates = new Map<string | undefined, Fate>([
      [numberOf(0), 'lost'],
      [numberOf(40), 'taken, no answer'],
    ]);
    world.lists.fateOf = (_request, [first]) => {
      const number = first?.['Phone'];
      const fate = firstFates.get(number) ?? 'taken';
      firstFates.delete(number);
      return fate;
    };

    await clock.tell(pushToEnd(world));

    expect(world.lists.arrived.toSorted()).toEqual(all(47));
    expect(states(world)).toBe('qqqqq');
  });
});

describe('numbers that are suppressed', () => {
  it('after the plan are left out, and a chunk of nobody else is not sent', async () => {
    const { clock, world } = setUp(30);
    for (const contact of [3, ...Array.from({ length: 10 }, (_, index) => 10 + index)])
      world.suppressed.add(numberOf(contact));

    await clock.tell(pushToEnd(world));

    const [record] = await world.uploads.readBlocks(uploadId);
    expect(states(world)).toBe('qlq');
    expect(record?.sizes).toBe('90a');
    expect(record?.notes.find(({ chunk }) => chunk === 0)?.leftOut).toEqual([5]);
    expect(world.lists.arrived).not.toContain(numberOf(3));
    expect(world.lists.requests).toHaveLength(2);
    expect(record && pushProgress({ accepted: 30 }, [record], 0)).toMatchObject({
      sent: 19,
      leftOut: 11,
      pending: 0,
      percent: 100,
    });
  });

  it('while the request is on its way are closed right after it', async () => {
    const { clock, world } = setUp(10);
    world.lists.fateOf = () => {
      world.suppressed.add(numberOf(4));
      return 'taken';
    };

    await clock.tell(pushToEnd(world));

    expect(world.lists.closed).toEqual(['C4']);
    expect(world.lists.open).not.toContain(numberOf(4));
  });

  it('while the request is on its way are closed again until it is done, and the upload is not finished before', async () => {
    const { clock, world } = setUp(30);
    suppressOnTheWay(world, 4);
    world.lists.closeFateOf = (request) =>
      request < 3 ? { outcome: 'uncertain', words: 'no answer' } : { outcome: 'done' };

    const first = await clock.tell(pushUpload(world.deps(), uploadId, never));
    const openThen = world.lists.open.includes(numberOf(4));
    const last = await clock.tell(pushToEnd(world));

    expect(first).toMatchObject({ outcome: 'continue' });
    expect(openThen).toBe(true);
    expect(last).toEqual({ outcome: 'finished' });
    expect(world.lists.open).toHaveLength(29);
    expect(world.lists.open).not.toContain(numberOf(4));
    expect(states(world)).toBe('qqq');
  });

  it('are closed before anything else is sent in the next stretch, where the time was up', async () => {
    const { clock, world } = setUp(100);
    suppressOnTheWay(world, 4);
    world.lists.latencyMs = 2_000;

    const first = await clock.tell(pushUpload(world.deps(), uploadId, 1_000));
    const between = states(world);
    const openAtRequest: boolean[] = [];
    world.lists.fateOf = () => {
      openAtRequest.push(world.lists.open.includes(numberOf(4)));
      return 'taken';
    };
    await clock.tell(pushToEnd(world));

    expect([first, between]).toEqual([{ outcome: 'continue', notBeforeMs: 2_000 }, 'aqqqpppppp']);
    expect(openAtRequest).toEqual(Array.from({ length: 6 }, () => false));
    expect(world.lists.closed).toEqual(['C4']);
  });

  it('pause the upload where Webex refuses to close them, because somebody must know', async () => {
    const { clock, world } = setUp(10);
    suppressOnTheWay(world, 4);
    world.lists.closeFateOf = () => ({ outcome: 'refused', words: 'not allowed' });

    const refused = await clock.tell(pushToEnd(world));
    const because = world.uploads.uploads.get(uploadId)?.because;
    world.lists.closeFateOf = () => ({ outcome: 'done' });
    await resumeUpload(world.uploads, uploadId);
    const resumed = await clock.tell(pushToEnd(world));

    expect([refused, resumed]).toEqual([{ outcome: 'paused' }, { outcome: 'finished' }]);
    expect(because).toBe('Webex does not close a contact whose number was suppressed: not allowed');
    expect(world.lists.open).not.toContain(numberOf(4));
  });

  it('are closed though somebody pauses the upload meanwhile', async () => {
    const { clock, world } = setUp(10);
    suppressOnTheWay(world, 4);
    world.lists.latencyMs = 5_000;
    world.lists.closeFateOf = (request) =>
      request < 2 ? { outcome: 'uncertain', words: 'no answer' } : { outcome: 'done' };
    const pushing = pushToEnd(world);
    await clock.runUntil(1_000);
    await pauseUpload(world.uploads, uploadId);

    const outcome = await clock.tell(pushing);

    expect(outcome).toEqual({ outcome: 'paused' });
    expect(world.lists.open).toHaveLength(9);
    expect(world.uploads.uploads.get(uploadId)).toMatchObject({ status: 'paused', lease: undefined });
  });

  it.each([
    ['arrived, as the count tells', 2, 'qqq'],
    ['may have arrived', 1, 'uuq'],
  ])('are closed in a chunk that %s', async (_name, requestsTaken, expected) => {
    const { clock, world } = setUp(30);
    suppressOnTheWay(world, 4, (request) => {
      if (request >= 2) return 'taken';
      return request < requestsTaken ? 'taken, no answer' : 'lost';
    });
    // The first close overtakes the contact.
    world.lists.closeFateOf = (request) =>
      request === 0 ? { outcome: 'uncertain', words: 'no answer' } : { outcome: 'done' };

    const outcome = await clock.tell(pushToEnd(world));

    expect(outcome).toEqual({ outcome: 'finished' });
    expect([states(world), world.lists.open.includes(numberOf(4))]).toEqual([expected, false]);
  });

  it('while a request waits to be sent again are left out of it', async () => {
    const { clock, world } = setUp(10);
    world.lists.fateOf = (request) => {
      if (request > 0) return 'taken';
      world.suppressed.add(numberOf(4));
      return { unsent: 7_000 };
    };

    await clock.tell(pushToEnd(world));

    const [record] = await world.uploads.readBlocks(uploadId);
    expect(world.lists.requests).toHaveLength(2);
    expect(world.lists.arrived).toEqual(all(10).filter((number) => number !== numberOf(4)));
    expect(record).toMatchObject({ states: 'q', sizes: '9', notes: [{ chunk: 0, leftOut: [6] }] });
  });

  it('later are closed in every list they were sent to', async () => {
    const { clock, world } = setUp(10);
    await clock.tell(pushToEnd(world));

    const closed = await closeSuppressed({ sent: world.sent, lists: () => world.lists, clock }, numberOf(7));

    expect(closed).toBe(1);
    expect(world.lists.closed).toEqual(['C7']);
  });

  it('are asked about again where Webex did not close them', async () => {
    const { clock, world } = setUp(10);
    await clock.tell(pushToEnd(world));
    world.lists.close = async () => ({ outcome: 'uncertain', words: 'no answer' });

    await expect(closeSuppressed({ sent: world.sent, lists: () => world.lists, clock }, numberOf(7))).rejects.toThrow(
      'A suppressed contact is still open in list 1: no answer',
    );
  });
});

describe('pause, resume and cancel', () => {
  it('sends nothing while it is paused, and the rest after that', async () => {
    const { clock, world } = setUp(4_000);
    const first = pushToEnd(world);
    await clock.runUntil(3_000);

    await pauseUpload(world.uploads, uploadId);
    const paused = await clock.tell(first);
    const sentThen = world.lists.requests.length;
    await clock.runUntil(600_000);
    await resumeUpload(world.uploads, uploadId);
    const finished = await clock.tell(pushToEnd(world, 'two'));

    expect(paused).toEqual({ outcome: 'paused' });
    expect(sentThen).toBeLessThan(400);
    expect(world.lists.requests.filter((atMs) => atMs > 6_000 && atMs < 600_000)).toEqual([]);
    expect(finished).toEqual({ outcome: 'finished' });
    expect(world.lists.requests).toHaveLength(400);
  });

  it('cancels for good: the list expires and nobody else is sent', async () => {
    const { clock, world } = setUp(4_000);
    const pushing = pushToEnd(world);
    await clock.runUntil(3_000);

    const control = { uploads: world.uploads, lists: world.lists, clock };
    const cancelled = await clock.tell(cancelUpload(control, uploadId, never));
    const outcome = await clock.tell(pushing);

    expect(cancelled).toMatchObject({ ok: true, value: { status: 'cancelled' } });
    expect(world.lists.expired).toBe(true);
    expect(outcome).toEqual({ outcome: 'cancelled' });
    expect(world.lists.requests.length).toBeLessThan(400);
    expect(await resumeUpload(world.uploads, uploadId)).toEqual({
      ok: false,
      failure: { code: 'upload-status', status: 'cancelled' },
    });
  });

  it('tells where Webex did not let the list expire', async () => {
    const { clock, world } = setUp(10);
    await clock.tell(pushToEnd(world));
    world.lists.expire = async () => ({ outcome: 'uncertain', words: 'no answer' });

    const cancelled = await cancelUpload({ uploads: world.uploads, lists: world.lists, clock }, uploadId, never);

    expect(cancelled).toEqual({ ok: false, failure: { code: 'list-not-expired', words: 'no answer' } });
    expect(world.uploads.uploads.get(uploadId)?.status).toBe('cancelled');
  });

  it('tells so within its time where Webex asks to come again after it', async () => {
    const { clock, world } = setUp(10);
    await clock.tell(pushToEnd(world));
    const beganMs = clock.nowMs();
    world.lists.expire = async () => ({ outcome: 'unsent', words: 'too many requests', retryAfterMs: 60_000 });

    const control = { uploads: world.uploads, lists: world.lists, clock };
    const cancelled = await clock.tell(cancelUpload(control, uploadId, beganMs + 15_000));

    expect(cancelled).toEqual({ ok: false, failure: { code: 'list-not-expired', words: 'too many requests' } });
    expect(clock.nowMs()).toBeLessThan(beganMs + 15_000);
  });

  it('answers for an upload that is not there', async () => {
    const { world } = setUp(10);

    expect(await pauseUpload(world.uploads, 'other')).toEqual({ ok: false, failure: { code: 'upload-not-found' } });
  });
});
