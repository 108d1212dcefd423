import { type CountryCode, Metadata, getCountryCallingCode } from 'libphonenumber-js/max';
import type { DialableCountry, Lines } from '../../events/lines/schema.ts';
import type { Line, Settings } from '../settings/schema.ts';
import { callableTypes } from '../screen/number-rule.ts';
import type { SlotSettings } from '../slots/slot-settings.ts';

export interface FormSettings extends Pick<Settings, 'organization' | 'countries' | 'consent'> {
  readonly lines: Readonly<Record<string, FormLine>>;
}

type FormLine = Pick<Line, 'topic' | 'countries'> & {
  readonly audience?: Line['audience'] | undefined;
  readonly slots?: SlotSettings | undefined;
  /** The queue whose estimated wait is told. */
  readonly queueId?: string | undefined;
};

/** What a form shows: topics, countries and the consent wording in force. Nothing of it is secret. */
export function listLines(settings: FormSettings): Lines {
  const { version, wording } = currentConsent(settings);
  return {
    organization: settings.organization.name,
    lines: Object.entries(settings.lines)
      .filter(([, line]) => line.audience !== 'operators')
      .map(([name, line]) => ({
        name,
        topic: line.topic,
        countries: [...(line.countries ?? settings.countries)],
        slots: line.slots !== undefined,
        wait: line.queueId !== undefined,
      })),
    countries: settings.countries.map(dialableCountry),
    consent: { version, wording },
  };
}

function currentConsent({ consent }: FormSettings): Lines['consent'] {
  const wording = consent.wordings[consent.current];
  if (!wording) throw new Error(`The settings hold no wording ${consent.current}, though they were checked.`);
  return { version: consent.current, wording };
}

function dialableCountry(code: string): DialableCountry {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(code as CountryCode);
  const plan = metadata.numberingPlan as NumberingPlan | undefined;
  if (!plan) throw new Error(`There is no numbering plan of ${code}.`);
  const nationalPrefix = plan.nationalPrefix();
  const lengths = callableTypes.flatMap((type) => plan.type(type)?.possibleLengths() ?? []);
  return {
    code,
    callingCode: getCountryCallingCode(code as CountryCode),
    ...(nationalPrefix && { nationalPrefix }),
    lengths: [...new Set(lengths)].toSorted((a, b) => a - b),
  };
}

/** The part of libphonenumber-js' numbering plan that its types leave out. */
interface NumberingPlan {
  nationalPrefix(): string | undefined;
  type(name: (typeof callableTypes)[number]): { possibleLengths(): readonly number[] } | undefined;
}
