/** `node infra/cli/contact-file.ts FILE KEY`: puts a file into the bucket of contact files of the stack that `npm start` runs. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { dataFolderDefault, runningStack } from './running-stack.ts';

const usage = 'Usage: node infra/cli/contact-file.ts FILE KEY [--data DIR]';

/** What the engine on one machine takes in one request. */
const fileBytesMax = 10 * 1024 * 1024;

export interface ContactFileCliDeps {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** @returns the exit code: 0 done, 1 nothing runs or the file is too large, 2 wrong usage. */
export async function runContactFileCli(
  args: readonly string[],
  { print, complain }: ContactFileCliDeps,
): Promise<number> {
  const options = { data: { type: 'string', default: dataFolderDefault } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [file, key, ...more] = positionals;
  if (file === undefined || key === undefined || more.length > 0) {
    complain(usage);
    return 2;
  }
  const stack = runningStack(values.data);
  if (!stack) {
    complain(`No stack runs with the data folder ${values.data}; start one with npm start.`);
    return 1;
  }
  const { size } = await stat(file);
  if (size > fileBytesMax) {
    complain('The file is larger than 10 MB, the most that this command puts.');
    return 1;
  }
  const s3 = new S3Client({ ...stack.client, forcePathStyle: true });
  try {
    const Bucket = stack.output('ContactFiles');
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: createReadStream(file), ContentLength: size }));
    print(`s3://${Bucket}/${key}`);
    return 0;
  } finally {
    s3.destroy();
  }
}

if (import.meta.main) {
  process.exitCode = await runContactFileCli(process.argv.slice(2), {
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}
