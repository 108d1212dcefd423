import * as z from 'zod';
import { type OperationName, operationNames } from '../contract.ts';

const DELAY_MS_MAX = 600_000;

/** Operations that a rule can name: Webex's, the page where one signs in, or any of them. */
export const faultTargets: readonly (OperationName | 'authorize' | 'any')[] = [...operationNames, 'authorize', 'any'];

const marker = z.literal(true, 'must be true');

/** `afterProcessing` has the request take effect first, as when an answer is lost in a gateway. */
const EffectMembers = z.strictObject({
  status: z.int('must be a status code').min(200, 'must be 200 to 599').max(599, 'must be 200 to 599').optional(),
  body: z.json().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.int('must be whole milliseconds').min(0).max(DELAY_MS_MAX, `must be at most ${DELAY_MS_MAX}`).optional(),
  afterProcessing: z.boolean().optional(),
  timeoutAfterProcessing: marker.optional(),
  dropBefore: marker.optional(),
  dropAfter: marker.optional(),
  tokenExpired: marker.optional(),
  searchLagSeconds: z.number().min(0).max(86_400).optional(),
});

const KINDS = [
  'status',
  'delayMs',
  'timeoutAfterProcessing',
  'dropBefore',
  'dropAfter',
  'tokenExpired',
  'searchLagSeconds',
] as const;
export type EffectKind = (typeof KINDS)[number];

export const FaultEffectSchema = EffectMembers.superRefine((effect, context) => {
  const given = KINDS.filter((kind) => effect[kind] !== undefined);
  const [kind] = given;
  if (given.length !== 1 || !kind) {
    context.addIssue({
      code: 'custom',
      message: `must hold exactly one of ${KINDS.join(', ')}; got ${given.join(' and ') || 'none'}`,
    });
    return;
  }
  if (kind !== 'status' && (effect.body !== undefined || effect.headers !== undefined)) {
    context.addIssue({ code: 'custom', message: 'takes body and headers only beside status' });
  }
  if (kind !== 'status' && kind !== 'delayMs' && effect.afterProcessing !== undefined) {
    context.addIssue({ code: 'custom', message: 'takes afterProcessing only beside status or delayMs' });
  }
});

export type FaultEffect = z.output<typeof FaultEffectSchema>;

export const effectKind = (effect: FaultEffect): EffectKind => {
  const kind = KINDS.find((name) => effect[name] !== undefined);
  if (!kind) throw new Error('A fault rule was stored without an effect.');
  return kind;
};

const FaultRuleSchema = z
  .strictObject({
    id: z.string().min(1).max(60).optional(),
    operation: z.enum(faultTargets, `must be one of ${faultTargets.join(', ')}`),
    effect: FaultEffectSchema,
    /** How many times it fires; without it, until the rules are deleted. */
    remaining: z.int('must be a whole number').min(1, 'must be at least 1').max(1_000_000).optional(),
    /** Share of the matching requests that it fires on; the same seed gives the same series. */
    probability: z.number().gt(0, 'must be more than 0').max(1, 'must be at most 1').optional(),
    seed: z.int().min(0).max(4_294_967_295).optional(),
    match: z
      .strictObject({
        /** Destination, DNC number or callback number of the request. */
        number: z.string().min(1).max(40).optional(),
        bodyContains: z.string().min(1).max(1_000).optional(),
      })
      .optional(),
  })
  .refine((rule) => rule.seed === undefined || rule.probability !== undefined, {
    path: ['seed'],
    message: 'needs probability',
  });

/** The body of `PUT /_faults`. The first rule that matches a request and fires decides what happens to it. */
export const FaultRulesSchema = z.strictObject({
  rules: z.array(FaultRuleSchema, 'must be a list of rules').max(200, 'must hold at most 200 rules'),
});

export type FaultRule = z.output<typeof FaultRuleSchema>;
