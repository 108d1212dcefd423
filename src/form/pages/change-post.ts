import * as z from 'zod/mini';
import { SlotSchema } from '../../../events/slots/schema.ts';
import type { ChangeCallCommand } from '../../calls/change-call.ts';
import { isTimeZone } from '../../numbering/time-zone.ts';
import { readSlot } from './form-post.ts';

/** What came from a form of the status page. */
export interface PostedChange {
  readonly token: string;
  readonly lang: string;
  /** Undefined where the form was not one of ours or no time was chosen. */
  readonly change: ChangeCallCommand['change'] | undefined;
}

export function readPostedChange(text: string): PostedChange {
  const fields = new URLSearchParams(text);
  const read = (name: string): string => fields.get(name) ?? '';
  return { token: read('token'), lang: read('lang'), change: readChange(read) };
}

function readChange(read: (name: string) => string): PostedChange['change'] {
  switch (read('change')) {
    case 'cancel':
      return { do: 'cancel' };
    case 'now':
      return { do: 'reschedule', when: 'now' };
    case 'move':
      return readMove(read('slot'), read('timeZone'));
    default:
      return undefined;
  }
}

function readMove(value: string, zone: string): PostedChange['change'] {
  const slot = readSlot(value, zone);
  if (typeof slot !== 'object') return undefined;
  const { timeZone, ...times } = slot;
  const when = z.safeParse(SlotSchema, times);
  return when.success && isTimeZone(timeZone) ? { do: 'reschedule', when: when.data, timeZone } : undefined;
}
