import type { FunctionInvoker } from '../contracts.ts';
import type { Gate } from '../gate/index.ts';

/** What stand-ins call, which is started after them. */
export interface Callees {
  readonly functions: FunctionInvoker;
  readonly gate: Gate;
}

/** A message that a service sends: under a role's key, or as itself where a resource policy admits it. */
export interface QueueMessage {
  readonly queueArn: string;
  readonly body: string;
  readonly accessKeyId?: string | undefined;
  readonly groupId?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}
