import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ServiceName } from './types.ts';

/** An error in the words of AWS; each protocol has its own shape and status for it. */
export interface Refusal {
  readonly kind:
    | 'access-denied'
    | 'missing-token'
    | 'unknown-key'
    | 'unsupported'
    | 'too-large'
    | 'unavailable'
    | 'malformed';
  readonly message: string;
}

interface Shape {
  readonly jsonCode: string;
  readonly xmlCode: string;
  readonly jsonStatus: number;
  readonly restStatus: number;
}

const SHAPES: Readonly<Record<Refusal['kind'], Shape>> = {
  'access-denied': { jsonCode: 'AccessDeniedException', xmlCode: 'AccessDenied', jsonStatus: 400, restStatus: 403 },
  'missing-token': {
    jsonCode: 'MissingAuthenticationTokenException',
    xmlCode: 'AccessDenied',
    jsonStatus: 400,
    restStatus: 403,
  },
  'unknown-key': {
    jsonCode: 'UnrecognizedClientException',
    xmlCode: 'InvalidAccessKeyId',
    jsonStatus: 400,
    restStatus: 403,
  },
  unsupported: {
    jsonCode: 'UnsupportedOperationException',
    xmlCode: 'NotImplemented',
    jsonStatus: 400,
    restStatus: 400,
  },
  'too-large': { jsonCode: 'RequestEntityTooLarge', xmlCode: 'EntityTooLarge', jsonStatus: 413, restStatus: 413 },
  unavailable: { jsonCode: 'ServiceUnavailable', xmlCode: 'ServiceUnavailable', jsonStatus: 503, restStatus: 503 },
  malformed: { jsonCode: 'SerializationException', xmlCode: 'MalformedXML', jsonStatus: 400, restStatus: 400 },
};

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const send = (
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void => {
  const bytes = Buffer.from(body, 'utf8');
  response.writeHead(status, {
    'x-amzn-requestid': randomUUID(),
    ...headers,
    'content-length': String(bytes.length),
  });
  response.end(bytes);
};

/** Answers a request with a refusal in the protocol of its service, as the SDK of that service expects it. */
export const refuse = (response: ServerResponse, service: ServiceName | undefined, refusal: Refusal): void => {
  const shape = SHAPES[refusal.kind];
  switch (service) {
    case 's3':
      send(
        response,
        shape.restStatus,
        { 'content-type': 'application/xml' },
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${shape.xmlCode}</Code><Message>${escapeXml(refusal.message)}</Message></Error>`,
      );
      return;
    case 'sns':
    case 'sts':
      send(
        response,
        shape.restStatus,
        { 'content-type': 'text/xml' },
        `<ErrorResponse><Error><Type>Sender</Type><Code>${shape.xmlCode}</Code><Message>${escapeXml(refusal.message)}</Message></Error></ErrorResponse>`,
      );
      return;
    case 'scheduler':
      send(
        response,
        shape.restStatus,
        { 'content-type': 'application/json', 'x-amzn-errortype': shape.jsonCode },
        JSON.stringify({ Message: refusal.message }),
      );
      return;
    case 'dynamodb':
    case 'events':
    case 'secretsmanager':
    case 'sqs':
    case 'states':
    case undefined:
      send(
        response,
        shape.jsonStatus,
        { 'content-type': 'application/x-amz-json-1.0' },
        JSON.stringify({ __type: `com.amazon.coral.service#${shape.jsonCode}`, message: refusal.message }),
      );
  }
};
