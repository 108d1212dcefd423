import type * as z from 'zod';

/** The simulator cannot start; the message is one sentence for the person at the terminal. */
export class SimulatorStartError extends Error {
  override readonly name = 'SimulatorStartError';
  readonly code = 'webex-simulator-start';
}

/** The first issue as `member: what is wrong`. */
export function issueSentence(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'could not be read';
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
