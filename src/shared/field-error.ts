/** What is wrong with one field of a request: one sentence. */
export interface FieldError {
  /** JSON pointer into the request body (RFC 6901). */
  readonly pointer: string;
  readonly detail: string;
}
