/** What the steps of a plan in parts hand on to each other, by upload; nobody needs it after the plan. */
export const splitsPrefix = 'splits/';

const numbered = (value: number): string => String(value).padStart(4, '0');

export const manifestKey = (uploadId: string): string => `${splitsPrefix}${uploadId}/manifest.json`;
/** The ranges of the file, over which the state machine maps. */
export const rangesKey = (uploadId: string): string => `${splitsPrefix}${uploadId}/ranges.json`;
/** The shards of the numbers, over which the state machine maps. */
export const shardsKey = (uploadId: string): string => `${splitsPrefix}${uploadId}/shards.json`;
export const numbersKey = (uploadId: string, range: number, shard: number): string =>
  `${splitsPrefix}${uploadId}/numbers/${numbered(range)}-${numbered(shard)}`;
export const repeatsKey = (uploadId: string, range: number, shard: number): string =>
  `${splitsPrefix}${uploadId}/repeats/${numbered(range)}-${numbered(shard)}`;
export const contactsKey = (uploadId: string, range: number): string =>
  `${splitsPrefix}${uploadId}/planned/${numbered(range)}.jsonl`;
export const rejectsOfRangeKey = (uploadId: string, range: number): string =>
  `${splitsPrefix}${uploadId}/planned/${numbered(range)}.csv`;
/** Written last: where it is, the range is planned. */
export const countsKey = (uploadId: string, range: number): string =>
  `${splitsPrefix}${uploadId}/planned/${numbered(range)}.json`;
