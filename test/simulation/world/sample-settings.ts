import { createPolicy } from '../../../src/policy/create-decide.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { defineConfig } from '../../../src/settings/define-config.ts';
import type { Settings } from '../../../src/settings/schema.ts';
import type { Prng } from '../../support/prng.ts';

/** Lines of the form. */
export const formLines = ['billing', 'support', 'sales'] as const;
/** The line of the trigger's calls. */
export const triggerLine = 'renewals';
export const lineNames = [...formLines, triggerLine] as const;

/** Opening hours of the line that has some, in its own zone. */
export const supportHours = { timeZone: 'America/Chicago', fromHour: 9, toHour: 17 } as const;

const openHours: [string, string][] = [['09:00', '17:00']];
const weekdays = { mon: openHours, tue: openHours, wed: openHours, thu: openHours, fri: openHours };
/** Small slots, so that people stand in each other's way. */
const slots = { minutes: 30, capacity: 2, daysAhead: 7, leadMinutes: 15 } as const;
const entryPointId = '2b1c7a90-6f0e-4a39-8c55-0f6f3a7d1e01';

const weekCap = { attempts: 7, hours: 168 };

const choices = {
  settleMinutes: [1, 2, 10],
  whenAbsent: ['send-again', 'send-again', 'hand-over'],
  spacingMinutes: [1, 15, 120],
  attemptsMax: [1, 3, 5],
  caps: [
    [{ attempts: 3, hours: 24 }, weekCap],
    [{ attempts: 1, hours: 24 }, weekCap],
    [{ attempts: 1, hours: 1 }, { attempts: 2, hours: 24 }, weekCap],
  ],
  expiresAfterHours: [4, 24, 72],
  requestsPerMinute: [20, 300, 300],
  dncList: ['', '', '', 'RingbackDNC'],
  subscribed: [false, true, true, true],
} as const;

export interface Sample {
  readonly settings: Settings;
  readonly policy: Policy;
}

/** Settings and policy tables cost more to build than a history takes, and there are only so many of them. */
const built = new Map<string, Settings>();
const policies = new Map<string, Policy>();

/** The settings of one seed, with the real policy over them. */
export function drawSettings(chance: Prng): Sample {
  const drawn = {
    settleMinutes: chance.pick(choices.settleMinutes),
    whenAbsent: chance.pick(choices.whenAbsent),
    spacingMinutes: chance.pick(choices.spacingMinutes),
    attemptsMax: chance.pick(choices.attemptsMax),
    caps: chance.pick(choices.caps),
    expiresAfterHours: chance.pick(choices.expiresAfterHours),
    requestsPerMinute: chance.pick(choices.requestsPerMinute),
    dncList: chance.pick(choices.dncList),
    subscribed: chance.pick(choices.subscribed),
  };
  const key = JSON.stringify(drawn);
  const settings = built.get(key) ?? build(drawn);
  built.set(key, settings);
  const capsKey = JSON.stringify(drawn.caps);
  const policy = policies.get(capsKey) ?? createPolicy(settings.policy);
  policies.set(capsKey, policy);
  return { settings, policy };
}

type Drawn = { [Name in keyof typeof choices]: (typeof choices)[Name][number] };

function build(drawn: Drawn): Settings {
  const { whenAbsent, spacingMinutes, attemptsMax, expiresAfterHours } = drawn;
  const line = {
    task: 'CALLBACK' as const,
    entryPointId,
    whenAbsent,
    expiresAfterHours,
    retry: { attemptsMax, spacingMinutes, spreadOverDayParts: spacingMinutes === 120 },
  };
  return defineConfig({
    organization: { id: '7f2c1f6e-3d0b-4a55-9a3e-5d2f2c9b8a10', name: 'Simulated' },
    webex: {
      region: 'us1',
      settleMinutes: drawn.settleMinutes,
      requestsPerMinute: drawn.requestsPerMinute,
      dncLists: drawn.dncList === '' ? [] : [drawn.dncList],
    },
    lines: {
      billing: { ...line, topic: 'Billing' },
      support: { ...line, topic: 'Support', hours: { timeZone: supportHours.timeZone, weekdays }, slots },
      sales: { ...line, topic: 'Sales', retry: { by: 'webex' } },
      [triggerLine]: {
        ...line,
        topic: 'Renewals',
        task: 'EXECUTE_FLOW' as const,
        origin: '+14155550100',
        // What needs a registry that nobody imports is asked about every minute until then.
        expiresAfterHours: 2,
      },
    },
    countries: ['US'],
    consent: { current: '1', wordings: { '1': { en: 'I ask to be called at the number above.' } } },
    site: { origins: ['https://www.example.com'] },
    operators: { issuer: 'https://login.example.com', audience: 'ringback' },
    policy: {
      caps: drawn.caps.map((cap) => ({ ...cap })),
      registries: { US: { subscribed: drawn.subscribed } },
    },
  });
}
