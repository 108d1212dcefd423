import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';

const root = fileURLToPath(new URL('../../../events', import.meta.url));

interface Contract {
  readonly name: string;
  readonly schema: z.core.$ZodType;
  readonly examples: string;
}

/** `request-callback` holds `RequestCallbackSchema`; a folder with several bodies holds their samples under the body's name. */
async function contracts(): Promise<Contract[]> {
  const found: Contract[] = [];
  for (const file of globSync('*/schema.ts', { cwd: root })) {
    const folder = join(root, file, '..');
    const exported = (await import(join(root, file))) as Record<string, z.core.$ZodType>;
    const nested = globSync('examples/*/valid', { cwd: folder }).map((path) => basename(join(path, '..')));
    const own = basename(folder).replace(/(^|-)([a-z])/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
    const names = nested.length > 0 ? nested : [own];
    for (const name of names) {
      const schema = exported[`${name}Schema`] ?? exported[`${name}ViewSchema`];
      if (!schema) throw new Error(`${file} exports no ${name}Schema for its samples.`);
      found.push({ name, schema, examples: join(folder, 'examples', ...(nested.length > 0 ? [name] : [])) });
    }
  }
  return found;
}

const samples = (contract: Contract, kind: 'valid' | 'invalid') =>
  globSync(`${kind}/*.json`, { cwd: contract.examples }).map((file) => ({
    contract: contract.name,
    sample: basename(file, '.json'),
    schema: contract.schema,
    body: JSON.parse(readFileSync(join(contract.examples, file), 'utf8')) as unknown,
  }));

const all = await contracts();

describe('contracts', () => {
  it.each(all)('$name has valid and invalid samples', (contract) => {
    expect(samples(contract, 'valid')).not.toHaveLength(0);
    expect(samples(contract, 'invalid')).not.toHaveLength(0);
  });

  it.each(all.flatMap((contract) => samples(contract, 'valid')))('$contract takes $sample', ({ schema, body }) => {
    const parsed = z.safeParse(schema, body);

    expect(parsed.error).toBeUndefined();
  });

  it.each(all.flatMap((contract) => samples(contract, 'invalid')))(
    '$contract refuses $sample with a sentence',
    ({ schema, body }) => {
      const parsed = z.safeParse(schema, body);

      expect(parsed.success).toBe(false);
      for (const issue of parsed.error?.issues ?? []) expect(issue.message).not.toBe('');
    },
  );
});
