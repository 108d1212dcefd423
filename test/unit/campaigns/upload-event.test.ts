import { expect, it } from 'vitest';
import { UploadEventSchema, uploadEventTypes } from '../../../events/upload-event/schema.ts';
import { uploadEventOf } from '../../../src/campaigns/upload-event.ts';

const id = '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c00';
const atMs = Date.UTC(2026, 10, 23, 18);

it.each(uploadEventTypes)('tells %s as its contract says, with an id that stays the same', (type) => {
  const step = { type, atMs, version: 7, data: { id, campaign: 'winter', rows: 10, rejected: { duplicate: 2 } } };

  const event = uploadEventOf(step, { organizationId: 'org' });

  expect(UploadEventSchema.parse(event)).toEqual(event);
  expect(event).toMatchObject({ id: `${id}-v7`, source: 'urn:ringback:org', subject: id });
  expect(uploadEventOf(step, { organizationId: 'org' })).toEqual(event);
});
