import { type Phone, parsePhone } from '../phone/parse-phone.ts';
import type { Line, Settings } from '../settings/schema.ts';
import type { FieldError } from '../shared/field-error.ts';

export interface Target {
  readonly line: string;
  readonly phone: string;
  readonly country?: string | undefined;
}

export interface CheckedTarget {
  readonly line: Line | undefined;
  readonly phone: Phone | undefined;
  /** Empty where line and phone are there. */
  readonly errors: readonly FieldError[];
}

/** Whom to call and by which line: a line that takes such requests, and a number in a country that it calls. */
export function checkTarget(
  settings: Pick<Settings, 'lines' | 'countries'>,
  target: Target,
  takes: (line: Line) => boolean,
): CheckedTarget {
  const errors: FieldError[] = [];
  const known = Object.entries(settings.lines).filter(([, line]) => takes(line));
  const line = known.find(([name]) => name === target.line)?.[1];
  if (!line)
    errors.push({ pointer: '/line', detail: `line must be one of ${known.map(([name]) => name).join(', ')}.` });
  const phone = parsePhone(target.phone, target.country);
  if (!phone.ok) errors.push({ pointer: '/phone', detail: `phone ${phone.failure.detail}.` });
  const countries = line?.countries ?? settings.countries;
  if (phone.ok && !(phone.value.country && countries.includes(phone.value.country))) {
    errors.push({
      pointer: '/phone',
      detail: `phone must be a number in ${countries.join(', ')}: we do not call other countries.`,
    });
  }
  return { line, phone: phone.ok ? phone.value : undefined, errors };
}
