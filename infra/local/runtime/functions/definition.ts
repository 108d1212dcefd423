import type { GatePrincipal } from '../../gate/types.ts';

/** A function of the template, ready to run. */
export interface FunctionDefinition {
  readonly name: string;
  /** Last part of the construct path, what people call the function: `request-call`. */
  readonly shortName: string;
  readonly arn: string;
  /** Folder of the bundle; the process runs in it. */
  readonly directory: string;
  /** `file.export`. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Processes at the same time, at most. 0 means that the function is switched off. */
  readonly concurrencyMax: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly principal: GatePrincipal;
  /** Queue for asynchronous events that failed for good. */
  readonly deadLetterArn?: string;
}
