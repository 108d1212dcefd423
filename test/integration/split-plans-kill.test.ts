import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleContacts } from '../../infra/cli/sample-contacts.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningStack, startStack } from '../support/running-stack.ts';
import { UploadStack } from '../support/upload-stack.ts';

const rows = 30_000;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ringback-split-kill-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const start = (): Promise<RunningStack> => startStack(dataDir, [], ['test/support/split-host.ts', dataDir]);
const uploadsOf = ({ api, webex, operatorToken }: RunningStack) =>
  new UploadStack({ api, webex, token: operatorToken });

it('goes on with a plan in parts though the stack is killed with kill -9 in the middle', async () => {
  const first = await start();
  const id = await uploadsOf(first).send(sampleContacts(rows, 400));
  const before = await eventually(async () => {
    const { status, percent = 0 } = await uploadsOf(first).progress(id);
    return status === 'planning' && percent >= 30 && percent;
  }, 120_000);
  await first.stop('SIGKILL');

  const second = await start();
  try {
    const seen = await uploadsOf(second).rest(id, { until: ['ready', 'pushing', 'refused'], timeoutMs: 180_000 });

    expect(before).toBeLessThan(100);
    expect(seen).toMatchObject({ rows, accepted: rows - 400 });
    expect(['ready', 'pushing']).toContain(seen.status);
  } finally {
    await second.stop();
  }
}, 420_000);
