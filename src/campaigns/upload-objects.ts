/** Files that come by an upload's own link, named by the upload. Each one is planned as soon as it is there. */
export const linkedFilesPrefix = 'uploads/';
/** Files that others put there, by campaign; nothing happens to them before a schedule or a person names them. */
export const campaignFilesPrefix = 'files/';
/** What is made of a file, by upload. */
export const plansPrefix = 'plans/';

export const linkedFileKey = (uploadId: string): string => `${linkedFilesPrefix}${uploadId}`;
export const filesOfCampaign = (campaignId: string): string => `${campaignFilesPrefix}${campaignId}/`;
export const blockKey = (uploadId: string, block: number): string =>
  `${plansPrefix}${uploadId}/${String(block).padStart(6, '0')}.jsonl`;
/** The rows that the plan rejected. */
export const rejectsKey = (uploadId: string): string => `${plansPrefix}${uploadId}/rejects.csv`;
/** The same and the contacts that were not certainly sent, as of when somebody asked. */
export const reportKey = (uploadId: string): string => `${plansPrefix}${uploadId}/report.csv`;

/** The upload of a file that came by its link. */
export function uploadOfLinkedFile(key: string): string | undefined {
  return key.startsWith(linkedFilesPrefix) ? key.slice(linkedFilesPrefix.length) : undefined;
}
