import { describe, expect, it } from 'vitest';
import sample from '../../../ringback.config.ts';
import { defineConfig } from '../../../src/settings/define-config.ts';
import type { SettingsInput } from '../../../src/settings/schema.ts';

const messageOf = (changed: object): string => {
  try {
    defineConfig({ ...(sample as SettingsInput), ...changed });
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};
const outdial = {
  signature: { form: 'standard-webhooks' },
  does: 'outdial',
  line: 'reminders',
  purpose: 'service',
  mapping: { phone: '/phone' },
};
const callback = {
  signature: { form: 'standard-webhooks' },
  does: 'callback',
  line: 'billing',
  basis: { type: 'request', start: '/at', wording: '2026-11' },
  mapping: { phone: '/phone' },
};
const source = (changed: object, base: object = outdial) =>
  messageOf({ triggers: { sources: { crm: { ...base, ...changed } } } });
const path = 'ringback.config.ts: triggers.sources.crm';

describe('triggers', () => {
  it('takes every form of signature, and fills in the defaults', () => {
    const forms = [
      { form: 'standard-webhooks' },
      { form: 'hmac-sha256', header: 'X-Signature', encoding: 'hex', prefix: 'sha256=' },
      { form: 'hmac-sha256', header: 'X-Signature', encoding: 'base64', timestamp: { header: 'X-Time' } },
      { form: 'hubspot-v3', url: 'https://calls.example.com/v1/triggers/crm' },
    ];

    expect(forms.map((signature) => source({ signature }))).toEqual(forms.map(() => 'taken'));
    const { crm } = defineConfig({
      ...(sample as SettingsInput),
      triggers: { sources: { crm: { ...outdial, signature: forms[2] } as never } },
    }).triggers.sources;
    expect(crm).toMatchObject({
      toleranceSeconds: 300,
      automated: true,
      signature: { header: 'x-signature', timestamp: { header: 'x-time', signed: '{timestamp}.{body}' } },
    });
    expect(source({}, callback)).toBe('taken');
  });

  it.each<[string, object, string]>([
    [
      'a form nobody knows',
      { signature: { form: 'md5' } },
      '.signature.form must have the form standard-webhooks, hmac-sha256 or hubspot-v3.',
    ],
    [
      'a pointer without its slash',
      { mapping: { phone: 'phone' } },
      '.mapping.phone must be a JSON pointer such as /properties/phone.',
    ],
    [
      'a signed content without a body',
      {
        signature: {
          form: 'hmac-sha256',
          header: 'x',
          encoding: 'hex',
          timestamp: { header: 't', signed: '{timestamp}' },
        },
      },
      '.signature.timestamp.signed must hold {timestamp} and {body} once each, such as {timestamp}.{body}.',
    ],
    ['a line that is not there', { line: 'sales' }, '.line must be a line whose task is EXECUTE_FLOW: reminders.'],
    ['a line for callbacks', { line: 'billing' }, '.line must be a line whose task is EXECUTE_FLOW: reminders.'],
    ['an outdial for nothing', { purpose: undefined }, '.purpose is required: marketing or service.'],
    [
      'marketing without a basis',
      { purpose: 'marketing' },
      '.basis must be a consent or a relationship, because a marketing call needs one.',
    ],
    [
      'marketing upon a request',
      { purpose: 'marketing', basis: { type: 'request', start: '/at' } },
      '.basis.type must be a consent or a relationship, because a marketing call needs one.',
    ],
    [
      'a wording that nobody wrote',
      { basis: { type: 'consent', start: '/at', wording: '1' } },
      '.basis.wording must be the name of one of consent.wordings.',
    ],
    [
      'a second id',
      { mapping: { phone: '/phone', id: '/id' } },
      '.mapping.id must be left out, because Standard Webhooks signs an id of its own.',
    ],
    ['a campaign', { campaign: 'spring-offers' }, '.campaign must be left out: only contacts belong to a campaign.'],
    ['a stretch to gather in', { collectSeconds: 60 }, '.collectSeconds must be left out: only contacts are gathered.'],
    ['a field of nobody', { url: 'x' }, ' is not usable: Unrecognized key: "url".'],
  ])('refuses %s', (_what, changed, sentence) => {
    expect(source(changed)).toBe(path + sentence);
  });

  it.each<[string, object, string]>([
    ['without a request', { basis: undefined }, '.basis must be a request: a callback is what a person asked for.'],
    [
      'with another wording',
      { basis: { ...callback.basis, wording: '2025' } },
      '.basis.wording must be 2026-11, the wording in force, which the person must have agreed to.',
    ],
    [
      'to a line for operators',
      { line: 'reminders' },
      '.line must be a line that the public may ask for: billing, support.',
    ],
    ['for marketing', { purpose: 'marketing' }, '.purpose must be left out: a callback is always requested.'],
    [
      'with variables',
      { mapping: { phone: '/phone', variables: { a: '/a' } } },
      '.mapping.variables must be left out: only an outdial has variables.',
    ],
  ])('refuses a callback %s', (_how, changed, sentence) => {
    expect(source(changed, callback)).toBe(path + sentence);
  });

  it('refuses a name that is none', () => {
    expect(messageOf({ triggers: { sources: { 'My CRM': outdial } } })).toContain('triggers.sources.My CRM');
  });
});

describe('destinations of events', () => {
  const destination = { url: 'https://hooks.example.com/calls', types: ['call.completed.v1'] };
  const to = (changed: object) => messageOf({ events: { destinations: { crm: { ...destination, ...changed } } } });

  it.each(['https://hooks.example.com/calls', 'http://127.0.0.1:9000/', 'http://localhost:9000', 'http://[::1]:9000/'])(
    'takes %s',
    (url) => expect(to({ url })).toBe('taken'),
  );

  it.each([
    ['http://hooks.example.com', 'must be an https URL; http only to this machine, for trying.'],
    ['ftp://hooks.example.com', 'must be an https URL; http only to this machine, for trying.'],
    ['https://169.254.169.254/latest', 'must name a host, not an IP address.'],
    ['https://[fd00::1]/', 'must name a host, not an IP address.'],
    ['https://user:word@hooks.example.com', 'must hold no user, no password and no fragment.'],
    ['hooks.example.com', 'must be an https URL.'],
  ])('refuses %s', (url, sentence) => {
    expect(to({ url })).toBe(`ringback.config.ts: events.destinations.crm.url ${sentence}`);
  });

  it('refuses a type that nobody sends, and none at all', () => {
    expect(to({ types: ['call.dialing.v1'] })).toContain(
      'events.destinations.crm.types.0 must be one of call.requested.v1,',
    );
    expect(to({ types: [] })).toBe(
      'ringback.config.ts: events.destinations.crm.types must name at least one type of event.',
    );
  });
});
