import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { CampaignMappingSchema } from '../../../events/campaign-mapping/schema.ts';
import type { ConfirmedMappings } from '../../campaigns/upload.ts';
import type { UploadMapping } from '../../campaigns/upload-settings.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { item, key } from './call-item.ts';
import { readItem } from './read-item.ts';
import { uploadKeys } from './upload-item.ts';

/** The columns that an operator confirmed last for a campaign: one item a campaign. */
export class DynamoConfirmedMappings implements ConfirmedMappings {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async find(campaignId: string): Promise<UploadMapping | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(uploadKeys.mapping(campaignId)), ConsistentRead: true }),
    );
    const schema = z.object({ mapping: CampaignMappingSchema });
    return Item && readItem(schema, unmarshall(Item), 'confirmed mapping').mapping;
  }

  async keep(campaignId: string, mapping: UploadMapping, confirmed: { by: string; atMs: EpochMs }): Promise<void> {
    const Item = item({ ...uploadKeys.mapping(campaignId), mapping, ...confirmed });
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item }));
  }
}
