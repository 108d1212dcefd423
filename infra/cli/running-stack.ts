import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const ControlFileSchema = z.object({
  access: z.object({
    endpoint: z.url(),
    region: z.string(),
    accessKeyId: z.string(),
    outputs: z.record(z.string(), z.unknown()),
    api: z.object({ url: z.url(), token: z.string() }),
  }),
});

/** The stack that `npm start` runs: how an SDK client reaches it, and what it calls its resources. */
export interface RunningStack {
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The API, with the token of an operator. */
  readonly api: { readonly url: string; readonly token: string };
  /** An output of the stateful stack. */
  readonly output: (name: 'SuppressionsTable' | 'RegistryBucket' | 'ContactFiles' | 'EventBus') => string;
}

/** The data folder of `npm start` without `--data`. */
export const dataFolderDefault = '.ringback';

/** Undefined where no stack runs with the data folder. */
export function runningStack(dataDir: string): RunningStack | undefined {
  const file = join(dataDir, 'control.json');
  if (!existsSync(file)) return undefined;
  const { access } = ControlFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    client: {
      endpoint: access.endpoint,
      region: access.region,
      // The local services know who calls by the key alone; the secret only lets the SDK sign.
      credentials: { accessKeyId: access.accessKeyId, secretAccessKey: 'local' },
    },
    api: access.api,
    output: (name) => {
      const value = access.outputs[`RingbackStateful.${name}`];
      if (typeof value !== 'string') throw new Error(`The running stack has no output ${name}.`);
      return value;
    },
  };
}
