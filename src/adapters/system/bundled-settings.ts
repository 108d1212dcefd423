import { readFileSync } from 'node:fs';
import { type Policy, policyOf } from '../../policy/policy.ts';
import type { PolicyTable } from '../../policy/table.ts';
import type { Settings } from '../../settings/schema.ts';

/** The settings that were checked at synth and put beside the bundle; Lambda's environment is too small for them. */
export const readBundledSettings = (besideUrl: string): Settings => readJson('./settings.json', besideUrl) as Settings;

/** The policy whose table was checked and built at synth, because doing so takes longer than the rest of a cold start. */
export const readBundledPolicy = (besideUrl: string): Policy => policyOf(readBundledTable(besideUrl));

/** The table alone, for what weighs many numbers at once. */
export const readBundledTable = (besideUrl: string): PolicyTable => readJson('./policy.json', besideUrl) as PolicyTable;

const readJson = (file: string, besideUrl: string): unknown =>
  JSON.parse(readFileSync(new URL(file, besideUrl), 'utf8'));
