import { maskNumber } from '../shared/mask.ts';
import type { EpochMs } from '../shared/clock.ts';

/** What the settings say of events on the bus. */
export interface EventSettings {
  readonly organizationId: string;
  readonly wholeNumbers: boolean;
}

export interface EnvelopeOf<Type extends string, Data> {
  readonly id: string;
  readonly type: Type;
  readonly atMs: EpochMs;
  readonly subject?: string;
  readonly data: Data;
}

/** A CloudEvent (specification 1.0) of ours. */
export const envelope = <Type extends string, Data>(
  { organizationId }: Pick<EventSettings, 'organizationId'>,
  { id, type, atMs, subject, data }: EnvelopeOf<Type, Data>,
) => ({
  specversion: '1.0' as const,
  id,
  source: `urn:ringback:${organizationId}`,
  type,
  time: new Date(atMs).toISOString(),
  ...(subject !== undefined && { subject }),
  datacontenttype: 'application/json' as const,
  data,
});

/** A number as events carry it. */
export const eventNumber = (number: string, { wholeNumbers }: Pick<EventSettings, 'wholeNumbers'>): string =>
  wholeNumbers ? number : maskNumber(number);
