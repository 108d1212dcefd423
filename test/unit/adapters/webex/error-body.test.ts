import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanWords, readErrorBody } from '../../../../src/adapters/webex/error-body.ts';

test.each<[string, unknown, object]>([
  [
    'search, tasks and subscriptions',
    { trackingId: 'T-1', error: { key: '401', message: [{ description: 'Incorrect Credentials.' }] } },
    { words: 'Incorrect Credentials.', webexCode: '401', trackingId: 'T-1' },
  ],
  [
    'the DNC lists',
    {
      code: 1001,
      message: "Phone number +1234567890 not found in DNC list 'dnd'",
      trackingId: 'GTWY_e6763c9a-71b2-4515-ad5b-89260f7f593',
    },
    {
      words: "Phone number +1234****90 not found in DNC list 'dnd'",
      webexCode: '1001',
      trackingId: 'GTWY_e6763c9a-71b2-4515-ad5b-89260f7f593',
    },
  ],
  [
    'contact lists',
    { code: 'InvalidRequest', message: 'The contact list ID is missing' },
    { words: 'The contact list ID is missing', webexCode: 'InvalidRequest' },
  ],
  [
    'the general one',
    { errors: [{ code: 'E1', message: 'no' }, { message: 'second' }] },
    { words: 'no', webexCode: 'E1' },
  ],
  ['the general one with texts', { errors: ['broken'] }, { words: 'broken' }],
  ['OAuth', { error: 'invalid_grant', error_description: 'expired' }, { words: 'expired', webexCode: 'invalid_grant' }],
  ['OAuth without a description', { error: 'invalid_grant' }, { words: 'invalid_grant', webexCode: 'invalid_grant' }],
  ['problem details in a list', { errors: [{ title: 'Bad', detail: 'worse' }] }, { words: 'worse' }],
  ['a JSON text', 'just words', { words: 'just words' }],
  ['an empty object', {}, {}],
  ['null', null, {}],
])('finds what is useful in the error shape of %s', (_name, body, expected) => {
  expect(readErrorBody(JSON.stringify(body))).toEqual(expected);
});

test('shows plain text, and nothing of a page', () => {
  expect(readErrorBody('upstream connect error')).toEqual({ words: 'upstream connect error' });
  expect(readErrorBody(' <html><body>502</body></html>')).toEqual({});
  expect(readErrorBody('')).toEqual({});
});

test('never throws, whatever the body', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => typeof readErrorBody(body) === 'object'));
});

test('leaves no number of 8 digits or more, however it is written', () => {
  const number = fc.tuple(
    fc.constantFrom('', '+'),
    fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('', ' ', '-', '.')), {
      minLength: 8,
      maxLength: 15,
    }),
  );
  fc.assert(
    fc.property(number, ([plus, parts]) => {
      const written =
        plus +
        parts.map(([digit, gap], index) => (index === parts.length - 1 ? `${digit}` : `${digit}${gap}`)).join('');
      const digits = parts.map(([digit]) => digit).join('');
      return !cleanWords(`call ${written} now`).replace(/\D/g, '').includes(digits);
    }),
  );
});

test('keeps ids readable', () => {
  const words = 'task 768d1102-8c11-4850-a809-d7a99cc1c22e not found';

  expect(cleanWords(words)).toBe(words);
});

test('cuts to 300 characters', () => {
  expect(cleanWords('word '.repeat(200))).toHaveLength(300);
});
