import { UnsupportedRequestError } from '../errors.ts';
import type { AccessRequest, RequestContext } from '../types.ts';
import type { ParsedRequest } from './context.ts';

/** Sub-resources that change the action; a query parameter of S3 that is not here only shapes the answer. */
const BUCKET_SUBRESOURCES: ReadonlySet<string> = new Set([
  'lifecycle',
  'location',
  'notification',
  'uploads',
  'versioning',
  'policy',
  'encryption',
  'tagging',
  'cors',
  'acl',
]);
const OBJECT_SUBRESOURCES: ReadonlySet<string> = new Set([
  'uploads',
  'uploadId',
  'tagging',
  'acl',
  'versionId',
  'attributes',
  'renameObject',
  'legal-hold',
  'retention',
  'restore',
  'select',
  'torrent',
]);

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;

const unsupported = (request: ParsedRequest): UnsupportedRequestError =>
  new UnsupportedRequestError(
    `The gate does not know the S3 operation "${request.method} ${request.path}?${[...request.query.keys()].join('&')}".`,
  );

const deletedKeys = (body: unknown): readonly string[] =>
  typeof body === 'string'
    ? [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) =>
        key
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&apos;', "'")
          .replaceAll('&amp;', '&'),
      )
    : [];

/** A listing without a prefix has no such key, so that a statement with a condition on it does not let it through. */
const listContext = (query: URLSearchParams): RequestContext => {
  const prefix = query.get('prefix');
  return prefix === null ? {} : { 's3:prefix': [prefix] };
};

const readBucketRequest = (request: ParsedRequest, bucket: string): readonly AccessRequest[] => {
  const { method, query } = request;
  const subresource = [...query.keys()].find((key) => BUCKET_SUBRESOURCES.has(key));
  const resource = bucketArn(bucket);
  if (method === 'POST' && query.has('delete')) {
    const keys = deletedKeys(request.body);
    if (keys.length === 0) {
      throw new UnsupportedRequestError('The gate found no <Key> in a DeleteObjects request.');
    }
    return keys.map((key) => ({ action: 's3:DeleteObject', resource: objectArn(bucket, key) }));
  }
  if (subresource === 'uploads' && method === 'GET') {
    return [{ action: 's3:ListBucketMultipartUploads', resource }];
  }
  if (subresource === 'location' && method === 'GET') {
    return [{ action: 's3:GetBucketLocation', resource }];
  }
  if (subresource === 'notification' && (method === 'GET' || method === 'PUT')) {
    return [{ action: method === 'GET' ? 's3:GetBucketNotification' : 's3:PutBucketNotification', resource }];
  }
  if (subresource === 'lifecycle' && (method === 'GET' || method === 'PUT')) {
    return [{ action: method === 'GET' ? 's3:GetLifecycleConfiguration' : 's3:PutLifecycleConfiguration', resource }];
  }
  if (subresource !== undefined) {
    throw unsupported(request);
  }
  switch (method) {
    case 'GET':
    case 'HEAD':
      return [{ action: 's3:ListBucket', resource, context: listContext(query) }];
    case 'PUT':
      return [{ action: 's3:CreateBucket', resource }];
    case 'DELETE':
      return [{ action: 's3:DeleteBucket', resource }];
    default:
      throw unsupported(request);
  }
};

const copySource = (request: ParsedRequest): readonly AccessRequest[] => {
  const header = request.headers['x-amz-copy-source'];
  if (typeof header !== 'string') {
    return [];
  }
  const source = decodeURIComponent(header.split('?')[0] ?? '').replace(/^\//, '');
  return [{ action: 's3:GetObject', resource: `arn:aws:s3:::${source}` }];
};

const readObjectRequest = (request: ParsedRequest, bucket: string, key: string): readonly AccessRequest[] => {
  const { method, query } = request;
  const resource = objectArn(bucket, key);
  const subresource = [...query.keys()].find((name) => OBJECT_SUBRESOURCES.has(name));
  if (subresource === 'uploads' || subresource === 'uploadId') {
    switch (method) {
      case 'GET':
        return [{ action: 's3:ListMultipartUploadParts', resource }];
      case 'DELETE':
        return [{ action: 's3:AbortMultipartUpload', resource }];
      default:
        return [{ action: 's3:PutObject', resource }, ...copySource(request)];
    }
  }
  if (subresource !== undefined) {
    throw unsupported(request);
  }
  switch (method) {
    case 'GET':
    case 'HEAD':
      return [{ action: 's3:GetObject', resource }];
    case 'PUT':
      return [{ action: 's3:PutObject', resource }, ...copySource(request)];
    case 'DELETE':
      return [{ action: 's3:DeleteObject', resource }];
    default:
      throw unsupported(request);
  }
};

/** What a path-style request to S3 wants. */
export const readS3Request = (request: ParsedRequest): readonly AccessRequest[] => {
  const [, bucket = '', ...rest] = request.path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  if (bucket === '') {
    return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  }
  return key === '' ? readBucketRequest(request, bucket) : readObjectRequest(request, bucket, key);
};

/** Only a DeleteObjects request names its objects in the body; every other body is passed on as a stream. */
export const s3NeedsBody = (method: string, query: URLSearchParams): boolean =>
  method === 'POST' && query.has('delete');
