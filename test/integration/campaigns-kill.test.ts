import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleContacts } from '../../infra/cli/sample-contacts.ts';
import { eventually } from '../support/eventually.ts';
import { type ReadyLine, startStack } from '../support/running-stack.ts';
import { UploadStack } from '../support/upload-stack.ts';

const rows = 1_000;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-upload-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const uploadsOf = ({ api, webex, operatorToken }: ReadyLine) => new UploadStack({ api, webex, token: operatorToken });

/** The dead pusher's message is hidden for two minutes, and then the count of the list has to settle for one. */
it('sends every row of a file once, or tells it in the report, though the stack is killed with kill -9 in the middle', async () => {
  const dataDir = join(folder, 'killed');
  const first = await startStack(dataDir, ['--clock', '2026-11-23T12:00:00-08:00']);
  const id = await uploadsOf(first).send(sampleContacts(rows, 80));
  const sentBefore = await eventually(async () => {
    const { sent = 0 } = await uploadsOf(first).progress(id);
    return sent >= 100 && sent;
  }, 60_000);
  await first.stop('SIGKILL');

  const second = await startStack(dataDir);
  try {
    const uploads = uploadsOf(second);
    const seen = await uploads.rest(id, { timeoutMs: 330_000 });
    const contacts = await uploads.listOf(id);
    const report = await uploads.report(id);

    expect(sentBefore).toBeLessThan(920);
    expect(seen).toMatchObject({ status: 'finished', rows, accepted: 920, sent: 920, uncertain: 0 });
    const sentRows = contacts.map(({ customerId }) => Number(customerId.slice(1)) + 2);
    const all = [...sentRows, ...report.map(({ row }) => row)].sort((one, other) => one - other);
    expect(all).toEqual(Array.from({ length: rows }, (_, index) => index + 2));
  } finally {
    await second.stop();
  }
}, 420_000);

it('has a list expire when its life is over, though the stack slept through it', async () => {
  const dataDir = join(folder, 'slept');
  const first = await startStack(dataDir, ['--clock', '2026-11-23T12:00:00-08:00']);
  const id = await uploadsOf(first).send(sampleContacts(20, 2));
  const sent = await uploadsOf(first).rest(id);
  await first.stop();

  // An hour after the end of the list's 31 days, so that the timer is overdue.
  const second = await startStack(dataDir, ['--clock', '2026-12-24T13:00:00-08:00']);
  try {
    const asked = await eventually(async () => {
      const requests = (await (
        await fetch(`${second.webex}/_requests?operation=contactListStatus`)
      ).json()) as readonly { readonly body: unknown }[];
      return requests[0];
    }, 60_000);

    expect(sent).toMatchObject({ status: 'finished', sent: 18 });
    expect(JSON.stringify(asked.body)).toContain('EXPIRED');
    expect((await uploadsOf(second).progress(id)).status).toBe('finished');
  } finally {
    await second.stop();
  }
}, 240_000);
