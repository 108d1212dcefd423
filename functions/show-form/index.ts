import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { randomToken } from '../../src/shared/digest.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...createObservability('show-form'),
  settings: readBundledSettings(import.meta.url),
  newKey: randomToken,
});
