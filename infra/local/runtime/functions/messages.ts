/** What the host sends to a function's process. */
export interface InvokeMessage {
  readonly id: number;
  readonly requestId: string;
  readonly event: unknown;
  /** When the function's time is over, as epoch milliseconds. */
  readonly deadlineMs: number;
}

/** What a function threw, as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What a function's process sends to the host. `payload` is JSON text. */
export type ProcessMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  | { readonly kind: 'answered'; readonly id: number; readonly payload: string }
  | { readonly kind: 'threw'; readonly id: number; readonly error: FunctionError };
