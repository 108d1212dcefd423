import { UnsupportedRequestError } from '../errors.ts';
import type { AccessRequest } from '../types.ts';
import { type ParsedRequest, stringMember } from './context.ts';

/** The operations of Step Functions, with the member that names their resource. */
const OPERATIONS: Readonly<Record<string, string>> = {
  StartExecution: 'stateMachineArn',
  DescribeExecution: 'executionArn',
};

/** What a request to Step Functions wants. */
export const readStatesRequest = ({ operation, body }: ParsedRequest): readonly AccessRequest[] => {
  const named = OPERATIONS[operation];
  if (named === undefined) {
    throw new UnsupportedRequestError(`The gate does not know the Step Functions operation "${operation}".`);
  }
  return [{ action: `states:${operation}`, resource: stringMember(body, named) ?? '' }];
};
