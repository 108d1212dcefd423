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

/** The line whose callbacks for later Webex holds, if any: with slots, or without. */
const handsOver = ['', 'billing', 'billing', 'support'] as const;
/** The agent whom some ask for. */
export const agent = { email: 'sam@example.com', userId: '9a1e63c4-5a8d-4f27-8b4e-2d8f7f3a6b10' } as const;
const handOver = { future: 'webex', queueId: 'queue', preferredAgent: { as: 'assignee' } } as const;

export interface Sample {
  readonly settings: Settings;
  readonly policy: Policy;
  readonly handsOver: readonly string[];
}

/** Settings and policy tables cost more to build than a history takes, and there are only so many of them. */
const built = new Map<string, Settings>();
const policies = new Map<string, Policy>();

/**
 * The settings of one seed, with the real policy over them.
 * @param orders chance of its own for what concerns the calls that Webex holds.
 */
export function drawSettings(chance: Prng, orders: Prng): Sample {
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
    handsOver: orders.pick(handsOver),
  };
  const key = JSON.stringify(drawn);
  const settings = built.get(key) ?? build(drawn);
  built.set(key, settings);
  const capsKey = JSON.stringify(drawn.caps);
  const policy = policies.get(capsKey) ?? createPolicy(settings.policy);
  policies.set(capsKey, policy);
  return { settings, policy, handsOver: drawn.handsOver === '' ? [] : [drawn.handsOver] };
}

type Drawn = { [Name in keyof typeof choices]: (typeof choices)[Name][number] } & {
  readonly handsOver: (typeof handsOver)[number];
};

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
      agents: { [agent.email]: agent.userId },
      dncLists: drawn.dncList === '' ? [] : [drawn.dncList],
    },
    lines: {
      billing: { ...line, topic: 'Billing', ...(drawn.handsOver === 'billing' && handOver) },
      support: {
        ...line,
        topic: 'Support',
        hours: { timeZone: supportHours.timeZone, weekdays },
        slots,
        ...(drawn.handsOver === 'support' && handOver),
      },
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
