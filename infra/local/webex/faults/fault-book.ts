import * as z from 'zod';
import type { MetaStore } from '../store/meta-store.ts';
import { effectKind, type EffectKind, type FaultEffect, type FaultRule, FaultRulesSchema } from './schema.ts';

/** A rule with what it did so far; an element of `GET /_faults`. */
export interface StandingRule {
  readonly id: string;
  readonly rule: FaultRule;
  /** How often it fired. */
  readonly fired: number;
  /** How often its probability was asked. */
  readonly draws: number;
}

export interface FiredFault {
  readonly ruleId: string;
  readonly kind: EffectKind;
  readonly effect: FaultEffect;
}

/** What a rule is matched on. */
export interface FaultSubject {
  readonly operation: string | undefined;
  /** The number that the request is about; asked only where a rule wants it. */
  number(): string | undefined;
  readonly bodyText: string;
}

const META_KEY = 'faults';
const StoredSchema = z.array(
  z.object({ id: z.string(), rule: FaultRulesSchema.shape.rules.element, fired: z.int(), draws: z.int() }),
);

/** The fault rules in force; kept on disk with their counts, so that a restart goes on with them. */
export class FaultBook {
  readonly #meta: MetaStore;
  #rules: StandingRule[];

  constructor(meta: MetaStore) {
    this.#meta = meta;
    this.#rules = StoredSchema.parse(meta.read(META_KEY) ?? []);
  }

  list(): readonly StandingRule[] {
    return this.#rules;
  }

  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule, index) => ({ id: rule.id ?? `rule-${index + 1}`, rule, fired: 0, draws: 0 }));
    this.#save();
  }

  clear(): void {
    this.#rules = [];
    this.#meta.remove(META_KEY);
  }

  /** The first rule that fires on this request; counts it. */
  take(subject: FaultSubject): FiredFault | undefined {
    for (const [index, standing] of this.#rules.entries()) {
      if (!applies(standing, subject)) continue;
      const fires = standing.rule.probability === undefined || draw(standing) < standing.rule.probability;
      this.#rules[index] = { ...standing, fired: standing.fired + (fires ? 1 : 0), draws: standing.draws + 1 };
      this.#save();
      if (fires) return { ruleId: standing.id, kind: effectKind(standing.rule.effect), effect: standing.rule.effect };
    }
    return undefined;
  }

  #save(): void {
    this.#meta.write(META_KEY, this.#rules);
  }
}

function applies({ rule, fired }: StandingRule, subject: FaultSubject): boolean {
  if (rule.remaining !== undefined && fired >= rule.remaining) return false;
  if (rule.operation !== 'any' && rule.operation !== subject.operation) return false;
  if (rule.match?.number !== undefined && rule.match.number !== subject.number()) return false;
  return rule.match?.bodyContains === undefined || subject.bodyText.includes(rule.match.bodyContains);
}

/** The n-th number of the seed's series in 0..1 (mulberry32, public domain), so that a run can be repeated. */
function draw({ rule, draws }: StandingRule): number {
  let state = ((rule.seed ?? 1) + (draws + 1) * 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}
