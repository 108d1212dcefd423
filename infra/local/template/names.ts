import { createHash } from 'node:crypto';

/** The account and region that every made-up ARN of the local host carries. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** Letters and digits that stay the same for the same seed, for ids that AWS would draw at random. */
export const stableId = (seed: string, length: number): string =>
  createHash('sha256').update(seed).digest('hex').slice(0, length);

/** An ARN in the local account; S3 and IAM leave parts out, so those are given whole by their callers. */
export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;

/** Host name of an HTTP API as AWS would give it; the host puts its own address in place of it. */
export const apiHost = (apiId: string): string => `${apiId}.execute-api.${LOCAL_REGION}.amazonaws.com`;

/** Where AWS would have the queue; the host puts the gate's address in place of the origin. */
export const QUEUE_ORIGIN = `https://sqs.${LOCAL_REGION}.amazonaws.com`;
