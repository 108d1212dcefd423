import type { NumberType } from 'libphonenumber-js/max';
import type { AskedNumber, ScreenRefusal } from './types.ts';

/**
 * Types of number that are called back. Premium, shared-cost and personal numbers pay who owns them for being called; a
 * toll-free number is a company's.
 */
export const callableTypes = ['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'VOIP'] as const satisfies NumberType[];

/**
 * Calling codes that belong to no country and cost what their owners like (ITU-T E.164, list of assigned codes): satellite
 * (870, 881), personal numbers (878), international networks (882, 883), premium rate (979), shared cost (808).
 */
export const refusedCallingCodes = ['808', '870', '878', '881', '882', '883', '979'] as const;

/** Refuses countries that are not called, whatever else speaks for the number. */
export const countryRule =
  (countriesOfLine: (line: string) => readonly string[]) =>
  ({ country, line }: Pick<AskedNumber, 'country' | 'line'>): ScreenRefusal | undefined =>
    country !== undefined && countriesOfLine(line).includes(country) ? undefined : { code: 'country-not-called' };

/** Refuses numbers that earn money by being called. A type that is not known is not called. */
export const numberTypeRule = ({ number, type }: Pick<AskedNumber, 'number' | 'type'>): ScreenRefusal | undefined => {
  const isRefusedRange = refusedCallingCodes.some((code) => number.startsWith(`+${code}`));
  const isCallable = type !== undefined && (callableTypes as readonly NumberType[]).includes(type);
  return isRefusedRange || !isCallable ? { code: 'number-type-not-called' } : undefined;
};
