import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { EventDeliverySchema } from '../../../events/event-delivery/schema.ts';
import { eventTypes } from '../../../events/event-types.ts';

const root = fileURLToPath(new URL('../../../events', import.meta.url));
const details = globSync('*/examples/valid/*.json', { cwd: root })
  .map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as { type?: string })
  .filter(({ type }) => eventTypes.some((known) => known === type));

it.each(eventTypes)('a destination that asks for %s can be given it', (type) => {
  const ofType = details.filter((detail) => detail.type === type);

  expect(ofType).not.toEqual([]);
  for (const detail of ofType) expect(EventDeliverySchema.parse({ detail })).toEqual({ detail });
});
