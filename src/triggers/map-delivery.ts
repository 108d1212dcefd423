import type { Settings } from '../settings/schema.ts';
import type { TriggerMapping, TriggerSource } from '../settings/trigger-schema.ts';
import { type FieldError, pointerOf } from '../shared/field-error.ts';
import { sha256 } from '../shared/digest.ts';
import { readPointer } from './read-pointer.ts';

/** A sender's JSON in our words, and where in it each of our fields stood. */
export interface MappedDelivery<Body extends object = Readonly<Record<string, unknown>>> {
  /** The body that the request for a call would have had; it is still to be checked. */
  readonly body: Body;
  /** From a pointer into {@link body} to the one into the sender's JSON. */
  readonly places: ReadonlyMap<string, string>;
  /** What could not be taken over at all, by pointers into the sender's JSON. */
  readonly errors: readonly FieldError[];
}

/** Takes over what an outdial's mapping names; what is missing, null or empty is left out. */
export function mapOutdial(
  source: TriggerSource,
  json: unknown,
  wordings: Settings['consent']['wordings'],
): MappedDelivery {
  const reader = new Reader(json);
  const { mapping, basis, line, purpose, automated } = source;
  return reader.mapped({
    ...person(reader, source, ['name', 'timeZone', 'preferredAgent']),
    line,
    purpose,
    automated,
    variables: variablesOf(reader, mapping),
    ...(basis && { bases: [outdialBasis(reader, basis, wordings)] }),
  });
}

/** The same for a callback: what its body would have been, beside consent, and when the person asked. */
export function mapCallback(source: TriggerSource, json: unknown): MappedDelivery {
  const reader = new Reader(json);
  const { basis, line } = source;
  return reader.mapped({
    ...person(reader, source, ['name', 'email', 'reason', 'timeZone', 'preferredAgent']),
    line,
    ...(basis && {
      askedAt: reader.instant(basis.start, '/askedAt'),
      ...reader.present({
        clientAddress: reader.optional(basis.clientAddress, '/clientAddress'),
        originPage: reader.optional(basis.originPage, '/originPage'),
        language: reader.optional(basis.language, '/language'),
      }),
    }),
  });
}

/** The same for a contact: the number as it was written, and the campaign's columns by name. */
export function mapContact(
  source: TriggerSource,
  json: unknown,
): MappedDelivery<{ readonly phone?: string; readonly columns: Readonly<Record<string, string>> }> {
  const reader = new Reader(json);
  const phone = reader.text(source.mapping.phone, '/phone');
  return reader.mapped({ ...(phone !== undefined && { phone }), columns: variablesOf(reader, source.mapping) });
}

/** The errors of a mapped body, told by pointers into the sender's JSON; what the settings fixed has none there. */
export const inTheirWords = (
  { places }: Pick<MappedDelivery, 'places'>,
  errors: readonly FieldError[],
): readonly FieldError[] => errors.map(({ pointer, detail }) => ({ pointer: places.get(pointer) ?? '', detail }));

/** Empty ones are kept: a flow may ask whether a variable is empty. */
function variablesOf(reader: Reader, mapping: TriggerMapping): Record<string, string> {
  const values = Object.entries(mapping.variables).map(
    ([name, pointer]) => [name, reader.text(pointer, pointerOf(['variables', name]), { isEmptyKept: true })] as const,
  );
  return reader.present(Object.fromEntries(values));
}

function person(
  reader: Reader,
  { mapping, country }: TriggerSource,
  fields: readonly Exclude<keyof TriggerMapping, 'phone' | 'country' | 'id' | 'variables'>[],
): Record<string, unknown> {
  const told = reader.optional(mapping.country, '/country') ?? country;
  return {
    phone: reader.text(mapping.phone, '/phone'),
    ...(told !== undefined && { country: told }),
    ...reader.present(Object.fromEntries(fields.map((field) => [field, reader.optional(mapping[field], `/${field}`)]))),
  };
}

function outdialBasis(
  reader: Reader,
  basis: NonNullable<TriggerSource['basis']>,
  wordings: Settings['consent']['wordings'],
): object {
  const evidence = '/bases/0/evidence';
  const start = reader.instant(basis.start, '/bases/0/start');
  const language = reader.optional(basis.language, `${evidence}/language`);
  const wording = basis.wording === undefined ? undefined : wordings[basis.wording];
  reader.place(`${evidence}/at`, basis.start);
  return {
    type: basis.type,
    start,
    ...(basis.expiry !== undefined && { expiry: reader.instant(basis.expiry, '/bases/0/expiry') }),
    ...(basis.inquiry !== undefined && { inquiry: basis.inquiry }),
    evidence: {
      at: start,
      ...(wording && { wordingVersion: basis.wording, wordingSha256: sha256(wording[language ?? 'en'] ?? wording.en) }),
      ...reader.present({
        wordingVersion: reader.optional(basis.wordingVersion, `${evidence}/wordingVersion`),
        clientAddress: reader.optional(basis.clientAddress, `${evidence}/clientAddress`),
        originPage: reader.optional(basis.originPage, `${evidence}/originPage`),
        language,
      }),
    },
  };
}

/** Reads a sender's JSON and remembers where it found what. */
class Reader {
  readonly #json: unknown;
  readonly #places = new Map<string, string>();
  readonly #errors: FieldError[] = [];

  constructor(json: unknown) {
    this.#json = json;
  }

  place(ours: string, theirs: string): void {
    this.#places.set(ours, theirs);
  }

  /** A text, or a number or truth value as text. */
  text(theirs: string, ours: string, { isEmptyKept = false } = {}): string | undefined {
    this.place(ours, theirs);
    const found = readPointer(this.#json, theirs);
    if (found === undefined || found === null) return undefined;
    if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean') {
      this.#errors.push({ pointer: theirs, detail: `${theirs} must be text, a number, true or false.` });
      return undefined;
    }
    const text = String(found);
    return text.trim() === '' && !isEmptyKept ? undefined : text;
  }

  optional(theirs: string | undefined, ours: string): string | undefined {
    return theirs === undefined ? undefined : this.text(theirs, ours);
  }

  /** An instant as text; seconds or milliseconds since 1970 are turned into one. What is neither is left for the check. */
  instant(theirs: string, ours: string): string | undefined {
    const text = this.text(theirs, ours);
    if (text === undefined || !/^[1-9]\d{8,13}$/.test(text)) return text;
    const count = Number(text);
    return new Date(count < 100_000_000_000 ? count * 1_000 : count).toISOString();
  }

  present<Value>(fields: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
    return Object.fromEntries(
      Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined),
    );
  }

  mapped<Body extends object>(body: Body): MappedDelivery<Body> {
    return { body, places: this.#places, errors: this.#errors };
  }
}
