import type { Campaign } from '../settings.ts';

/** Webex campaign documentation. */
const FIELDS_MAX = 200;
const RECORD_CHARACTERS_MAX = 8_000;

type FieldType = Campaign['fields'][number]['type'];

/** What a value of each type looks like; an empty value stands for none. */
const FORMS: Readonly<Record<FieldType, RegExp>> = {
  String: /^[^]*$/,
  Integer: /^[+-]?\d{1,18}$/,
  Float: /^[+-]?\d{1,18}(\.\d{1,18})?$/,
  Date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  DateTime: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?Z?$/,
  Boolean: /^(true|false)$/i,
  Phone: /^\+?\d{7,15}$/,
  Email: /^[^\s@]+@[^\s@]+$/,
};

/** Why Webex would keep the contact as INVALID, or undefined. */
export function contactFault(
  attributes: readonly { readonly fieldName: string; readonly value: string }[],
  campaign: Campaign,
): string | undefined {
  const names = attributes.map(({ fieldName }) => fieldName);
  const characters = attributes.reduce((sum, { value }) => sum + value.length, 0);
  if (attributes.length > FIELDS_MAX) return `has more than ${FIELDS_MAX} fields`;
  if (characters > RECORD_CHARACTERS_MAX) return `has more than ${RECORD_CHARACTERS_MAX} characters`;
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return `has ${repeated} more than once`;
  for (const { fieldName, value } of attributes) {
    const field = campaign.fields.find((candidate) => candidate.fieldName === fieldName);
    if (!field) return `${fieldName} is not in the field mapping`;
    if (value !== '' && !FORMS[field.type].test(value)) return `${fieldName} is no ${field.type}`;
  }
  const missing = campaign.fields.find(
    (field) =>
      field.required && !attributes.some(({ fieldName, value }) => fieldName === field.fieldName && value !== ''),
  );
  return missing && `${missing.fieldName} is missing`;
}
