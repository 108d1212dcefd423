import { randomUUID } from 'node:crypto';
import type {
  AttributeValue,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  CancellationReason,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  PutItemCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { JsonService, type JsonServiceModel, type JsonServiceOptions } from '../aws/json-service.ts';
import { AwsServiceError } from '../aws/service-error.ts';

export type { AttributeValue, BatchGetItemCommandOutput, TransactWriteItem } from '@aws-sdk/client-dynamodb';

const model: JsonServiceModel = {
  id: 'DynamoDB',
  signingName: 'dynamodb',
  targetPrefix: 'DynamoDB_20120810',
  jsonVersion: '1.0',
};

/** One operation with what it takes and gives: the SDK's command in name and shape. Binary values are not taken. */
abstract class Command<Input extends object, Output> {
  abstract readonly operation: string;
  readonly input: Input;
  /** Only a type: what the operation answers with. */
  declare readonly output: Omit<Output, '$metadata'>;

  constructor(input: Input) {
    this.input = input;
  }
}

export class GetItemCommand extends Command<GetItemCommandInput, GetItemCommandOutput> {
  readonly operation = 'GetItem';
}

export class BatchGetItemCommand extends Command<BatchGetItemCommandInput, BatchGetItemCommandOutput> {
  readonly operation = 'BatchGetItem';
}

export class PutItemCommand extends Command<PutItemCommandInput, PutItemCommandOutput> {
  readonly operation = 'PutItem';
}

export class QueryCommand extends Command<QueryCommandInput, QueryCommandOutput> {
  readonly operation = 'Query';
}

/** Carries a token of its own, so that an attempt whose answer was lost is not written twice. */
export class TransactWriteItemsCommand extends Command<
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput
> {
  readonly operation = 'TransactWriteItems';

  constructor(input: TransactWriteItemsCommandInput) {
    super({ ClientRequestToken: randomUUID(), ...input });
  }
}

/** The condition of a write did not hold. */
export class ConditionalCheckFailedException extends AwsServiceError {
  /** What stands there instead, where the write asked for it. */
  get Item(): Record<string, AttributeValue> | undefined {
    return this.answer['Item'] as Record<string, AttributeValue> | undefined;
  }
}

/** A transaction of which some write could not be made, so that none was. */
export class TransactionCanceledException extends AwsServiceError {
  /** One for each write, in their order. */
  get CancellationReasons(): readonly CancellationReason[] | undefined {
    return this.answer['CancellationReasons'] as readonly CancellationReason[] | undefined;
  }
}

const exceptions: Readonly<Record<string, typeof AwsServiceError>> = {
  ConditionalCheckFailedException,
  TransactionCanceledException,
};

/** DynamoDB as far as functions use it, used as the SDK's client is. */
export class DynamoDBClient {
  readonly #service: JsonService;

  /** @throws AwsEnvironmentError where an option is left out that the environment does not have */
  constructor(options: JsonServiceOptions = {}) {
    this.#service = new JsonService(model, options);
  }

  /** @throws AwsServiceError, AwsConnectionError */
  async send<Input extends object, Output>(command: Command<Input, Output>): Promise<Command<Input, Output>['output']> {
    try {
      return (await this.#service.call(command.operation, command.input)) as Command<Input, Output>['output'];
    } catch (error) {
      const Exception = error instanceof AwsServiceError && exceptions[error.name];
      throw Exception ? new Exception(error.statusCode, error.answer, error.requestId) : error;
    }
  }

  destroy(): void {
    this.#service.destroy();
  }
}
