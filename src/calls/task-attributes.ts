import type { Line, Settings } from '../settings/schema.ts';
import type { FieldError } from '../shared/field-error.ts';
import { attributeLimits } from './attribute-limits.ts';
import { type Call, attemptIdOf } from './call.ts';

/** Attributes that Ringback sets itself, beside the one of the attempt. */
export const ownAttributes = { name: 'customerName', reason: 'callReason' } as const;

/** What a task carries: the line's attributes, the call's own, who asked and why, and which attempt it is. */
export function taskAttributes(
  { line, webex }: { readonly line: Line; readonly webex: Pick<Settings['webex'], 'attemptVariable'> },
  call: Pick<Call, 'id' | 'customer' | 'attributes'>,
  ordinal: number,
): Readonly<Record<string, string>> {
  const { name, reason, preferredAgent } = call.customer;
  return {
    ...line.attributes,
    ...call.attributes,
    ...(name && { [ownAttributes.name]: name }),
    ...(reason && { [ownAttributes.reason]: reason }),
    ...(line.preferredAgent?.as === 'variable' && preferredAgent && { [line.preferredAgent.name]: preferredAgent }),
    [webex.attemptVariable]: attemptIdOf(call.id, ordinal),
  };
}

/**
 * What Webex would refuse in the attributes of a call, told by the fields of its request; nothing is ever cut.
 * @param call with the flow variables of the request as its attributes.
 */
export function attributeErrors(
  settings: Parameters<typeof taskAttributes>[0],
  call: Parameters<typeof taskAttributes>[1],
): readonly FieldError[] {
  const { pairs, keyBytes, valueBytes } = attributeLimits;
  const reserved: (string | undefined)[] = [
    ...Object.values(ownAttributes),
    settings.webex.attemptVariable,
    settings.line.preferredAgent?.as === 'variable' ? settings.line.preferredAgent.name : undefined,
  ];
  const errors: FieldError[] = [];
  for (const field of ['name', 'reason'] as const) {
    const bytes = Buffer.byteLength(call.customer[field] ?? '');
    if (bytes > valueBytes) errors.push(tooLong(`/${field}`, field, valueBytes, bytes));
  }
  for (const [key, value] of Object.entries(call.attributes)) {
    const pointer = `/variables/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const shown = `variables.${key.slice(0, 80)}`;
    if (reserved.includes(key))
      errors.push({ pointer, detail: `${shown} is set by Ringback itself; choose another name.` });
    if (Buffer.byteLength(key) > keyBytes)
      errors.push(tooLong(pointer, `the name of ${shown}`, keyBytes, Buffer.byteLength(key)));
    if (Buffer.byteLength(value) > valueBytes)
      errors.push(tooLong(pointer, shown, valueBytes, Buffer.byteLength(value)));
  }
  const count = Object.keys(taskAttributes(settings, call, 1)).length;
  const given = Object.keys(call.attributes).length;
  if (count > pairs) {
    const detail = `variables must hold at most ${given - (count - pairs)} pairs here, because Webex takes ${pairs} and Ringback and the line set the others; got ${given}.`;
    errors.push({ pointer: '/variables', detail });
  }
  return errors;
}

const tooLong = (pointer: string, name: string, bytesMax: number, bytes: number): FieldError => ({
  pointer,
  detail: `${name} must be at most ${bytesMax} bytes of UTF-8, got ${bytes}.`,
});
