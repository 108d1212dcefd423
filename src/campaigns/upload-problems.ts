import type { UploadSettings } from './upload-settings.ts';

/** What is wrong with the settings of uploads beside the organization's own, each with its path below `uploads`. */
export function uploadProblems(
  { defaults, campaigns }: UploadSettings,
  allowed: readonly string[],
): { readonly path: readonly string[]; readonly message: string }[] {
  const all = [
    { path: ['defaults'], campaign: defaults },
    ...Object.entries(campaigns).map(([id, campaign]) => ({ path: ['campaigns', id], campaign })),
  ];
  return all.flatMap(({ path, campaign: { countries = [], country } }) =>
    [...countries, ...(country === undefined ? [] : [country])]
      .filter((called) => !allowed.includes(called))
      .map((called) => ({
        path,
        message: `must be for the allowed countries (${allowed.join(', ')}) only, got ${called}`,
      })),
  );
}
