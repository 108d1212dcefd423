import type * as z from 'zod';
import { type Settings, type SettingsInput, SettingsSchema } from './schema.ts';

/** A setting that cannot be used; the message is one sentence that begins with the setting's path. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'settings-invalid';
}

/**
 * Types the settings file and checks it.
 * @throws {SettingsError} for the first bad setting, with its path.
 */
export function defineConfig(input: SettingsInput): Settings {
  const parsed = SettingsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SettingsError(issue ? sentence(issue) : 'The settings could not be read.', { cause: parsed.error });
}

function sentence(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.') || 'the settings';
  const message = /^(must|is|has|needs) /.test(issue.message) ? issue.message : `is not usable: ${issue.message}`;
  return `ringback.config.ts: ${path} ${message}.`;
}
