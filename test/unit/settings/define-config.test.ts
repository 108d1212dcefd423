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

const withHours = {
  topic: 'Sales',
  entryPointId: 'e',
  hours: { timeZone: 'UTC', weekdays: { mon: [['09:00', '17:00']] } },
};

const rule = {
  id: 'our-mornings',
  jurisdiction: 'US-CA',
  scope: 'any',
  hours: { 'mon-fri': ['09:00-17:00'] },
  liftedBy: [],
  timeZone: 'called-party',
  citation: 'our own policy of November 2026',
  url: 'https://www.example.com/policy',
  asOf: '2026-11-20',
  verified: true,
};

describe('defineConfig', () => {
  it('takes rules that tighten, and looser caps with a reason', () => {
    const policy = {
      rules: [rule],
      caps: [{ attempts: 9, hours: 24 }],
      looserBecause: 'members agreed to it in their contract',
    };

    expect(defineConfig({ ...sample, policy }).policy).toMatchObject(policy);
  });

  it('takes Webex lists where Webex has a DNC API', () => {
    expect(defineConfig({ ...sample, webex: { region: 'eu1', dncLists: ['corporate'] } }).webex.dncLists).toEqual([
      'corporate',
    ]);
  });

  it('knows agents by their e-mail address however it is written', () => {
    const id = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

    expect(
      defineConfig({ ...sample, webex: { region: 'us1', agents: { 'Sam@Example.com': id } } }).webex.agents,
    ).toEqual({
      'sam@example.com': id,
    });
  });

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
    [
      'slots without hours to cut them from',
      { lines: { sales: { topic: 'Sales', entryPointId: 'e', slots: { minutes: 30, capacity: 2 } } } },
      'lines.sales.slots must be left out where the line has no hours',
    ],
    [
      'slots too short for Webex',
      { lines: { sales: { ...withHours, slots: { minutes: 14, capacity: 2 } } } },
      'lines.sales.slots.minutes must be at least 15',
    ],
    [
      'slots further ahead than Webex schedules',
      { lines: { sales: { ...withHours, slots: { minutes: 30, capacity: 2, daysAhead: 32 } } } },
      'lines.sales.slots.daysAhead must be at most 31',
    ],
    [
      'a queue id longer than Webex’s',
      { lines: { sales: { ...withHours, queueId: 'q'.repeat(37) } } },
      'lines.sales.queueId',
    ],
    ['a cap of 0', { policy: { caps: [{ attempts: 0, hours: 24 }] } }, 'policy.caps.0.attempts must be at least 1'],
    [
      'a consent version without its wording',
      { consent: { current: 'x', wordings: {} } },
      'consent.current must be the name',
    ],
    [
      'calls for later at Webex without their queue',
      { lines: { sales: { topic: 'Sales', entryPointId: 'e', future: 'webex' } } },
      'lines.sales.queueId is required where future is webex',
    ],
    [
      'an assigned agent for calls that Webex does not hold',
      { lines: { sales: { topic: 'Sales', entryPointId: 'e', preferredAgent: { as: 'assignee' } } } },
      'lines.sales.preferredAgent.as must not be assignee where future is hold',
    ],
    [
      'an agent’s variable for a line without a flow',
      { lines: { sales: { topic: 'Sales', entryPointId: 'e', preferredAgent: { as: 'variable', name: 'agent' } } } },
      'lines.sales.preferredAgent must be left out where task is CALLBACK',
    ],
    [
      'an agent without a user id',
      { webex: { region: 'us1', agents: { 'sam@example.com': 'sam' } } },
      'webex.agents.sam@example.com must be a UUID',
    ],
    ['an unknown setting', { colour: 'red' }, 'colour'],
    [
      'an exempt address that is a name',
      { screen: { exemptAddresses: ['office.example.com'] } },
      'screen.exemptAddresses.0 must be an address or a range',
    ],
    [
      'a client address that clients write themselves',
      {
        screen: { clientAddress: { header: 'x-forwarded-for', provenBy: { header: 'x-cdn', sha256: 'a'.repeat(64) } } },
      },
      'screen.clientAddress.header must not be x-forwarded-for',
    ],
    [
      'a client address that nothing proves',
      { screen: { clientAddress: { header: 'cloudfront-viewer-address' } } },
      'screen.clientAddress.provenBy',
    ],
    ['work that is none', { screen: { proofOfWork: { cost: 1 } } }, 'screen.proofOfWork.cost must be at least 1000'],
    [
      'two limits of one window',
      {
        screen: {
          limits: {
            script: {
              perNumber: [
                { count: 3, windowSeconds: 600 },
                { count: 5, windowSeconds: 600 },
              ],
            },
          },
        },
      },
      'screen.limits.script.perNumber must not hold two limits of the same windowSeconds',
    ],
    [
      'Webex lists in a region whose Webex has no DNC API',
      { webex: { region: 'sg1', dncLists: ['corporate'] } },
      'webex.dncLists must be empty, because Webex has no DNC API in region sg1',
    ],
    [
      'a rule for an unknown jurisdiction',
      { policy: { rules: [rule, { ...rule, id: 'other', jurisdiction: 'US-XX' }] } },
      'policy.rules[1].jurisdiction must be a known jurisdiction',
    ],
    [
      'a rule whose windows overlap',
      { policy: { rules: [{ ...rule, hours: { 'mon-fri': ['09:00-12:00', '11:00-17:00'] } }] } },
      'policy.rules[0].hours.mon-fri[1] must not overlap another window',
    ],
    [
      'a rule with an empty window',
      { policy: { rules: [{ ...rule, hours: { mon: ['09:00-09:00'] } }] } },
      'policy.rules[0].hours.mon[0] must end after it starts',
    ],
    [
      'a rule with a cap of 0',
      { policy: { rules: [{ ...rule, hours: undefined, caps: [{ count: 0, windowHours: 24, per: 'number' }] }] } },
      'policy.rules[0].caps[0].count must be at least 1',
    ],
    [
      'a rule without its source',
      { policy: { rules: [{ ...rule, citation: undefined }] } },
      'policy.rules[0].citation must be',
    ],
    [
      'a rule with a field that no rule has',
      { policy: { rules: [{ ...rule, colour: 'red' }] } },
      'policy.rules[0] has the field colour',
    ],
    [
      'a campaign that calls a country that is not allowed',
      { uploads: { campaigns: { spring: { countries: ['US', 'GB'] } } } },
      'uploads.campaigns.spring must be for the allowed countries (US, CA) only, got GB',
    ],
    [
      'national numbers of uploads in a country that is not allowed',
      { uploads: { defaults: { country: 'GB' } } },
      'uploads.defaults must be for the allowed countries (US, CA) only, got GB',
    ],
    [
      'looser caps without a reason',
      { policy: { caps: [{ attempts: 9, hours: 24 }] } },
      'policy.looserBecause must say why',
    ],
  ])('refuses %s in one sentence with its path', (_what, change, words) => {
    const message = messageOf({ ...sample, ...change });

    expect(message).toMatch(/^ringback\.config\.ts: .*\.$/);
    expect(message).toContain(words);
  });
});
