import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { CheckNumbersSchema, SuppressionSchema } from '../../events/suppression/schema.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { instant } from '../../src/adapters/lambda/respond.ts';
import { type Phone, type PhoneFailure, parsePhone } from '../../src/phone/parse-phone.ts';
import { type Result, ok } from '../../src/shared/result.ts';
import { bulkNumber } from '../../src/suppression/bulk-number.ts';
import type { Suppression } from '../../src/suppression/ports.ts';

/** The number in the path, E.164, for an entry to be made: one that exists, because most others are typing errors. */
export const numberToList = (event: APIGatewayProxyEventV2): string => numberInPath(event, parsePhone);

/** The number in the path, E.164, for an entry that may be there: every number that an import takes. */
export const numberToFind = (event: APIGatewayProxyEventV2): string => numberInPath(event, parsePossible);

export function numbersInBody({ numbers }: z.output<typeof CheckNumbersSchema>): string[] {
  const parsed = numbers.map((number) => parsePossible(number));
  const errors = parsed.flatMap((phone, index) =>
    phone.ok ? [] : [{ pointer: `/numbers/${index}`, detail: `numbers.${index} ${phone.failure.detail}.` }],
  );
  if (errors.length > 0) throw new ProblemError('invalid-request', { errors });
  return parsed.flatMap((phone) => (phone.ok ? [phone.value.number] : []));
}

type ParsedNumber = Result<Pick<Phone, 'number'>, PhoneFailure>;

/** API Gateway has decoded the path, and an unencoded plus sign stays a plus sign there. */
function numberInPath({ pathParameters }: APIGatewayProxyEventV2, parse: (text: string) => ParsedNumber): string {
  const parsed = parse(pathParameters?.['number'] ?? '');
  if (parsed.ok) return parsed.value.number;
  throw new ProblemError('invalid-request', {
    errors: [{ pointer: '', detail: `number in the path ${parsed.failure.detail}, such as %2B14155550132.` }],
  });
}

function parsePossible(text: string): ParsedNumber {
  const possible = bulkNumber(text.trim());
  return possible.ok ? ok({ number: possible.value }) : parsePhone(text);
}

export const suppressionView = ({ addedAtMs, ...entry }: Suppression): z.output<typeof SuppressionSchema> => ({
  ...entry,
  addedAt: instant(addedAtMs),
});
