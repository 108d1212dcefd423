import { readFileSync } from 'node:fs';
import type { Settings } from '../../settings/schema.ts';

/** The settings that were checked at synth and put beside the bundle; Lambda's environment is too small for them. */
export function readBundledSettings(besideUrl: string): Settings {
  return JSON.parse(readFileSync(new URL('./settings.json', besideUrl), 'utf8')) as Settings;
}
