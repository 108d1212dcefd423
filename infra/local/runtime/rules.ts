import type { FunctionInvoker } from '../contracts.ts';
import {
  type BusEvent,
  type EventBus,
  type EventBusOptions,
  startEventBus,
  UnsupportedPatternError,
} from '../services/event-bus.ts';
import { TemplateError } from '../template/errors.ts';
import type { Resource, TemplateModel } from '../template/model.ts';
import type { RolePrincipal } from '../template/principals.ts';
import { queueAdmits } from './resource-policy.ts';
import type { Callees, QueueMessage } from './callees.ts';

type Rule = Resource<'AWS::Events::Rule'>;
type Target = NonNullable<Rule['properties']['Targets']>[number];

export interface RulesOptions {
  readonly model: TemplateModel;
  readonly place: Pick<EventBusOptions, 'dataDir' | 'region' | 'accountId' | 'clock'>;
  readonly principals: readonly RolePrincipal[];
  readonly callees: Promise<Callees>;
  readonly send: (message: QueueMessage) => Promise<void>;
  readonly report: (problem: string) => void;
}

/** Starts the event bus with the rules of the template. @throws {TemplateError} for a pattern that the host cannot evaluate. */
export const startRules = async (options: RulesOptions): Promise<EventBus> => {
  const { model, place, report } = options;
  const rules = new Map(model.of('AWS::Events::Rule').map((rule) => [rule.ref, rule]));
  const deliverToAll = async (ruleName: string, event: BusEvent): Promise<void> => {
    const rule = rules.get(ruleName);
    for (const target of rule?.properties.Targets ?? []) {
      await deliver(rule as Rule, target, event, options).catch((error: unknown) => {
        report(
          `${ruleName} could not deliver to ${target.Arn}: ${error instanceof Error ? error.message : String(error)}`,
        );
        throw error;
      });
    }
  };
  try {
    return await startEventBus({
      ...place,
      busNames: model.of('AWS::Events::EventBus').map(({ ref }) => ref),
      rules: [...rules.values()].map(definitionOf),
      deliver: deliverToAll,
    });
  } catch (error) {
    if (error instanceof UnsupportedPatternError) throw new TemplateError(error.message, { cause: error });
    throw error;
  }
};

const definitionOf = ({ ref, properties }: Rule) => ({
  name: ref,
  pattern: properties.EventPattern,
  enabled: properties.State !== 'DISABLED',
  ...(properties.EventBusName === undefined
    ? {}
    : { busName: properties.EventBusName.slice(properties.EventBusName.lastIndexOf('/') + 1) }),
});

const deliver = async (rule: Rule, target: Target, event: BusEvent, options: RulesOptions): Promise<void> => {
  const { model, principals, callees, send } = options;
  const { functions } = await callees;
  const ruleArn = rule.attribute('Arn');
  const payload = target.Input ?? JSON.stringify(event);
  if (target.Arn.includes(':lambda:')) {
    mayInvoke(functions, target.Arn, ruleArn);
    await functions.invokeAsync(target.Arn, JSON.parse(payload));
    return;
  }
  const principal = principals.find(({ roleArn }) => roleArn === target.RoleArn);
  if (principal === undefined && !queueAdmits(model, target.Arn, 'events.amazonaws.com', ruleArn)) {
    throw new TemplateError('no policy of the queue lets EventBridge send to it.');
  }
  await send({
    queueArn: target.Arn,
    body: payload,
    accessKeyId: principal?.accessKeyId,
    groupId: target.SqsParameters?.MessageGroupId,
  });
};

const mayInvoke = (functions: FunctionInvoker, functionArn: string, ruleArn: string): void => {
  if (functions.isPermitted(functionArn, 'events.amazonaws.com', ruleArn)) return;
  throw new TemplateError('no AWS::Lambda::Permission lets EventBridge call the function.');
};
