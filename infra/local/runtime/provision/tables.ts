import { isDeepStrictEqual } from 'node:util';
import { TemplateError } from '../../template/errors.ts';
import type { Resource, TemplateModel } from '../../template/model.ts';
import { AwsServiceError, callAws } from '../aws-client.ts';

type Table = Resource<'AWS::DynamoDB::Table'> | Resource<'AWS::DynamoDB::GlobalTable'>;

/** What `DescribeTable` tells, as far as a definition is concerned. */
interface TableDescription {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[];
  readonly LocalSecondaryIndexes?: readonly IndexDescription[];
  readonly StreamSpecification?: { readonly StreamEnabled?: boolean; readonly StreamViewType?: string };
}

interface IndexDescription {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly Projection: { readonly ProjectionType?: string; readonly NonKeyAttributes?: readonly string[] };
}

/** All tables of the template. */
export const tablesOf = (model: TemplateModel): readonly Table[] => [
  ...model.of('AWS::DynamoDB::Table'),
  ...model.of('AWS::DynamoDB::GlobalTable'),
];

/** Partition key attribute by table name, which policies with `dynamodb:LeadingKeys` need. */
export const partitionKeysOf = (model: TemplateModel): Readonly<Record<string, string>> =>
  Object.fromEntries(
    tablesOf(model).map((table) => [
      table.ref,
      table.properties.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
    ]),
  );

/**
 * Makes the tables that are not there yet.
 * @throws {TemplateError} where a table of the data folder has another definition than the template.
 */
export const provisionTables = async (
  model: TemplateModel,
  engine: URL,
  adminKey: string,
  dataDir: string,
): Promise<void> => {
  for (const table of tablesOf(model)) {
    const call = <T>(operation: string, input: object): Promise<T> =>
      callAws<T>(engine, adminKey, 'dynamodb', operation, { TableName: table.ref, ...input });
    await createTable(table, call, dataDir);
    await setTimeToLive(table, call);
  }
};

type TableCall = <T>(operation: string, input: object) => Promise<T>;

const createTable = async (table: Table, call: TableCall, dataDir: string): Promise<void> => {
  try {
    await call('CreateTable', creation(table));
  } catch (error) {
    if (!(error instanceof AwsServiceError) || error.code !== 'ResourceInUseException') throw error;
    const { Table: existing } = await call<{ Table: TableDescription }>('DescribeTable', {});
    const difference = differenceOf(creation(table), existing);
    if (difference === undefined) return;
    throw new TemplateError(
      `The table ${table.ref} in ${dataDir} has another ${difference} than the template; remove that folder, or start with another one (--data).`,
    );
  }
};

const creation = ({ properties }: Table) => ({
  KeySchema: properties.KeySchema,
  AttributeDefinitions: properties.AttributeDefinitions ?? [],
  BillingMode: 'PAY_PER_REQUEST',
  ...(properties.GlobalSecondaryIndexes === undefined
    ? {}
    : {
        GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
          IndexName,
          KeySchema,
          Projection,
        })),
      }),
  ...(properties.LocalSecondaryIndexes === undefined
    ? {}
    : { LocalSecondaryIndexes: properties.LocalSecondaryIndexes }),
  ...(properties.StreamSpecification === undefined
    ? {}
    : { StreamSpecification: { StreamEnabled: true, StreamViewType: properties.StreamSpecification.StreamViewType } }),
});

/** What differs between the wanted and the existing table, in words; nothing where they agree. */
const differenceOf = (wanted: ReturnType<typeof creation>, existing: TableDescription): string | undefined => {
  const sorted = (attributes: readonly { AttributeName: string; AttributeType: string }[]) =>
    Object.fromEntries(attributes.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  if (!isDeepStrictEqual(keysOf(wanted.KeySchema), keysOf(existing.KeySchema))) return 'key';
  if (!isDeepStrictEqual(sorted(wanted.AttributeDefinitions), sorted(existing.AttributeDefinitions)))
    return 'set of key attributes';
  if (!isDeepStrictEqual(indexesOf(wanted.GlobalSecondaryIndexes), indexesOf(existing.GlobalSecondaryIndexes)))
    return 'set of indexes';
  if (!isDeepStrictEqual(indexesOf(wanted.LocalSecondaryIndexes), indexesOf(existing.LocalSecondaryIndexes)))
    return 'set of local indexes';
  const isStreaming = existing.StreamSpecification?.StreamEnabled === true;
  const existingView = isStreaming ? existing.StreamSpecification?.StreamViewType : undefined;
  return wanted.StreamSpecification?.StreamViewType === existingView ? undefined : 'stream';
};

const keysOf = (schema: readonly { AttributeName: string; KeyType: string }[]): readonly string[] =>
  schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`);

const indexesOf = (indexes: readonly IndexDescription[] | readonly object[] | undefined) =>
  Object.fromEntries(
    ((indexes ?? []) as readonly IndexDescription[]).map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      {
        keys: keysOf(KeySchema),
        projection: Projection.ProjectionType,
        attributes: (Projection.NonKeyAttributes ?? []).toSorted(),
      },
    ]),
  );

const setTimeToLive = async (table: Table, call: TableCall): Promise<void> => {
  const wanted = table.properties.TimeToLiveSpecification;
  const { TimeToLiveDescription: existing } = await call<{
    TimeToLiveDescription?: { TimeToLiveStatus?: string; AttributeName?: string };
  }>('DescribeTimeToLive', {});
  const isOn = existing?.TimeToLiveStatus === 'ENABLED' || existing?.TimeToLiveStatus === 'ENABLING';
  const shouldBeOn = wanted?.Enabled === true;
  if (isOn === shouldBeOn) return;
  const attribute = wanted?.AttributeName ?? existing?.AttributeName;
  await call('UpdateTimeToLive', { TimeToLiveSpecification: { Enabled: shouldBeOn, AttributeName: attribute } });
};
