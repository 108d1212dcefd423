import type { Rule } from './rule.ts';

const SOURCE = {
  jurisdiction: '*',
  scope: 'any',
  liftedBy: [],
  timeZone: 'called-party',
  citation: "Ringback's own default, not a statute",
  url: 'docs/policy.md#house-rules',
  asOf: '2026-11-20',
  verified: true,
} as const satisfies Partial<Rule>;

/** Our own limits, which hold beside every statute: caps over all calls, and hours where no statute sets any. */
export function houseRules(
  caps: readonly { readonly attempts: number; readonly hours: number }[],
  hours: { readonly from: string; readonly to: string },
): Rule[] {
  return [
    ...caps.map(({ attempts, hours: windowHours }) => ({
      ...SOURCE,
      id: `house-cap-${windowHours}h`,
      liftedBy: [],
      caps: [{ count: attempts, windowHours, per: 'number' as const }],
    })),
    {
      ...SOURCE,
      id: 'house-hours',
      liftedBy: [],
      hours: { 'mon-sun': [`${hours.from}-${hours.to}`] },
      fallback: true,
    },
  ];
}
