import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { BanIdSchema, type BanView, type DeclareBan } from '../../events/ban/schema.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { instant } from '../../src/adapters/lambda/respond.ts';
import type { DeclareBanCommand, DeclareBanFailure } from '../../src/bans/change-bans.ts';
import type { DeclaredBan } from '../../src/bans/ports.ts';

export function banIdInPath(event: APIGatewayProxyEventV2): string {
  const parsed = z.safeParse(BanIdSchema, event.pathParameters?.['id']);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-request', {
    errors: parsed.error.issues.map(({ message }) => ({ pointer: '', detail: `id in the path ${message}.` })),
  });
}

export const toCommand = (id: string, { from, to, ...body }: DeclareBan, by: string): DeclareBanCommand => ({
  ...body,
  id,
  fromMs: from === undefined ? undefined : Date.parse(from),
  toMs: to === undefined ? undefined : Date.parse(to),
  by,
});

export function toProblem(failure: DeclareBanFailure): ProblemError {
  if (failure.code === 'too-many-bans')
    return new ProblemError('invalid-request', { errors: [{ pointer: '', detail: failure.detail }] });
  const { field, detail } = failure;
  return new ProblemError('invalid-request', { errors: [{ pointer: `/${field}`, detail: `${field} ${detail}.` }] });
}

export const banView = ({
  id,
  jurisdiction,
  fromMs,
  toMs,
  reason,
  declaredBy,
  declaredAtMs,
}: DeclaredBan): BanView => ({
  id,
  jurisdiction,
  from: instant(fromMs),
  ...(toMs !== undefined && { to: instant(toMs) }),
  reason,
  declaredBy,
  declaredAt: instant(declaredAtMs),
});
