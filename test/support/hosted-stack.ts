import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { v7 as uuid } from 'uuid';
import { type CallRecordView, CallRecordViewSchema } from '../../events/call-record/schema.ts';
import { CallbackAcceptedSchema } from '../../events/callback-accepted/schema.ts';
import { type StatefulOutput, runningStack } from '../../infra/cli/running-stack.ts';
import { type Host, type HostOptions, startHost } from '../../infra/local/host.ts';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import type { Call } from '../../src/calls/call.ts';
import { createDecide } from '../../src/policy/create-decide.ts';
import type { Suppression } from '../../src/suppression/ports.ts';
import { engineOfThisRun } from './engines.ts';
import type { ListedTask } from './running-stack.ts';
import { keepUsage } from './usage.ts';

/** Monday, 23 November 2026, noon in California. */
export const noonMs = Date.parse('2026-11-23T12:00:00-08:00');

/** The stack on a host of this process, with settings and roles that a test chooses, and what tests ask of it. */
export interface HostedStack extends AsyncDisposable {
  readonly host: Host;
  readonly dataDir: string;
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  output(name: StatefulOutput): string;
  asOperator(method: string, path: string, body?: unknown): Promise<Response>;
  /** Asks for a callback and gives its id. */
  request(phone: string, more?: object): Promise<string>;
  /** Writes a marketing call as a trigger would; there is no route for it. */
  addMarketingCall(number: string): Promise<string>;
  record(callId: string): Promise<CallRecordView>;
  tasksTo(number: string): Promise<ListedTask[]>;
  /** Asks or orders the Webex simulator. */
  webex(method: string, path: string, body?: unknown): Promise<unknown>;
}

export async function startHostedStack(options: Partial<HostOptions> = {}): Promise<HostedStack> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'ringback-hosted-')));
  const host = await startHost({
    port: 0,
    dataDir,
    engine: engineOfThisRun(),
    quiet: true,
    clock: { startMs: noonMs },
    ...options,
  });
  const stack = runningStack(dataDir);
  if (!stack) throw new Error('The host told nobody how to reach it.');
  const { ready } = host;
  const clients = {
    dynamo: new DynamoDBClient(stack.client),
    s3: new S3Client(stack.client),
    sqs: new SQSClient(stack.client),
  };
  const webex: HostedStack['webex'] = async (method, path, body) => {
    const response = await fetch(`${ready.webex}${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The simulator answered ${response.status}: ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  const asOperator: HostedStack['asOperator'] = (method, path, body) =>
    fetch(`${ready.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${ready.operatorToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  await webex('PATCH', '/_settings', { requestsPerMinute: 100_000 });
  return {
    ...clients,
    host,
    dataDir,
    output: stack.output,
    asOperator,
    webex,
    request: async (phone, more = {}) => {
      const body = { phone, line: 'billing', consent: { version: '2026-11', accepted: true }, ...more };
      const response = await fetch(`${ready.api}/v1/callbacks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return CallbackAcceptedSchema.parse(await response.json()).id;
    },
    addMarketingCall: async (number) => addMarketingCall(clients.dynamo, number),
    record: async (callId) => CallRecordViewSchema.parse(await (await asOperator('GET', `/v1/calls/${callId}`)).json()),
    tasksTo: async (number) => (await webex('GET', `/_tasks?number=${encodeURIComponent(number)}`)) as ListedTask[],
    [Symbol.asyncDispose]: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await host.close();
      // Where a test takes something away from a role, what is denied then is what it looks for.
      if (!options.removeStatement) await keepUsage(dataDir);
      // Who chose the folder goes on in it.
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function addMarketingCall(dynamo: DynamoDBClient, number: string): Promise<string> {
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
  const named = (part: string): string => TableNames.find((name) => name.includes(part)) ?? '';
  const tables = { calls: named('Calls'), suppressions: named('Suppressions'), counters: named('Counters') };
  const call: Call = {
    id: uuid(),
    version: 1,
    status: 'accepted',
    kind: 'outdial',
    purpose: 'marketing',
    line: 'billing',
    number,
    requestedAtMs: noonMs,
    dueAtMs: noonMs,
    expiresAtMs: noonMs + 86_400_000,
    checkAtMs: noonMs + 90_000,
    attemptCount: 0,
    placedCount: 0,
    bases: [],
    customer: {},
    attributes: {},
  };
  const decision = createDecide()({
    number,
    atMs: noonMs,
    kind: call.kind,
    purpose: call.purpose,
    bases: [],
    lists: [],
    attemptsMs: [],
    attemptsOfCall: 0,
    bans: [],
  });
  await new DynamoCallStore(dynamo, tables, 86_400_000).accept(call, decision);
  return call.id;
}

/** An entry of our own list as any door may write it. */
export const suppressionOf = (number: string): Suppression => ({
  number,
  list: 'internal',
  reason: 'asked by letter',
  source: 'import:letters.csv',
  addedBy: 'cli:test',
  addedAtMs: noonMs,
});
