import { describe, expect, it } from 'vitest';
import { awaitFile, startUpload, startWithContacts } from '../../../src/campaigns/start-upload.ts';
import { UploadSettingsSchema } from '../../../src/campaigns/upload-settings.ts';
import { MemoryLedger } from './support/memory-ledger.ts';

function setUp() {
  const ledger = new MemoryLedger();
  const queued: string[] = [];
  const files = new Map<string, string>();
  const deps = {
    ledger,
    clock: { nowMs: () => 1_795_000_000_000 },
    settings: { uploads: UploadSettingsSchema.parse({ campaigns: { spring: { activationLagMinutes: 5 } } }) },
    plans: { send: async (id: string) => void queued.push(id) },
    files: { put: async (key: string, text: string) => void files.set(key, text) },
  };
  return { deps, ledger, queued, files };
}

const request = { campaignId: 'spring', by: 'schedule:weekly' };
const source = { key: 'files/spring/week.csv', etag: '"1"' };

describe('startUpload', () => {
  it('writes the upload and has its file planned', async () => {
    const { deps, ledger, queued } = setUp();

    const started = await startUpload(deps, { ...request, source, name: 'week 12' });

    const [upload] = ledger.uploads.values();
    expect(started).toEqual({ ok: true, value: upload });
    expect(upload).toMatchObject({ status: 'planning', source, name: 'week 12', by: 'schedule:weekly', version: 1 });
    expect(upload?.settings.activationLagMinutes).toBe(5);
    expect(queued).toEqual([upload?.id]);
  });

  it('starts once for one key, and queues again what may not have been queued', async () => {
    const { deps, ledger, queued } = setUp();
    const command = { ...request, source, idempotencyKey: 'weekly 2026-11-23T09:00:00Z' };

    const first = await startUpload(deps, command);
    const again = await startUpload(deps, command);

    expect(again).toEqual(first);
    expect(ledger.uploads.size).toBe(1);
    expect(queued).toHaveLength(2);
  });

  it('queues nothing where the file has been planned since', async () => {
    const { deps, ledger, queued } = setUp();
    const command = { ...request, source, idempotencyKey: 'weekly 2026-11-23T09:00:00Z' };
    const first = await startUpload(deps, command);
    if (!first.ok) throw new Error('It was not started.');
    ledger.uploads.set(first.value.id, { ...first.value, status: 'finished', version: 2 });

    const again = await startUpload(deps, command);

    expect(again).toMatchObject({ ok: true, value: { status: 'finished' } });
    expect(queued).toHaveLength(1);
  });

  it('refuses a key that came with another file, and takes it for another campaign', async () => {
    const { deps } = setUp();
    const command = { ...request, source, idempotencyKey: 'weekly 2026-11-23T09:00:00Z' };
    const first = await startUpload(deps, command);

    const other = await startUpload(deps, { ...command, source: { ...source, etag: '"2"' } });
    const elsewhere = await startUpload(deps, { ...command, campaignId: 'autumn' });

    expect(other).toEqual({ ok: false, failure: { code: 'idempotency-key-reused' } });
    expect(elsewhere.ok && first.ok && elsewhere.value.id !== first.value.id).toBe(true);
  });
});

describe('awaitFile', () => {
  it('waits for a file under a key of its own, and starts nothing', async () => {
    const { deps, queued } = setUp();

    const one = await awaitFile(deps, request);
    const other = await awaitFile(deps, request);

    if (!one.ok || !other.ok) throw new Error('It was not started.');
    expect(one.value).toMatchObject({ status: 'waiting-for-file', source: { key: `uploads/${one.value.id}` } });
    expect(other.value.id).not.toBe(one.value.id);
    expect(queued).toEqual([]);
  });
});

describe('startWithContacts', () => {
  const contacts: Record<string, string | number | boolean | null>[] = [
    { phone: '4155550132', vip: true },
    { phone: 4155550133, name: null },
  ];

  it('writes the contacts as the file that the upload waits for', async () => {
    const { deps, files } = setUp();

    const started = await startWithContacts(deps, { ...request, contacts });

    if (!started.ok) throw new Error('It was not started.');
    expect(files.get(started.value.source.key)).toBe(
      '{"phone":"4155550132","vip":true}\n{"phone":4155550133,"name":null}\n',
    );
  });

  it('writes them again for a repeat, and refuses others with the same key', async () => {
    const { deps, files } = setUp();
    const command = { ...request, contacts, idempotencyKey: 'lead-4711-added' };
    await startWithContacts(deps, command);
    files.clear();

    const again = await startWithContacts(deps, command);
    const other = await startWithContacts(deps, { ...command, contacts: contacts.slice(1) });

    expect(again.ok).toBe(true);
    expect(files.size).toBe(1);
    expect(other).toEqual({ ok: false, failure: { code: 'idempotency-key-reused' } });
  });
});
