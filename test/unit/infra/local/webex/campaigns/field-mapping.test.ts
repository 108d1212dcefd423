import { describe, expect, it } from 'vitest';
import { contactFault } from '../../../../../../infra/local/webex/campaigns/field-mapping.ts';
import { SettingsSchema } from '../../../../../../infra/local/webex/settings.ts';

const [campaign] = SettingsSchema.parse({
  campaigns: [
    {
      id: 'c1',
      fields: [
        { fieldName: 'Phone', type: 'Phone', required: true, role: 'phone' },
        { fieldName: 'Amount', type: 'Float' },
        { fieldName: 'Due', type: 'Date' },
        { fieldName: 'Note', type: 'String' },
      ],
    },
  ],
}).campaigns;
const fault = (fields: Readonly<Record<string, string>>) =>
  campaign &&
  contactFault(
    Object.entries(fields).map(([fieldName, value]) => ({ fieldName, value })),
    campaign,
  );

describe('contactFault', () => {
  it('finds nothing in a contact that fits the mapping', () => {
    expect(fault({ Phone: '+14155550132', Amount: '12.50', Due: '2026-12-24', Note: '' })).toBeUndefined();
  });

  it.each([
    [{ Phone: 'none' }, 'Phone is no Phone'],
    [{ Phone: '+14155550132', Amount: '12,50' }, 'Amount is no Float'],
    [{ Phone: '+14155550132', Due: '24.12.2026' }, 'Due is no Date'],
    [{ Phone: '' }, 'Phone is missing'],
    [{ Phone: '+14155550132', Zip: '1' }, 'Zip is not in the field mapping'],
    [{ Phone: '+14155550132', Note: 'x'.repeat(8_000) }, 'has more than 8000 characters'],
  ])('says why %j is INVALID', (fields, sentence) => {
    expect(fault(fields)).toBe(sentence);
  });
});
