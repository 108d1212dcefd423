import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { InvocationOutcome } from '../contracts.ts';
import { type FunctionRuntime, UnknownFunctionError } from './functions/runtime.ts';
import type { HttpRequest } from './http/event.ts';
import { gatewayAnswer, type HttpResponse } from './http/response.ts';
import { type LocalServer, listenLocally } from './http/server.ts';
import { HostError } from './lock.ts';

const ControlFileSchema = z.object({ url: z.url(), secret: z.string() });
const CommandSchema = z.object({ function: z.string(), event: z.unknown() });

/** How the commands under `infra/cli` reach the services of the running stack; they read it from the control file. */
export interface StackAccess {
  /** One address for all services of AWS. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** Outputs of the template by `<stack>.<output>`. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The API, with the token of an operator. */
  readonly api: { readonly url: string; readonly token: string };
}

const fileOf = (dataDir: string): string => join(dataDir, 'control.json');

/**
 * Lets other commands of this machine's user reach the running host. The way in is a file that only this user can read.
 */
export const startControl = async (
  dataDir: string,
  functions: FunctionRuntime,
  access: StackAccess,
  report: (problem: string) => void,
): Promise<LocalServer> => {
  const server = await listenLocally(0, report);
  const secret = randomBytes(32).toString('hex');
  server.serve((request) => command(request, secret, functions));
  writeFileSync(fileOf(dataDir), JSON.stringify({ url: server.url.origin, secret, access }), { mode: 0o600 });
  return {
    ...server,
    close: async () => {
      rmSync(fileOf(dataDir), { force: true });
      await server.close();
    },
  };
};

const command = async (request: HttpRequest, secret: string, functions: FunctionRuntime): Promise<HttpResponse> => {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${secret}`);
  if (given.byteLength !== wanted.byteLength || !timingSafeEqual(given, wanted))
    return gatewayAnswer(401, 'Unauthorized');
  const parsed = CommandSchema.parse(JSON.parse(request.body.toString()));
  try {
    const outcome = await functions.invoke(parsed.function, parsed.event);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(outcome)) };
  } catch (error) {
    if (error instanceof UnknownFunctionError) return gatewayAnswer(404, error.message);
    throw error;
  }
};

/**
 * Runs one function of the host that uses a data folder.
 * @throws {HostError} where no host runs there, or it has no such function.
 */
export const invokeRunning = async (
  dataDir: string,
  functionName: string,
  event: unknown,
): Promise<InvocationOutcome> => {
  const notRunning = `No host runs with the data folder ${dataDir}; start one with npm start, or name its folder with --data.`;
  if (!existsSync(fileOf(dataDir))) throw new HostError(notRunning);
  const { url, secret } = ControlFileSchema.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')));
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ function: functionName, event }),
  }).catch((cause: unknown) => {
    throw new HostError(notRunning, { cause });
  });
  const answer = (await response.json()) as InvocationOutcome | { readonly message: string };
  if ('message' in answer) throw new HostError(answer.message);
  return answer;
};
