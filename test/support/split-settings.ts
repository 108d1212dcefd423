import sample from '../../ringback.config.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';

/** The sample's settings, with files planned in parts that are no larger than a test can make them. */
export const splitSettings = defineConfig({
  ...(sample as SettingsInput),
  webex: { region: 'us1', requestsPerMinute: 3_000 },
  uploads: {
    campaigns: { ...(sample as SettingsInput).uploads?.campaigns },
    split: { beyondBytes: 5_000, rangeBytes: 60_000, concurrency: 3 },
  },
});
