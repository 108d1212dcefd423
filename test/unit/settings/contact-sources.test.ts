import { expect, it } from 'vitest';
import sample from '../../../ringback.config.ts';
import { defineConfig } from '../../../src/settings/define-config.ts';
import type { SettingsInput } from '../../../src/settings/schema.ts';

const contact = {
  signature: { form: 'standard-webhooks' },
  does: 'contact',
  campaign: 'spring-offers',
  mapping: {
    phone: '/phone',
    variables: { 'customer id': '/id', 'opted in': '/since', 'First Name ': '/name' },
  },
};
const messageOf = (changed: object, more: object = {}): string => {
  const triggers = { sources: { crm: { ...contact, ...changed } } };
  try {
    defineConfig({ ...(sample as SettingsInput), ...more, triggers } as SettingsInput);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};
const path = 'ringback.config.ts: triggers.sources.crm';
const variables = (changed: object) => ({ mapping: { phone: '/phone', variables: changed } });
const needed = contact.mapping.variables;

it('takes a source of contacts for a campaign with a mapping, or where the defaults have one', () => {
  const mapping = { number: 'phone', fields: { Phone: { column: 'phone' } } };

  expect(messageOf({})).toBe('taken');
  expect(messageOf({ collectSeconds: 10 })).toBe('taken');
  expect(messageOf({ campaign: 'any', ...variables({}) }, { uploads: { defaults: { mapping } } })).toBe('taken');
});

it.each<[string, object, string]>([
  ['no campaign', { campaign: undefined }, '.campaign must be one of uploads.campaigns with a mapping: spring-offers.'],
  [
    'a campaign nobody knows',
    { campaign: 'x' },
    '.campaign must be one of uploads.campaigns with a mapping: spring-offers.',
  ],
  [
    'a campaign that is no id',
    { campaign: 'spring offers' },
    '.campaign must be the id of a campaign: letters, digits, _, . and -.',
  ],
  ['a line', { line: 'reminders' }, '.line must be left out: the campaign calls its contacts, not a line.'],
  [
    'a basis of its own',
    { basis: { type: 'consent', start: '/since' } },
    '.basis must be left out: the campaign in uploads.campaigns says it for all of its contacts.',
  ],
  [
    'a name beside the columns',
    { mapping: { ...contact.mapping, name: '/name' } },
    '.mapping.name must be left out: name the column of the campaign in mapping.variables instead.',
  ],
  [
    'a column of nobody',
    variables({ ...needed, 'shoe size': '/shoe' }),
    '.mapping.variables.shoe size must be a column of the campaign: time zone, customer id, opted in, first name, balance, renews on.',
  ],
  [
    'the number as a column',
    variables({ ...needed, phone: '/other' }),
    '.mapping.variables.phone must be left out: mapping.phone leads to the number.',
  ],
  [
    'a column missing that each contact needs',
    variables({ 'opted in': '/since' }),
    '.mapping.variables must hold customer id, which the campaign needs of each contact.',
  ],
  [
    'no date of the consent',
    variables({ 'customer id': '/id' }),
    '.mapping.variables must hold opted in, which the campaign needs of each contact.',
  ],
  ['too long a stretch', { collectSeconds: 900 }, '.collectSeconds must be at most 840.'],
])('refuses %s', (_what, changed, sentence) => {
  expect(messageOf(changed)).toBe(path + sentence);
});
