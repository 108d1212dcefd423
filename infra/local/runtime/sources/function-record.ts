import { LOCAL_REGION } from '../../template/names.ts';
import type { StreamRecord } from './stream-batches.ts';

/** The record as Lambda hands it on: the template's names in place of the engine's. */
export const toFunctionRecord = (record: StreamRecord, streamArn: string): StreamRecord => {
  const identity = record['userIdentity'] as { readonly Type?: string; readonly PrincipalId?: string } | undefined;
  return {
    ...record,
    dynamodb: { ...record.dynamodb, ...wholeImages(record.dynamodb) },
    awsRegion: LOCAL_REGION,
    eventSourceARN: streamArn,
    ...(identity?.Type === undefined
      ? {}
      : { userIdentity: { type: identity.Type, principalId: identity.PrincipalId } }),
  };
};

/**
 * DynamoDB Local tells an empty map in a stream record as a value without a type, which no SDK can read; DynamoDB tells
 * `{"M":{}}`. It tells an empty list the same way, so an image of an empty list comes out as a map here.
 */
const wholeImages = (change: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    (['NewImage', 'OldImage'] as const).flatMap((name) => {
      const image = change[name];
      return isAttributes(image) ? [[name, wholeAttributes(image)]] : [];
    }),
  );

type Attributes = Readonly<Record<string, unknown>>;

const isAttributes = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wholeAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, wholeValue(value)]));

const wholeValue = (value: unknown): unknown => {
  if (!isAttributes(value)) return value;
  if (Object.keys(value).length === 0) return { M: {} };
  if (isAttributes(value['M'])) return { M: wholeAttributes(value['M']) };
  if (Array.isArray(value['L'])) return { L: value['L'].map(wholeValue) };
  return value;
};
