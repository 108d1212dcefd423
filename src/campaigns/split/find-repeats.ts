import { NumberSet } from '../number-set.ts';
import { numbersKey, repeatsKey } from './keys.ts';
import { eachNumber, encodeRows } from './number-shards.ts';
import type { SplitObjects } from './ports.ts';

/** Finds the numbers of one shard that stand twice: the first row has them, later ones repeat. Writes a list for each range. */
export async function findRepeats(
  objects: SplitObjects,
  { uploadId, ranges }: { readonly uploadId: string; readonly ranges: number },
  shard: number,
): Promise<void> {
  const seen = new NumberSet();
  for (let range = 0; range < ranges; range += 1) {
    const rows: number[] = [];
    eachNumber(await objects.read(numbersKey(uploadId, range, shard)), (digits, row) => {
      if (!seen.add(digits)) rows.push(row);
    });
    await objects.write(repeatsKey(uploadId, range, shard), encodeRows(rows));
  }
}
