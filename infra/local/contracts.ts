/** How an invocation ended. `error` is what the function threw, `crashed` and `timed-out` what the host saw instead. */
export type InvocationOutcome =
  | { readonly outcome: 'answered'; readonly payload: unknown }
  | {
      readonly outcome: 'error';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: readonly string[];
    }
  | { readonly outcome: 'timed-out'; readonly errorMessage: string }
  | { readonly outcome: 'crashed'; readonly errorMessage: string }
  /** Reserved concurrency or the queue of waiting events is used up; safe to send again later. */
  | { readonly outcome: 'throttled'; readonly errorMessage: string };

/** Runs functions for the stand-ins (rotation, schedules, bus rules) and the control socket. */
export interface FunctionInvoker {
  /** Waits for the answer. Rejects only for a function that the template does not have. */
  invoke(functionArnOrName: string, event: unknown): Promise<InvocationOutcome>;
  /** Accepts the event, retries it as Lambda does for asynchronous events, and sends what fails to the function's destination. */
  invokeAsync(functionArnOrName: string, event: unknown): Promise<void>;
  /** Whether the function's resource policy (AWS::Lambda::Permission) lets this service call it for this source. */
  isPermitted(functionArnOrName: string, servicePrincipal: string, sourceArn?: string): boolean;
}
