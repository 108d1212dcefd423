import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';

export interface QueryAllOptions<Read> {
  readonly read: (stored: Record<string, AttributeValue>) => Read;
  /** Pages of a megabyte, or of the query's limit. */
  readonly pagesMax: number;
  readonly tooMany: () => Error;
}

/**
 * Everything that a query finds, page by page.
 * @throws what `tooMany` gives, where more than `pagesMax` pages are found: part of the answer is none
 */
export async function queryAll<Read>(
  client: DynamoDBClient,
  query: QueryCommandInput,
  { read, pagesMax, tooMany }: QueryAllOptions<Read>,
): Promise<Read[]> {
  const found: Read[] = [];
  let pages = 0;
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    pages += 1;
    if (pages > pagesMax) throw tooMany();
    for (const stored of Items) found.push(read(stored));
  }
  return found;
}
