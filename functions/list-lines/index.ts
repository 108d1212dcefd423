import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...createObservability('list-lines'),
  settings: readBundledSettings(import.meta.url),
});
