import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { LinesSchema } from '../../../events/lines/schema.ts';
import { type FormSettings, listLines } from '../../../src/form/list-lines.ts';
import sample from '../../../ringback.config.ts';

const settings: FormSettings = {
  organization: sample.organization,
  countries: ['US', 'GB', 'ES'],
  consent: {
    current: 'b',
    wordings: { a: { en: 'An older wording.' }, b: { en: 'The wording in force.', de: 'Der geltende Wortlaut.' } },
  },
  lines: {
    billing: { topic: 'Billing', countries: ['US'] },
    support: { topic: 'Support', slots: { minutes: 30, capacity: 2, daysAhead: 14, leadMinutes: 30 }, queueId: 'q' },
  },
};

describe('listLines', () => {
  it('answers by its contract for the sample settings', () => {
    expect(z.safeParse(LinesSchema, listLines(sample)).success).toBe(true);
  });

  it('tells topics, their countries and what can be asked about them, and no more', () => {
    expect(listLines(settings).lines).toEqual([
      { name: 'billing', topic: 'Billing', countries: ['US'], slots: false, wait: false },
      { name: 'support', topic: 'Support', countries: ['US', 'GB', 'ES'], slots: true, wait: true },
    ]);
  });

  it('tells the wording in force in all its languages', () => {
    expect(listLines(settings).consent).toEqual({ version: 'b', wording: settings.consent.wordings['b'] });
  });

  it('tells how many digits a number has that people can be called at', () => {
    expect(listLines(settings).countries).toEqual([
      { code: 'US', callingCode: '1', nationalPrefix: '1', lengths: [10] },
      { code: 'GB', callingCode: '44', nationalPrefix: '0', lengths: [9, 10] },
      { code: 'ES', callingCode: '34', lengths: [9] },
    ]);
  });
});
