import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import type { SigningSecrets } from '../../triggers/ports.ts';

const SecretSchema = z.object({
  current: z.string().check(z.minLength(16)),
  /** Still taken while the other side changes over. */
  previous: z.optional(z.string().check(z.minLength(16))),
});

/** A secret that nobody has set as it must be; its value is not told. */
export class SigningSecretError extends Error {
  override readonly name = 'SigningSecretError';
  readonly code = 'signing-secret-unusable';
}

/** How long a value is used without looking again: a changed secret counts within a minute. */
const cachedMs = 60_000;

/** Secrets by name, each in a secret of its own in Secrets Manager: `{"current": "…", "previous": "…"}`. */
export class SecretsManagerSigningSecrets implements SigningSecrets {
  readonly #client: SecretsManagerClient;
  readonly #arns: Readonly<Record<string, string>>;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #cache = new Map<string, { readonly value: Promise<readonly string[]>; readonly untilMs: EpochMs }>();

  constructor(client: SecretsManagerClient, arns: Readonly<Record<string, string>>, clock: Pick<Clock, 'nowMs'>) {
    this.#client = client;
    this.#arns = arns;
    this.#clock = clock;
  }

  /** @throws SigningSecretError */
  of(name: string): Promise<readonly string[]> {
    const nowMs = this.#clock.nowMs();
    const cached = this.#cache.get(name);
    if (cached && nowMs < cached.untilMs) return cached.value;
    const value = this.#read(name);
    this.#cache.set(name, { value, untilMs: nowMs + cachedMs });
    // What could not be read is asked for again; whoever waits hears of it.
    value.catch(() => this.#cache.delete(name));
    return value;
  }

  async #read(name: string): Promise<readonly string[]> {
    const arn = Object.hasOwn(this.#arns, name) ? this.#arns[name] : undefined;
    if (arn === undefined) throw new SigningSecretError(`No secret is wired for ${name}.`);
    const { SecretString } = await this.#client.send(new GetSecretValueCommand({ SecretId: arn }));
    const parsed = SecretSchema.safeParse(jsonOf(SecretString ?? ''));
    if (!parsed.success)
      throw new SigningSecretError(`The secret of ${name} must be {"current": "…"} of at least 16 characters.`);
    const { current, previous } = parsed.data;
    return previous === undefined ? [current] : [current, previous];
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
