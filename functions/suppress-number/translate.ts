import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { CheckNumbersSchema, SuppressionSchema } from '../../events/suppression/schema.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { instant } from '../../src/adapters/lambda/respond.ts';
import { parsePhone } from '../../src/phone/parse-phone.ts';
import type { Suppression } from '../../src/suppression/ports.ts';

/** The number in the path, E.164; an unencoded plus sign stays a plus sign there. */
export function numberInPath(event: APIGatewayProxyEventV2): string {
  const parsed = parsePhone(decodeURIComponent(event.pathParameters?.['number'] ?? ''));
  if (parsed.ok) return parsed.value.number;
  throw new ProblemError('invalid-request', {
    errors: [{ pointer: '', detail: `number in the path ${parsed.failure.detail}, such as %2B14155550132.` }],
  });
}

export function numbersInBody({ numbers }: z.output<typeof CheckNumbersSchema>): string[] {
  const parsed = numbers.map((number) => parsePhone(number));
  const errors = parsed.flatMap((phone, index) =>
    phone.ok ? [] : [{ pointer: `/numbers/${index}`, detail: `numbers.${index} ${phone.failure.detail}.` }],
  );
  if (errors.length > 0) throw new ProblemError('invalid-request', { errors });
  return parsed.flatMap((phone) => (phone.ok ? [phone.value.number] : []));
}

export const suppressionView = ({ addedAtMs, ...entry }: Suppression): z.output<typeof SuppressionSchema> => ({
  ...entry,
  addedAt: instant(addedAtMs),
});
