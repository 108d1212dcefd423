import type { EpochMs } from '../shared/clock.ts';
import { maskNumber } from '../shared/mask.ts';
import { addressBlock } from './address-block.ts';
import type { ScreenCode, ScreenedRequest } from './types.ts';
import { addressSubject, numberSubject, prefixOf, prefixSubject } from './velocity.ts';

export type BlockKind = 'number' | 'address' | 'prefix';

/** A limit was reached: until then nothing more is taken for a number, from an address or for a range of numbers. */
export interface Block {
  /** Kind and digest: two that look the same when masked are told apart. */
  readonly id: string;
  readonly kind: BlockKind;
  /** The number, address or range, masked. */
  readonly shown: string;
  readonly code: ScreenCode;
  readonly sinceMs: EpochMs;
  readonly untilMs: EpochMs;
  /** Requests refused since. */
  readonly refusals: number;
}

const kinds: Readonly<Partial<Record<ScreenCode, BlockKind>>> = {
  'too-many-for-number': 'number',
  'too-many-from-address': 'address',
  'too-many-for-prefix': 'prefix',
};

/** What is blocked where a request was refused. Undefined for caps of the day, which are nobody's. */
export function blockedBy(
  code: ScreenCode,
  { number, address }: Pick<ScreenedRequest, 'number' | 'address'>,
): Pick<Block, 'id' | 'kind' | 'shown' | 'code'> | undefined {
  const kind = kinds[code];
  switch (kind) {
    case 'number':
      return { kind, code, id: blockId(numberSubject(number)), shown: maskNumber(number) };
    case 'address':
      return { kind, code, id: blockId(addressSubject(address)), shown: maskAddress(address) };
    case 'prefix':
      return { kind, code, id: blockId(prefixSubject(number)), shown: `${prefixOf(number).slice(0, 5)}*****` };
    case undefined:
      return undefined;
  }
}

/** The id of a subject's block, such as `number-6b86b273ff34fce19d6b804eff5a3f57`. */
export const blockId = (subject: string): string => subject.toLowerCase().replace('#', '-');

/** The subject that a block counts. */
export const subjectOf = (id: string): string => {
  const [kind = '', digest = ''] = id.split('-');
  return `${kind.toUpperCase()}#${digest}`;
};

/** `192.0.2.77` as `192.0.*.*`, an IPv6 network as `2001:db8:*`. */
export function maskAddress(address: string): string {
  const block = addressBlock(address);
  if (block === undefined) return 'unknown';
  if (block.includes(':')) return `${block.split(':').slice(0, 2).join(':')}:*`;
  return `${block.split('.').slice(0, 2).join('.')}.*.*`;
}
