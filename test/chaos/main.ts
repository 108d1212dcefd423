import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const whole = (name: 'calls' | 'kills' | 'seed', min: number): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= min) return value;
  console.error(`--${name} must be a whole number of at least ${min}; got ${values[name]}.`);
  process.exit(2);
};

const folder = await mkdtemp(join(tmpdir(), 'ringback-chaos-'));
try {
  const result = await runChaos({
    calls: whole('calls', 1),
    kills: whole('kills', 0),
    seed: whole('seed', 0),
    dataDir: folder,
    log: (line) => console.log(line),
  });
  console.log(JSON.stringify(result));
  if (values.json) await writeFile(values.json, `${JSON.stringify(result)}\n`);
  process.exitCode = result.lost + result.doubled > 0 ? 1 : 0;
} finally {
  if (values.keep) console.log(`The data is in ${folder}.`);
  else await rm(folder, { recursive: true, force: true });
}
