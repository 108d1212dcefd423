import type { Clock } from '../../../src/shared/clock.ts';
import type { InvocationOutcome } from '../contracts.ts';
import type { Gate } from '../gate/index.ts';
import {
  type StateMachine,
  StateError,
  StatesDefinitionError,
  type StepFunctions,
  readDefinition,
  startStepFunctions,
} from '../services/step-functions.ts';
import { TemplateError } from '../template/errors.ts';
import type { Resource, TemplateModel } from '../template/model.ts';
import type { RolePrincipal } from '../template/principals.ts';
import { getObject } from './aws-client.ts';
import type { Callees } from './callees.ts';

export interface StateMachinesOptions {
  readonly model: TemplateModel;
  readonly dataDir: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly principals: readonly RolePrincipal[];
  readonly callees: Promise<Callees>;
  readonly report: (problem: string) => void;
}

/** Starts Step Functions with the state machines of the template. @throws {TemplateError} for a state that it cannot run. */
export const startStateMachines = (options: StateMachinesOptions): Promise<StepFunctions> => {
  const { model, dataDir, clock, report } = options;
  const machines = model.of('AWS::StepFunctions::StateMachine').map((machine) => machineOf(machine, options));
  return startStepFunctions({ dataDir, machines, clock, onProblem: report });
};

function machineOf(
  machine: Resource<'AWS::StepFunctions::StateMachine'>,
  { principals, callees }: StateMachinesOptions,
): StateMachine {
  const { RoleArn, DefinitionString } = machine.properties;
  const arn = machine.attribute('Arn');
  const principal = principals.find(({ roleArn }) => roleArn === RoleArn);
  if (principal === undefined) throw new TemplateError(`${machine.path}: its role ${RoleArn} is not in the template.`);
  let started: Callees | undefined;
  const demand = (gate: Gate, action: string, resource: string): void => {
    const decision = gate.authorize(principal.functionName, action, resource);
    if (!decision.allowed) throw new StateError('States.Permissions', decision.message);
  };
  return {
    arn,
    definition: definitionOf(machine.path, DefinitionString),
    actions: {
      invoke: async (functionArn, payload) => {
        started = await callees;
        demand(started.gate, 'lambda:InvokeFunction', functionArn);
        return answerOf(await started.functions.invoke(functionArn, payload));
      },
      readObject: async (bucket, key) => {
        started = await callees;
        return getObject(started.gate.url, principal.accessKeyId, bucket, key);
      },
      // Who reads the items first has been given what is called.
      beginMap: () => started && demand(started.gate, 'states:StartExecution', arn),
    },
  };
}

function definitionOf(path: string, text: string): StateMachine['definition'] {
  try {
    return readDefinition(text);
  } catch (error) {
    if (error instanceof StatesDefinitionError) throw new TemplateError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The names that Step Functions gives to errors of functions (Step Functions user guide, "Error names"). */
function answerOf(outcome: InvocationOutcome): unknown {
  switch (outcome.outcome) {
    case 'answered':
      return outcome.payload;
    case 'error':
      throw new StateError(outcome.errorType, outcome.errorMessage);
    case 'timed-out':
      throw new StateError('Sandbox.Timedout', outcome.errorMessage);
    case 'crashed':
      throw new StateError('Lambda.Unknown', outcome.errorMessage);
    case 'throttled':
      throw new StateError('Lambda.TooManyRequestsException', outcome.errorMessage);
  }
}
