import type { FilledForm, ScreenRefusal } from './types.ts';

/**
 * Refuses what a program filled in: the field that people do not see, or all fields in no time.
 * @param filledMsMin shortest time in which a person fills the form
 */
export const formRule =
  (filledMsMin: number) =>
  ({ honeypot, filledMs }: FilledForm): ScreenRefusal | undefined => {
    const isTrapped = honeypot !== undefined && honeypot !== '';
    const isTooFast = filledMs !== undefined && !(filledMs >= filledMsMin);
    return isTrapped || isTooFast ? { code: 'form-filled-by-program' } : undefined;
  };
