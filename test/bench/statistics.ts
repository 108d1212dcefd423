/** The sample at a quantile from 0 to 1, nearest rank. Throws for no samples: a figure from nothing would be made up. */
export function quantile(samples: readonly number[], at: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const found = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(at * sorted.length) - 1))];
  if (found === undefined) throw new Error('There are no samples.');
  return found;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);
export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
