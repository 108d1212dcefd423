import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { RequestCallbackSchema } from '../../../events/request-callback/schema.ts';
import { en } from '../../../src/form/strings/en.ts';
import { type FormValues, fieldErrorsOf, findErrors, toBody } from '../../../src/form/answers.ts';
import { sampleLines } from '../../support/stub-api.ts';

const values: FormValues = {
  line: 'billing',
  name: ' Ada ',
  country: 'US',
  phone: ' (415) 555-0132 ',
  when: 'now',
  reason: '',
  consented: true,
};

describe('toBody', () => {
  it('leaves out what was not answered', () => {
    expect(toBody({ ...values, name: '' }, { version: '2026-11', language: 'en' }, undefined)).toEqual({
      phone: '(415) 555-0132',
      country: 'US',
      line: 'billing',
      when: 'now',
      consent: { version: '2026-11', language: 'en', accepted: true },
    });
  });

  it.each([
    ['now', 'now' as const],
    ['a slot', { date: '2026-11-23', from: '10:00', to: '10:30', timeZone: 'Europe/Berlin' }],
  ])('is a body that the contract takes, for %s', (_name, when) => {
    const body = toBody(
      { ...values, when, reason: 'line one\r\nline\ttwo' },
      { version: '2026-11', language: 'en' },
      'America/Los_Angeles',
    );
    expect(z.safeParse(RequestCallbackSchema, body)).toMatchObject({ success: true });
  });

  it('sends a slot in the zone that it was shown in', () => {
    const when = { date: '2026-11-23', from: '10:00', to: '10:30', timeZone: 'Europe/Berlin' };
    expect(toBody({ ...values, when }, { version: '2026-11', language: 'en' }, 'America/Los_Angeles')).toMatchObject({
      when: { date: '2026-11-23', from: '10:00', to: '10:30' },
      timeZone: 'Europe/Berlin',
    });
  });
});

describe('findErrors', () => {
  const errorsOf = (changes: Partial<FormValues>) => [
    ...findErrors({ ...values, ...changes }, sampleLines, en, 'en').entries(),
  ];

  it('finds none in good answers', () => {
    expect(errorsOf({})).toEqual([]);
  });

  it('lets a number pass that is too long: it may carry a prefix that only the server knows', () => {
    expect(errorsOf({ phone: '415 555 0132 99' })).toEqual([]);
  });

  it('finds every required answer that is missing', () => {
    expect(errorsOf({ phone: '', when: undefined, consented: false }).map(([field]) => field)).toEqual([
      'phone',
      'when',
      'consent',
    ]);
  });

  it('knows the countries of the chosen line', () => {
    const [, phone] =
      findErrors({ ...values, line: 'support', phone: '+52 55 1234 5678' }, sampleLines, en, 'en')
        .entries()
        .next().value ?? [];
    expect(phone).toBe('We call numbers in United States only.');
  });
});

describe('fieldErrorsOf', () => {
  const fieldsOf = (code: string, ...pointers: string[]) => [
    ...fieldErrorsOf({ code, errors: pointers.map((pointer) => ({ pointer, detail: 'is wrong.' })) }, en),
  ];

  it('ties a pointer to its field, however deep it points', () => {
    expect(fieldsOf('invalid-request', '/phone', '/when/date', '/timeZone', '/consent/accepted')).toEqual([
      ['phone', en.phoneRefused],
      ['when', en.slotRefused],
      ['consent', en.consentEmpty],
    ]);
  });

  it('leaves out what is not a field of the form', () => {
    expect(fieldsOf('invalid-request', '', '/preferredAgent', '/__proto__')).toEqual([]);
  });

  it('names the number, never a reason, when it cannot be called', () => {
    expect(fieldsOf('number-not-callable')).toEqual([['phone', en.notCallable]]);
  });
});
