import { solve } from '../support/proof-of-work.ts';
import { issueChallenge } from '../../src/adapters/altcha/challenges.ts';
import { median, quantile, rounded } from './statistics.ts';
import { sampleEvent } from './warm-events.ts';
import { secret } from './warm-stub.ts';

/** One bundle, warm: measures the CPU time of this whole process, its garbage collection and compilation with it. */
const warmUps = 1_000;
/** The median of some batches, because a neighbour on the machine makes some of them dearer. */
const batches = 7;
const requestsPerBatch = 500;

const [sample = '', file = ''] = process.argv.slice(2);
const [name = '', variant] = sample.split(' ');
const nowMs = Date.now() + Number(process.env['CLOCK_OFFSET_MS']);
// The stub remembers no challenge, so one is enough for all requests.
const proof = variant && (await solve(await issueChallenge({ cost: 1_000, tries: 10 }, secret, nowMs)));
const { handler } = (await import(file)) as { handler: (event: unknown, context: unknown) => Promise<unknown> };
const context = { functionName: name, awsRequestId: 'bench', getRemainingTimeInMillis: () => 30_000 };
let index = 0;
let tookMs: number[] = [];

async function run(requests: number): Promise<void> {
  for (let count = 0; count < requests; count += 1) await once();
}

async function once(): Promise<void> {
  const event = sampleEvent(name, index++, proof);
  const startedMs = performance.now();
  const answer = (await handler(event, context)) as {
    statusCode?: number;
    batchItemFailures?: unknown[];
    body?: string;
  };
  tookMs.push(performance.now() - startedMs);
  const failed = (answer.statusCode ?? 200) >= 300 && answer.statusCode !== 202;
  if (failed || (answer.batchItemFailures?.length ?? 0) > 0)
    throw new Error(`${name} did not do its work: ${JSON.stringify(answer)}`);
}

await run(warmUps);
tookMs = [];
const cpuMs: number[] = [];
for (let batch = 0; batch < batches; batch += 1) {
  const before = process.cpuUsage();
  await run(requestsPerBatch);
  const { user, system } = process.cpuUsage(before);
  cpuMs.push((user + system) / 1_000 / requestsPerBatch);
}
process.send?.(
  {
    name: sample,
    cpuMs: rounded(median(cpuMs), 3),
    p99Ms: rounded(quantile(tookMs, 0.99)),
    requests: batches * requestsPerBatch,
  },
  () => process.exit(0),
);
