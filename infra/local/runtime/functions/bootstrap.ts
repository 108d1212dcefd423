/**
 * Runs in a function's own process: loads the handler from the bundle and answers one event after the other, as the
 * Lambda runtime does. It imports nothing of the project, so that a function sees only what its bundle brings.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionError, InvokeMessage, ProcessMessage } from './messages.ts';

type Handler = (event: unknown, context: object) => unknown;

const send = (message: ProcessMessage): void => {
  process.send?.(message);
};

const describe = (error: unknown): FunctionError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const loadHandler = async (specification: string): Promise<Handler> => {
  const [module = '', name = ''] = specification.split('.');
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => join(process.cwd(), module + extension))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`Cannot find module '${module}' in the bundle.`);
  const exports: Record<string, unknown> = await import(pathToFileURL(file).href);
  const handler = exports[name];
  if (typeof handler !== 'function') throw new Error(`${specification} is undefined or not exported.`);
  return handler as Handler;
};

const contextOf = ({ requestId, deadlineMs }: InvokeMessage): object => ({
  awsRequestId: requestId,
  callbackWaitsForEmptyEventLoop: true,
  functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
  functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
  invokedFunctionArn: process.argv[3],
  memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
  logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
  logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

const serve = async (handler: Handler, message: InvokeMessage): Promise<void> => {
  try {
    const answer = await handler(message.event, contextOf(message));
    send({ kind: 'answered', id: message.id, payload: JSON.stringify(answer) ?? 'null' });
  } catch (error) {
    const description = describe(error);
    // Lambda logs what a handler throws, so the function's log holds it, too.
    console.error(JSON.stringify({ level: 'ERROR', requestId: message.requestId, ...description }));
    send({ kind: 'threw', id: message.id, error: description });
  }
};

// The channel closes when the host dies, however it dies; nobody would ever use this process again.
process.on('disconnect', () => process.exit(0));

try {
  const handler = await loadHandler(process.argv[2] ?? '');
  process.on('message', (message: InvokeMessage) => void serve(handler, message));
  send({ kind: 'ready' });
} catch (error) {
  console.error(error);
  send({ kind: 'init-failed', error: describe(error) });
  process.exitCode = 1;
  process.disconnect?.();
}
