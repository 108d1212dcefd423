import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { CompiledPolicy } from './evaluate.ts';
import type { DeniedUse, Grant, GrantedUse, PrincipalUsage, Usage } from './types.ts';

const UsageSchema = z.record(
  z.string(),
  z.object({
    denied: z.array(z.object({ action: z.string(), resource: z.string(), count: z.int().nonnegative() })),
    granted: z.array(
      z.object({ statement: z.string(), action: z.string(), resource: z.string(), used: z.int().nonnegative() }),
    ),
  }),
);

/** At most this many different refusals are kept a principal, so that a loop over random names cannot fill the memory. */
const DENIED_MAX = 1000;

const grantKey = (grant: Grant): string => JSON.stringify([grant.statement, grant.action, grant.resource]);
const deniedKey = (denied: Pick<DeniedUse, 'action' | 'resource'>): string =>
  JSON.stringify([denied.action, denied.resource]);

const mergePrincipals = (usages: readonly PrincipalUsage[]): PrincipalUsage => {
  const denied = new Map<string, DeniedUse>();
  const granted = new Map<string, GrantedUse>();
  for (const usage of usages) {
    for (const entry of usage.denied) {
      const known = denied.get(deniedKey(entry));
      denied.set(deniedKey(entry), { ...entry, count: entry.count + (known?.count ?? 0) });
    }
    for (const entry of usage.granted) {
      const known = granted.get(grantKey(entry));
      granted.set(grantKey(entry), { ...entry, used: entry.used + (known?.used ?? 0) });
    }
  }
  return { denied: [...denied.values()], granted: [...granted.values()] };
};

/** Adds up the usage of several runs; a grant counts as used when any run used it. */
export const mergeUsage = (...usages: readonly Usage[]): Usage => {
  const names = new Set(usages.flatMap((usage) => Object.keys(usage)));
  return Object.fromEntries(
    [...names]
      .sort()
      .map((name) => [
        name,
        mergePrincipals(usages.flatMap((usage) => (usage[name] === undefined ? [] : [usage[name]]))),
      ]),
  );
};

/**
 * Reads a usage file; a file that is not there is no usage.
 *
 * @throws Error naming the file when it is not a usage file.
 */
export const readUsage = (file: string): Usage => {
  if (!existsSync(file)) {
    return {};
  }
  try {
    return UsageSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} is not a usage file of the gate; delete it to start counting anew.`, { cause });
  }
};

const writeUsage = (file: string, usage: Usage): void => {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(usage, null, 2)}\n`);
  renameSync(temporary, file);
};

interface Counts {
  readonly denied: Map<string, { readonly use: DeniedUse; count: number }>;
  readonly granted: Map<string, { readonly grant: Grant; used: number }>;
}

/** Counts what each principal used and was refused; with a file, the counts go on where the last run stopped. */
export class UsageRecorder {
  readonly #file: string | undefined;
  readonly #earlier: Usage;
  readonly #flushDelayMs: number;
  #counts = new Map<string, Counts>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { readonly file?: string | undefined; readonly flushDelayMs?: number } = {}) {
    this.#file = options.file;
    this.#earlier = options.file === undefined ? {} : readUsage(options.file);
    this.#flushDelayMs = options.flushDelayMs ?? 250;
  }

  /** Makes every grant of the principal appear in the usage, used or not. */
  register(name: string, policy: CompiledPolicy): void {
    const counts = this.#countsOf(name);
    for (const grant of policy.grants) {
      const key = grantKey(grant);
      if (!counts.granted.has(key)) {
        counts.granted.set(key, { grant, used: 0 });
      }
    }
    this.#scheduleFlush();
  }

  recordGrants(name: string, grants: readonly Grant[]): void {
    const counts = this.#countsOf(name);
    for (const grant of grants) {
      const key = grantKey(grant);
      const entry = counts.granted.get(key);
      if (entry === undefined) {
        counts.granted.set(key, { grant, used: 1 });
      } else {
        entry.used += 1;
      }
    }
    this.#scheduleFlush();
  }

  recordDenial(name: string, action: string, resource: string): void {
    const { denied } = this.#countsOf(name);
    const key = deniedKey({ action, resource });
    const entry = denied.get(key);
    if (entry !== undefined) {
      entry.count += 1;
    } else if (denied.size < DENIED_MAX) {
      denied.set(key, { use: { action, resource, count: 0 }, count: 1 });
    }
    this.#scheduleFlush();
  }

  /** The usage of this run and the earlier ones; grants that no policy has any more are left out. */
  usage(): Usage {
    const merged = mergeUsage(this.#earlier, this.#current());
    return Object.fromEntries(
      Object.entries(merged).map(([name, { denied, granted }]) => {
        const counts = this.#counts.get(name);
        return [name, { denied, granted: granted.filter((grant) => counts?.granted.has(grantKey(grant)) ?? false) }];
      }),
    );
  }

  /** Writes what is counted so far, at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#file !== undefined) {
      writeUsage(this.#file, this.usage());
    }
  }

  #current(): Usage {
    return Object.fromEntries(
      [...this.#counts].map(([name, counts]) => [
        name,
        {
          denied: [...counts.denied.values()].map(({ use, count }) => ({ ...use, count })),
          granted: [...counts.granted.values()].map(({ grant, used }) => ({ ...grant, used })),
        },
      ]),
    );
  }

  #countsOf(name: string): Counts {
    const known = this.#counts.get(name);
    if (known !== undefined) {
      return known;
    }
    const counts: Counts = { denied: new Map(), granted: new Map() };
    this.#counts.set(name, counts);
    return counts;
  }

  #scheduleFlush(): void {
    if (this.#file !== undefined && this.#timer === undefined) {
      this.#timer = setTimeout(() => this.flush(), this.#flushDelayMs);
      this.#timer.unref();
    }
  }
}
