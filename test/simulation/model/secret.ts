import type { SecretVersion } from '../../../src/tokens/ports.ts';
import { ServiceFault } from '../engine/invocation.ts';

export type Stage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

export interface SecretWatcher {
  /** Another version has become current. @param by what moved it. */
  becameCurrent(before: SecretVersion, now: SecretVersion, by: 'rotation' | 'sign-in'): void;
}

/**
 * One secret as Secrets Manager keeps it: versions with values that never change, and stages of which each stands on one
 * version at most. A refusal of the service is a `ServiceFault`, because the real adapter rethrows it as one.
 */
export class SimulatedSecret {
  /** A version is staged before it has a value. */
  readonly #values = new Map<string, string | undefined>();
  readonly #holders = new Map<Stage, string>();
  readonly #watcher: SecretWatcher | undefined;

  constructor(first: SecretVersion, watcher?: SecretWatcher) {
    this.#values.set(first.versionId, first.value);
    this.#holders.set('AWSCURRENT', first.versionId);
    this.#watcher = watcher;
  }

  current(): SecretVersion {
    const versionId = this.#holders.get('AWSCURRENT') ?? '';
    const value = this.#values.get(versionId);
    if (value === undefined) throw new ServiceFault('ResourceNotFoundException');
    return { versionId, value };
  }

  stages(): ReadonlyMap<string, readonly Stage[]> {
    const stages = new Map<string, Stage[]>();
    for (const [stage, versionId] of this.#holders) stages.set(versionId, [...(stages.get(versionId) ?? []), stage]);
    return stages;
  }

  pending(versionId: string): SecretVersion | undefined {
    if (!this.#values.has(versionId)) return undefined;
    if (this.#holders.get('AWSPENDING') !== versionId) throw new ServiceFault('InvalidRequestException');
    const value = this.#values.get(versionId);
    return value === undefined ? undefined : { versionId, value };
  }

  putPending(versionId: string, value: string): 'written' | 'exists' {
    const known = this.#values.get(versionId);
    if (known !== undefined) return known === value ? 'written' : 'exists';
    this.#values.set(versionId, value);
    this.#holders.set('AWSPENDING', versionId);
    return 'written';
  }

  /** What a sign-in writes. */
  putCurrent(versionId: string, value: string): void {
    this.#values.set(versionId, value);
    this.#moveCurrent(versionId, 'sign-in');
  }

  makeCurrent(versionId: string, insteadOf: string): void {
    if (!this.#values.has(versionId)) throw new ServiceFault('ResourceNotFoundException');
    const holder = this.#holders.get('AWSCURRENT');
    if (holder !== insteadOf) throw new ServiceFault('InvalidParameterException');
    this.#moveCurrent(versionId, 'rotation');
  }

  dropPending(versionId: string): void {
    if (this.#holders.get('AWSPENDING') === versionId) this.#holders.delete('AWSPENDING');
  }

  /** What RotateSecret does before the first step. */
  stage(versionId: string): void {
    if (!this.#values.has(versionId)) this.#values.set(versionId, undefined);
    this.#holders.set('AWSPENDING', versionId);
  }

  /** A version under AWSPENDING that is not the current one: a rotation that is not finished. */
  unfinished(): string | undefined {
    const versionId = this.#holders.get('AWSPENDING');
    return versionId === this.#holders.get('AWSCURRENT') ? undefined : versionId;
  }

  #moveCurrent(versionId: string, by: 'rotation' | 'sign-in'): void {
    const before = this.#holders.get('AWSCURRENT');
    if (before === versionId) return;
    this.#holders.set('AWSCURRENT', versionId);
    if (before === undefined) return;
    this.#holders.set('AWSPREVIOUS', before);
    const [was, now] = [this.#values.get(before), this.#values.get(versionId)];
    if (was === undefined || now === undefined) return;
    this.#watcher?.becameCurrent({ versionId: before, value: was }, { versionId, value: now }, by);
  }
}
