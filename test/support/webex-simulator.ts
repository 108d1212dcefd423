import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { contractFaults } from '../../infra/local/webex/contract.ts';
import {
  startWebexSimulator,
  type WebexSimulator,
  type WebexSimulatorOptions,
} from '../../infra/local/webex/simulator.ts';

export const ORGANIZATION_ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
export const CLIENT = { id: 'client-1', secret: 'secret-1' };
/** Friday 20 November 2026, noon UTC. */
export const START_MS = Date.UTC(2026, 10, 20, 12);

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined where the answer is no JSON. */
  readonly json: unknown;
}

export interface CallOptions {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

/** A running simulator under a clock of the test's own. Every answer of an operation is checked against the contract. */
export interface TestSimulator {
  readonly simulator: WebexSimulator;
  readonly dataDir: string;
  /** Move it by assigning. */
  readonly clock: { timeMs: number; nowMs(): number };
  readonly token: string;
  readonly refreshToken: string;
  /** One Webex operation, with the seeded token unless another or null is given. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** One order to the simulator itself. */
  control(method: string, path: string, body?: unknown): Promise<Reply>;
  stop(): Promise<void>;
}

export async function startTestSimulator(options: Partial<WebexSimulatorOptions> = {}): Promise<TestSimulator> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'webex-simulator-')));
  const clock = { timeMs: START_MS, nowMs: () => clock.timeMs };
  const simulator = await startWebexSimulator({
    port: 0,
    organizationId: ORGANIZATION_ID,
    client: CLIENT,
    clock,
    ...options,
    dataDir,
  });
  const tokens = simulator.issueTokens();
  return {
    simulator,
    dataDir,
    clock,
    token: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    call: (method, path, callOptions = {}) => call(simulator.url, tokens.accessToken, method, path, callOptions),
    control: (method, path, body) => send(new URL(path, simulator.url), method, body === undefined ? {} : { body }),
    stop: async () => {
      await simulator.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true });
    },
  };
}

async function call(base: URL, token: string, method: string, path: string, options: CallOptions): Promise<Reply> {
  const url = new URL(path, base);
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== null) headers['authorization'] = `Bearer ${options.token ?? token}`;
  const reply = await send(url, method, { ...options, headers });
  const exchange = {
    method,
    url,
    requestHeaders: reply.requestHeaders,
    requestBody: reply.requestBody,
    status: reply.status,
    responseBody: reply.text,
  };
  const faults = contractFaults(exchange).filter(
    (fault) => reply.status < 300 || fault.includes(` answer ${reply.status}: `),
  );
  expect(faults, `${method} ${path} against the contract`).toEqual([]);
  return reply;
}

async function send(url: URL, method: string, { headers, body, form }: CallOptions) {
  const requestBody = form
    ? new URLSearchParams(form).toString()
    : typeof body === 'string'
      ? body
      : body === undefined
        ? undefined
        : JSON.stringify(body);
  const contentType = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const requestHeaders = { ...(requestBody === undefined ? {} : { 'content-type': contentType }), ...headers };
  const response = await fetch(url, { method, headers: requestHeaders, body: requestBody ?? null, redirect: 'manual' });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
    requestHeaders,
    requestBody,
  };
}

/** The value at a path of members and positions inside an answer; undefined where the path leads nowhere. */
export const at = (json: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce((value: unknown, key) => Object(value)[key], json);

/** A CALLBACK body that Webex would take. */
export const callbackTask = (changes: Readonly<Record<string, unknown>> = {}) => ({
  destination: '+14155550132',
  entryPointId: '510d198d-7aa7-4b75-a5ff-e61759f4f313',
  mediaType: 'telephony',
  outboundType: 'CALLBACK',
  callback: { callbackOrigin: 'web', callbackType: 'immediate' },
  attributes: { ringback_attempt: 'attempt-1' },
  ...changes,
});
