import type { RequestOutdial } from '../../events/request-outdial/schema.ts';
import type { Basis } from '../policy/types.ts';
import type { RequestOutdialCommand } from './request-outdial.ts';

/** What a body asks for, by whatever door it came. */
export const outdialCommand = (body: RequestOutdial): RequestOutdialCommand => ({
  phone: body.phone,
  country: body.country,
  line: body.line,
  when: body.when,
  customer: {
    ...(body.name && { name: body.name }),
    ...(body.preferredAgent && { preferredAgent: body.preferredAgent }),
    ...(body.timeZone && { timeZone: body.timeZone }),
  },
  purpose: body.purpose,
  automated: body.automated,
  bases: body.bases.map((basis) => toBasis(basis, body.purpose)),
  variables: body.variables,
});

/** A basis speaks for the purpose that it came with, and for no other. */
function toBasis(
  { type, start, expiry, inquiry, evidence: { at, ...evidence } }: RequestOutdial['bases'][number],
  purpose: RequestOutdial['purpose'],
): Basis {
  const known = Object.entries(evidence).filter(([, value]) => value !== undefined);
  return {
    type,
    purpose,
    startMs: Date.parse(start),
    ...(expiry !== undefined && { expiryMs: Date.parse(expiry) }),
    ...(inquiry !== undefined && { inquiry }),
    evidence: { ...(Object.fromEntries(known) as Record<string, string>), atMs: Date.parse(at) },
  };
}
