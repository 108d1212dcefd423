/** An answer that is an error, by AWS's own name for it, such as `ConditionalCheckFailedException`. */
export class AwsServiceError extends Error {
  override readonly name: string;
  readonly statusCode: number;
  readonly requestId: string | undefined;
  /** The answer as it came: some errors tell more, such as why a transaction was cancelled. */
  readonly answer: Readonly<Record<string, unknown>>;

  constructor(statusCode: number, answer: Readonly<Record<string, unknown>>, requestId: string | undefined) {
    super(String(answer['message'] ?? answer['Message'] ?? `The service answered ${statusCode}.`));
    this.name = nameIn(answer) ?? `Http${statusCode}`;
    this.statusCode = statusCode;
    this.answer = answer;
    this.requestId = requestId;
  }
}

/** No answer: the connection failed, or took too long. What was asked may have been done. */
export class AwsConnectionError extends Error {
  override readonly name = 'AwsConnectionError';
  readonly code = 'aws-no-answer';
}

/** `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException` or the name alone. */
const nameIn = ({ __type: type }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof type === 'string' ? type.slice(type.lastIndexOf('#') + 1) : undefined;

/** Names that say "not now": nothing was done. AWS SDKs and Tools reference, retry behavior. */
const throttled: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottledException',
  'ThrottledException',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** Whether the same request may succeed when it is sent again. */
export const isTransient = (error: unknown): boolean =>
  error instanceof AwsConnectionError ||
  (error instanceof AwsServiceError &&
    (error.statusCode >= 500 || error.statusCode === 429 || throttled.has(error.name)));
