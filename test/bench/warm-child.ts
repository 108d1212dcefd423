import { sampleEvent } from './warm-events.ts';

/** One bundle, warm: measures the CPU time of this whole process over many requests. */
const warmUps = 300;
const requests = 2_000;

const [name = '', file = ''] = process.argv.slice(2);
const { handler } = (await import(file)) as { handler: (event: unknown, context: unknown) => Promise<unknown> };
const context = { functionName: name, awsRequestId: 'bench', getRemainingTimeInMillis: () => 30_000 };

const once = async (index: number): Promise<void> => {
  const answer = (await handler(sampleEvent(name, index), context)) as {
    statusCode?: number;
    batchItemFailures?: unknown[];
    body?: string;
  };
  const failed = (answer.statusCode ?? 200) >= 300 && answer.statusCode !== 202;
  if (failed || (answer.batchItemFailures?.length ?? 0) > 0)
    throw new Error(`${name} did not do its work: ${JSON.stringify(answer)}`);
};

for (let index = 0; index < warmUps; index += 1) await once(index);
const before = process.cpuUsage();
for (let index = 0; index < requests; index += 1) await once(warmUps + index);
const { user, system } = process.cpuUsage(before);
process.send?.({ name, cpuMs: Number(((user + system) / 1_000 / requests).toFixed(3)), requests }, () =>
  process.exit(0),
);
