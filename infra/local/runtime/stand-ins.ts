import { join } from 'node:path';
import type { Clock } from '../../../src/shared/clock.ts';
import type { InvocationOutcome } from '../contracts.ts';
import type { ServiceName } from '../gate/types.ts';
import { type DeliverSchedule, startScheduler } from '../services/scheduler.ts';
import { startSecretsManager } from '../services/secrets-manager.ts';
import { TemplateError } from '../template/errors.ts';
import type { TemplateModel } from '../template/model.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../template/names.ts';
import type { RolePrincipal } from '../template/principals.ts';
import { callAws } from './aws-client.ts';
import { provisionSchedules } from './provision/schedules.ts';
import { provisionSecrets, type SecretsProvision } from './provision/secrets.ts';
import type { Callees, QueueMessage } from './callees.ts';
import { startRules } from './rules.ts';
import { startStateMachines } from './state-machines.ts';
import { startS3Front } from './s3/front.ts';
import { checkNotificationRules, notificationRulesOf } from './s3/notification-rules.ts';

export interface StandInsOptions {
  readonly model: TemplateModel;
  readonly dataDir: string;
  readonly principals: readonly RolePrincipal[];
  readonly adminKey: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Where the engine of S3 listens. */
  readonly s3Engine: URL;
  readonly report: (problem: string) => void;
}

/** The services of AWS that the host stands in for. */
export interface StandIns {
  readonly endpoints: Partial<Record<ServiceName, URL>>;
  secretArn(secretId: string): string | undefined;
  /** Makes what the template declares in them; from now on they may call functions. */
  provision(callees: Callees, secrets: Omit<SecretsProvision, 'model' | 'secrets' | 'adminKey'>): Promise<void>;
  close(): Promise<void>;
}

/** Starts the stand-ins with the state that the data folder holds. What is due already waits for {@link StandIns.provision}. */
export const startStandIns = async (options: StandInsOptions): Promise<StandIns> => {
  const { model, adminKey, clock, principals, report } = options;
  const dataDir = join(options.dataDir, 'engines');
  const { promise: callees, resolve: connect, reject: giveUp } = Promise.withResolvers<Callees>();
  // Nobody may be waiting when the host stops before it was ready.
  callees.catch(() => undefined);
  const send = sender(model, callees, adminKey);
  const place = { dataDir, region: LOCAL_REGION, accountId: LOCAL_ACCOUNT, clock };
  const secrets = await startSecretsManager({
    ...place,
    invokeRotation: async (functionArn, event) => {
      const { functions } = await callees;
      if (!functions.isPermitted(functionArn, 'secretsmanager.amazonaws.com', event.SecretId)) {
        throw new Error(`No AWS::Lambda::Permission lets Secrets Manager call ${functionArn}.`);
      }
      failUnlessAnswered(await functions.invoke(functionArn, event));
    },
    onRotation: (outcome) => {
      if (outcome.outcome === 'failed') report(`The rotation of ${outcome.arn} failed: ${outcome.reason}`);
    },
  });
  const scheduler = await startScheduler({ ...place, deliver: deliverUnderRole(principals, callees, send, report) });
  const bus = await startRules({ model, place, principals, callees, send, report });
  const states = await startStateMachines({ model, dataDir, clock, principals, callees, report });
  const notificationRules = notificationRulesOf(model);
  const s3 = await startS3Front({
    engine: options.s3Engine,
    rules: notificationRules,
    notify: async (target, message) => {
      if ('queueArn' in target) await send({ queueArn: target.queueArn, body: JSON.stringify(message) });
      else await (await callees).functions.invokeAsync(target.functionArn, message);
    },
    report,
  });
  return {
    endpoints: {
      secretsmanager: secrets.url,
      scheduler: scheduler.url,
      events: bus.url,
      s3: s3.url,
      states: states.url,
    },
    secretArn: (secretId) => secrets.arnOf(secretId),
    provision: async (started, secretsProvision) => {
      checkNotificationRules(notificationRules, model, started.functions);
      await provisionSecrets({ ...secretsProvision, adminKey, model, secrets });
      provisionSchedules(model, scheduler);
      connect(started);
      states.resume();
    },
    close: async () => {
      giveUp(new Error('The host is stopping.'));
      await Promise.all([secrets.close(), scheduler.close(), bus.close(), s3.close(), states.close()]);
    },
  };
};

const sender =
  (model: TemplateModel, callees: Promise<Callees>, adminKey: string) =>
  async ({ queueArn, body, accessKeyId, groupId, attributes = {} }: QueueMessage): Promise<void> => {
    const queue = model.of('AWS::SQS::Queue').find((candidate) => candidate.attribute('Arn') === queueArn);
    if (queue === undefined) throw new TemplateError(`The queue ${queueArn} is not in the template.`);
    const named = Object.entries(attributes).map(
      ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
    );
    await callAws((await callees).gate.url, accessKeyId ?? adminKey, 'sqs', 'SendMessage', {
      QueueUrl: queue.ref,
      MessageBody: body,
      ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
      ...(named.length === 0 ? {} : { MessageAttributes: Object.fromEntries(named) }),
    });
  };

/** Scheduler acts under the role that the schedule names, so the gate decides whether the delivery may happen. */
const deliverUnderRole =
  (
    principals: readonly RolePrincipal[],
    callees: Promise<Callees>,
    send: (message: QueueMessage) => Promise<void>,
    report: (problem: string) => void,
  ): DeliverSchedule =>
  async (target, payload, context) => {
    try {
      const principal = principals.find(({ roleArn }) => roleArn === target.RoleArn);
      if (principal === undefined) throw new TemplateError(`The role ${target.RoleArn} is not in the template.`);
      if (target.Arn.includes(':lambda:')) {
        const { functions, gate } = await callees;
        const decision = gate.authorize(principal.functionName, 'lambda:InvokeFunction', target.Arn);
        if (!decision.allowed) throw new Error(decision.message);
        await functions.invokeAsync(target.Arn, JSON.parse(payload));
        return;
      }
      await send({
        queueArn: target.Arn,
        body: payload,
        accessKeyId: principal.accessKeyId,
        groupId: target.SqsParameters?.MessageGroupId,
        attributes: context.deadLetterAttributes,
      });
    } catch (error) {
      report(
        `${context.scheduleArn} could not deliver to ${target.Arn}: ${error instanceof Error ? error.message : String(error)}`,
      );
      throw error;
    }
  };

const failUnlessAnswered = (outcome: InvocationOutcome): void => {
  if (outcome.outcome !== 'answered') throw new Error(outcome.errorMessage);
};
