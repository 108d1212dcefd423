import { describe, expect, it } from 'vitest';
import settings from '../../../ringback.config.ts';
import { defineConfig } from '../../../src/settings/define-config.ts';
import type { SettingsInput } from '../../../src/settings/schema.ts';

const sample = settings as SettingsInput;
const messageOf = (input: unknown): string => {
  try {
    defineConfig(input as SettingsInput);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('defineConfig', () => {
  it('takes the sample settings and fills in the defaults', () => {
    const defined = defineConfig(sample);

    expect(defined.webex).toMatchObject({
      requestsPerMinute: 300,
      settleMinutes: 10,
      attemptVariable: 'ringback_attempt',
    });
    expect(defined.policy.caps).toEqual([
      { attempts: 3, hours: 24 },
      { attempts: 7, hours: 168 },
    ]);
  });

  it.each([
    ['a region that Webex does not have', { webex: { region: 'xx9' } }, 'webex.region'],
    ['no lines', { lines: {} }, 'lines must name at least one line'],
    [
      'a flow without its ANI',
      { lines: { sales: { topic: 'Sales', task: 'EXECUTE_FLOW', entryPointId: 'e' } } },
      'lines.sales.origin is required',
    ],
    [
      'a country that is not allowed',
      { lines: { sales: { topic: 'Sales', entryPointId: 'e', countries: ['DE'] } } },
      'lines.sales.countries must be among',
    ],
    [
      'a window that ends before it starts',
      {
        lines: {
          sales: {
            topic: 'Sales',
            entryPointId: 'e',
            hours: { timeZone: 'UTC', weekdays: { mon: [['10:00', '09:00']] } },
          },
        },
      },
      'must end after it starts',
    ],
    [
      'windows that overlap',
      {
        lines: {
          sales: {
            topic: 'Sales',
            entryPointId: 'e',
            hours: {
              timeZone: 'UTC',
              weekdays: {
                mon: [
                  ['09:00', '12:00'],
                  ['11:00', '13:00'],
                ],
              },
            },
          },
        },
      },
      'must start at or after 12:00',
    ],
    [
      'a zone that does not exist',
      { lines: { sales: { topic: 'Sales', entryPointId: 'e', hours: { timeZone: 'Mars/Olympus', weekdays: {} } } } },
      'must be an IANA time zone',
    ],
    ['a cap of 0', { policy: { caps: [{ attempts: 0, hours: 24 }] } }, 'policy.caps.0.attempts must be at least 1'],
    [
      'a consent version without its wording',
      { consent: { current: 'x', wordings: {} } },
      'consent.current must be the name',
    ],
    ['an unknown setting', { colour: 'red' }, 'colour'],
  ])('refuses %s in one sentence with its path', (_what, change, words) => {
    const message = messageOf({ ...sample, ...change });

    expect(message).toMatch(/^ringback\.config\.ts: .*\.$/);
    expect(message).toContain(words);
  });
});
