import { signDelivery } from '../../infra/cli/sign-delivery.ts';

/** What the sample trigger signs with. */
export const triggerSecret = 'A'.repeat(44);

/** The id of a call, version 7 in shape, that differs from request to request. */
export const callId = (index: number): string => `0199a3c1-5f0e-7cc3-9d5b-${index.toString(16).padStart(12, '0')}`;

/** A number of the range that is kept for fiction. */
export const phone = (index: number): string => `+1415555${String(100 + (index % 100)).padStart(4, '0')}`;

/**
 * What API Gateway or SQS would hand to the function.
 * @param proof a solved challenge; without one the request comes from an address that the settings exempt
 */
export function sampleEvent(name: string, index: number, proof?: string): unknown {
  if (name === 'dispatch-call') {
    return {
      Records: [
        {
          messageId: String(index),
          body: JSON.stringify({ callId: callId(index) }),
          eventSource: 'aws:sqs',
          attributes: {},
          messageAttributes: {},
        },
      ],
    };
  }
  if (name === 'take-trigger') return triggerEvent(index);
  return {
    version: '2.0',
    routeKey: 'POST /v1/callbacks',
    headers: { 'content-type': 'application/json', 'user-agent': 'bench' },
    requestContext: {
      domainName: 'bench',
      http: { method: 'POST', sourceIp: proof ? '192.0.2.1' : '127.0.0.1', userAgent: 'bench' },
    },
    isBase64Encoded: false,
    body: JSON.stringify({
      phone: phone(index),
      line: 'billing',
      name: 'Ada Lovelace',
      consent: { version: '2026-11', accepted: true },
      ...(proof && { proof }),
    }),
  };
}

function triggerEvent(index: number): object {
  const body = JSON.stringify({
    contact: { phone: phone(index), name: 'Ada Lovelace' },
    invoice: { number: String(index), amount: 84.2 },
    consent: { givenAt: '2026-11-02T09:30:00Z', wording: 'crm-2026-04' },
  });
  return {
    version: '2.0',
    routeKey: 'POST /v1/triggers/{source}',
    rawQueryString: '',
    pathParameters: { source: 'crm' },
    headers: {
      'content-type': 'application/json',
      ...signDelivery({ form: 'standard-webhooks' }, triggerSecret, { id: `msg_${index}`, atMs: Date.now(), body }),
    },
    requestContext: { domainName: 'bench', http: { method: 'POST', sourceIp: '192.0.2.1', userAgent: 'bench' } },
    isBase64Encoded: false,
    body,
  };
}
