import type { UploadPlan } from './plan-upload.ts';
import type { PlanCampaign } from './row-screen.ts';
import { type CampaignSettings, type UploadSettings, campaignSettings } from './upload-settings.ts';
import type { ConfirmedMappings, Upload, UploadLedger } from './upload.ts';

export interface CampaignDeps {
  readonly mappings: Pick<ConfirmedMappings, 'find'>;
  readonly settings: { readonly uploads: UploadSettings; readonly countries: readonly string[] };
}

/** The request's own wishes go before the settings, and these before what an operator confirmed for an earlier file. */
export async function campaignOf(
  deps: CampaignDeps,
  { campaignId, mapping, activationLagMinutes }: Upload,
): Promise<PlanCampaign> {
  const campaign = campaignSettings(deps.settings.uploads, campaignId);
  return {
    ...campaign,
    countries: campaign.countries ?? [...deps.settings.countries],
    mapping: mapping ?? campaign.mapping ?? (await deps.mappings.find(campaignId)),
    activationLagMinutes: activationLagMinutes ?? campaign.activationLagMinutes,
  };
}

export const refused = (upload: Upload, because: string): Upload => ({ ...upload, status: 'refused', because });

/** The record of an upload whose plan is made. */
export function withPlan(
  upload: Upload,
  campaign: Pick<CampaignSettings, 'channels' | 'numberForm' | 'activationLagMinutes'>,
  made: Omit<UploadPlan, 'form' | 'encoding' | 'notChecked'>,
): Upload {
  const { rows, accepted, rejected, chunks, blocks, fields, mapping, guessed, fromMs, toMs } = made;
  const { channels, numberForm, activationLagMinutes } = campaign;
  const status = accepted === 0 ? 'finished' : guessed ? 'unconfirmed' : 'ready';
  return {
    ...upload,
    status,
    fields,
    blocks,
    toMs,
    settings: { channels, numberForm, activationLagMinutes },
    plan: {
      uploadId: upload.id,
      campaignId: upload.campaignId,
      rows,
      accepted,
      rejected: { ...rejected },
      chunks,
      blocks: [...blocks],
      fields: [...fields],
      numberColumn: mapping.number,
      guessed,
      mapping,
      fromMs,
      toMs,
    },
  };
}

/** @returns what was written, or undefined where the record has changed since it was read. */
export async function replaceUpload(
  ledger: Pick<UploadLedger, 'replace'>,
  upload: Upload,
): Promise<Upload | undefined> {
  const after = { ...upload, version: upload.version + 1 };
  return (await ledger.replace(after)) === 'written' ? after : undefined;
}
