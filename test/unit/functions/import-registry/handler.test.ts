import type { SQSEvent } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../../functions/import-registry/handler.ts';
import { RegistryStore } from '../../../../src/registry/store.ts';
import { MemoryObjects, listOf } from '../../../support/registry.ts';

const messageOf = (body: object) => ({ Records: [{ body: JSON.stringify(body) }] }) as SQSEvent;
const eventOf = (key: string) => messageOf({ Records: [{ s3: { bucket: { name: 'b' }, object: { key } } }] });
const nowMs = Date.UTC(2026, 10, 20);

function setUp(text: string) {
  const store = new RegistryStore(new MemoryObjects());
  let versions = 0;
  const deps = {
    store,
    clock: { nowMs: () => nowMs },
    newVersion: () => `v${(versions += 1)}`,
    openUpload: vi.fn(async ({ key }: { bucket: string; key: string }) => listOf(key, [text], '2026-11-19')),
    logger: { info: vi.fn(), error: vi.fn() },
    metrics: { addMetric: vi.fn(), publishStoredMetrics: vi.fn() },
  };
  return { deps, store, handler: createHandler(deps as never) };
}

it('imports the uploaded object, whose key it decodes', async () => {
  const { deps, store, handler } = setUp('2125550123\n');
  await handler(eventOf('uploads/my+list%282%29.txt'), {} as never);
  expect(deps.openUpload).toHaveBeenCalledWith({ bucket: 'b', key: 'uploads/my list(2).txt' });
  expect((await store.current())?.manifest.areaCodes).toMatchObject({ 212: { count: 1 } });
  expect(deps.logger.info).toHaveBeenCalledWith(
    'IMPORT_REGISTRY_COMPLETED',
    expect.objectContaining({ outcome: 'switched', version: 'v1' }),
  );
});

it('logs and counts a refused file without trying it again', async () => {
  const { deps, store, handler } = setUp('');
  await handler(eventOf('uploads/212.txt'), {} as never);
  expect(await store.current()).toBeUndefined();
  expect(deps.openUpload).toHaveBeenCalledTimes(1);
  expect(deps.metrics.addMetric).toHaveBeenCalledWith('RegistryImportRefused', 'Count', 1);
  expect(deps.logger.error).toHaveBeenCalledWith(
    'IMPORT_REGISTRY_REFUSED',
    expect.objectContaining({ code: 'list-empty' }),
  );
});

it('begins again where another import was quicker', async () => {
  const { deps, store, handler } = setUp('2125550123\n');
  const switchTo = vi.spyOn(store, 'switchTo').mockResolvedValueOnce('conflict');
  await handler(eventOf('uploads/212.txt'), {} as never);
  expect(switchTo).toHaveBeenCalledTimes(2);
  expect((await store.current())?.manifest.version).toBe('v2');
  expect(deps.metrics.addMetric).not.toHaveBeenCalled();
});

it('throws a fault of S3, so that the upload is tried again', async () => {
  const { deps, handler } = setUp('');
  deps.openUpload.mockRejectedValueOnce(new Error('S3 is down.'));
  await expect(handler(eventOf('uploads/212.txt'), {} as never)).rejects.toThrow('S3 is down.');
});

it('takes the message with which S3 tries out the queue', async () => {
  const { deps, handler } = setUp('');
  await handler(messageOf({ Service: 'Amazon S3', Event: 's3:TestEvent' }), {} as never);
  expect(deps.openUpload).not.toHaveBeenCalled();
});
