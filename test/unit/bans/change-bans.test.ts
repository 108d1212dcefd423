import { describe, expect, it } from 'vitest';
import { BansContendedError, type DeclareBanCommand, declareBan, liftBan } from '../../../src/bans/change-bans.ts';
import type { BanChange, BanList, BanStore, DeclaredBan } from '../../../src/bans/ports.ts';
import { SleepingClock, startMs } from '../suppression/support.ts';

class MemoryBans implements BanStore {
  list: BanList = { bans: [], version: 0 };
  readonly history: BanChange[] = [];
  /** How many changes of others come between our next readings and writings. */
  others = 0;

  read = async (): Promise<BanList> => this.list;

  change = async (
    before: BanList,
    bans: readonly DeclaredBan[],
    happened: BanChange,
  ): Promise<'written' | 'conflict'> => {
    if (this.others > 0) {
      this.others -= 1;
      this.list = { ...this.list, version: this.list.version + 1 };
    }
    if (before.version !== this.list.version) return 'conflict';
    this.list = { bans, version: before.version + 1 };
    this.history.push(happened);
    return 'written';
  };
}

const command: DeclareBanCommand = { id: 'storm', jurisdiction: 'US-LA', reason: 'hurricane', by: 'operator:ada' };
const setUp = () => ({ bans: new MemoryBans(), clock: new SleepingClock() });

describe('declareBan', () => {
  it('bans from now on until lifted where no times are given, and keeps who did it', async () => {
    const deps = setUp();

    const declared = await declareBan(deps, command);

    const ban = { id: 'storm', jurisdiction: 'US-LA', fromMs: startMs, reason: 'hurricane' };
    expect(declared).toMatchObject({ ok: true, value: ban });
    expect(deps.bans.list.bans).toEqual([{ ...ban, declaredBy: 'operator:ada', declaredAtMs: startMs }]);
    expect(deps.bans.history).toMatchObject([{ change: 'declared', by: 'operator:ada', atMs: startMs }]);
  });

  it('replaces the ban of the same id and keeps the earlier one in the history', async () => {
    const deps = setUp();
    await declareBan(deps, command);

    await declareBan(deps, { ...command, jurisdiction: 'US-TX', toMs: startMs + 1_000 });

    expect(deps.bans.list.bans).toMatchObject([{ jurisdiction: 'US-TX', toMs: startMs + 1_000 }]);
    expect(deps.bans.history[1]).toMatchObject({ change: 'replaced', ban: { jurisdiction: 'US-LA' } });
  });

  it.each([
    ['an unknown jurisdiction', { jurisdiction: 'US-XX' }, 'jurisdiction', 'got US-XX'],
    ['an unknown country', { jurisdiction: 'XX' }, 'jurisdiction', 'got XX'],
    ['an end before the start', { fromMs: startMs + 2, toMs: startMs + 1 }, 'to', 'must lie after from'],
    ['an end that is over', { fromMs: startMs - 9, toMs: startMs }, 'to', 'must lie in the future'],
  ])('refuses %s', async (_what, change, field, words) => {
    const deps = setUp();

    const declared = await declareBan(deps, { ...command, ...change });

    expect(declared).toMatchObject({ ok: false, failure: { field, detail: expect.stringContaining(words) } });
    expect(deps.bans.history).toEqual([]);
  });

  it('refuses the 101st ban', async () => {
    const deps = setUp();
    for (let count = 0; count < 100; count += 1) await declareBan(deps, { ...command, id: `ban-${count}` });

    const declared = await declareBan(deps, { ...command, id: 'one-more' });

    expect(declared).toMatchObject({ ok: false, failure: { code: 'too-many-bans' } });
    expect(await declareBan(deps, { ...command, id: 'ban-7' })).toMatchObject({ ok: true });
  });

  it('begins again where somebody else was quicker, and gives up after five times', async () => {
    const deps = setUp();
    deps.bans.others = 4;
    expect(await declareBan(deps, command)).toMatchObject({ ok: true });

    deps.bans.others = 5;
    await expect(declareBan(deps, command)).rejects.toBeInstanceOf(BansContendedError);
  });
});

describe('liftBan', () => {
  it('takes the ban away and keeps it, with the reason, in the history', async () => {
    const deps = setUp();
    await declareBan(deps, command);
    await declareBan(deps, { ...command, id: 'other' });

    const lifted = await liftBan(deps, { id: 'storm', reason: 'it is over', by: 'operator:bob' });

    expect(lifted).toBe(true);
    expect(deps.bans.list.bans.map(({ id }) => id)).toEqual(['other']);
    expect(deps.bans.history[2]).toMatchObject({
      change: 'lifted',
      ban: { id: 'storm', declaredBy: 'operator:ada' },
      by: 'operator:bob',
      reason: 'it is over',
    });
  });

  it('tells that there is no such ban', async () => {
    expect(await liftBan(setUp(), { id: 'storm', reason: 'it is over', by: 'operator:bob' })).toBe(false);
  });
});
