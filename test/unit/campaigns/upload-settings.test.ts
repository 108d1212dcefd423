import { describe, expect, it } from 'vitest';
import { UploadSettingsSchema, campaignSettings } from '../../../src/campaigns/upload-settings.ts';

const wrong = (input: unknown) => {
  const parsed = UploadSettingsSchema.safeParse(input);
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
};

describe('UploadSettingsSchema', () => {
  it('has a default for everything', () => {
    expect(campaignSettings(UploadSettingsSchema.parse(undefined), 'any')).toMatchObject({
      numberForm: 'e164',
      dates: 'ISO',
      repeatDays: 7,
      lifeDays: 31,
      channels: ['Voice'],
      automated: true,
    });
  });

  it('gives a campaign its own settings, and any other the defaults', () => {
    const settings = UploadSettingsSchema.parse({ defaults: { lifeDays: 5 }, campaigns: { spring: { lifeDays: 9 } } });

    expect(campaignSettings(settings, 'spring').lifeDays).toBe(9);
    expect(campaignSettings(settings, 'toString').lifeDays).toBe(5);
  });

  it.each([
    [{ beyondBytes: 2 ** 31 }, 'split.beyondBytes must be at most 1 GB, so that one function can plan it'],
    [{ rangeBytes: 100 }, 'split.rangeBytes must be at least 1,024'],
    [{ concurrency: 100 }, 'split.concurrency must be at most 40'],
  ])('refuses to split files by %j with a sentence', (split, sentence) => {
    expect(wrong({ split })).toEqual([sentence]);
  });

  it.each([
    [{ mapping: { number: 'phone', fields: {} } }, 'must name at least one field'],
    [
      { mapping: { number: 'phone', fields: { Name: { column: 'name' } } } },
      'must send the column of the number to a field',
    ],
    [{ lifeDays: 32 }, 'must be at most 31, as long as a list lives'],
    [{ basis: { type: 'hope' } }, 'must be consent, relationship or request'],
    [{ countries: ['USA'] }, 'must be a two-letter country code such as US'],
    [{ rowsMax: 50_000_001 }, 'must be at most 50,000,000'],
  ])('refuses %j with a sentence', (campaign, sentence) => {
    expect(wrong({ campaigns: { spring: campaign } })?.join()).toContain(sentence);
  });
});
