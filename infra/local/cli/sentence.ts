import { EngineUnavailableError } from '../engines/engine.ts';
import { HostError } from '../runtime/lock.ts';
import { TemplateError } from '../template/errors.ts';

/** One clear sentence for what a person can mend; anything else is a fault of ours and keeps its stack. */
export const sentenceOf = (error: unknown): string => {
  if (isExpected(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

const isExpected = (error: unknown): error is Error =>
  error instanceof HostError ||
  error instanceof TemplateError ||
  error instanceof EngineUnavailableError ||
  (error instanceof Error && ['DataInUseError', 'SettingsError', 'UnsupportedPolicyError'].includes(error.name));
