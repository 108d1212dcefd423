import { CfnOutput, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { outboundRequestedType } from '../../events/outbound-requested/schema.ts';
import { deliveriesMax } from '../../src/destinations/deliver-event.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { batchRestMs } from '../../src/triggers/batches/limits.ts';

export interface IntegrationsProps {
  readonly settings: Pick<Settings, 'triggers' | 'events'>;
  readonly bus: events.IEventBus;
  readonly deadLetters: sqs.IQueue;
}

/** A queue of events on their way to another system, and the secret that they are signed with. */
export interface DestinationResources {
  readonly queue: sqs.Queue;
  readonly secret: secretsmanager.Secret;
}

/** Time limits of the functions behind the queues. */
/** Whoever adds a contact ends after half of the time for which its batch is left alone. */
export const takeTriggerTimeLimit = Duration.millis(batchRestMs / 2);
export const takeRequestTimeLimit = Duration.seconds(20);
export const gatherContactsTimeLimit = Duration.seconds(60);
export const deliverEventTimeLimit = Duration.seconds(30);

/** How often an event that asks for a call, or a batch of contacts, is received before it is a dead letter. */
const requestReceivesMax = 5;

/** What connects other systems: secrets of who signs, requests from the bus, events on their way out. Holds what must survive. */
export class Integrations extends Construct {
  readonly triggerSecrets: ReadonlyMap<string, secretsmanager.Secret>;
  readonly requests: sqs.Queue;
  /** Contacts that triggers asked for, a message for each batch. */
  readonly batches: sqs.Queue;
  readonly destinations: ReadonlyMap<string, DestinationResources>;

  constructor(scope: Construct, id: string, { settings, bus, deadLetters }: IntegrationsProps) {
    super(scope, id);
    this.triggerSecrets = new Map(
      Object.keys(settings.triggers.sources).map((name) => [
        name,
        this.#secret(`TriggerSecret${pascal(name)}`, `What the trigger source ${name} signs with.`),
      ]),
    );
    this.requests = this.#queue('Requests', takeRequestTimeLimit, {
      queue: deadLetters,
      maxReceiveCount: requestReceivesMax,
    });
    this.batches = this.#queue('Batches', gatherContactsTimeLimit, {
      queue: deadLetters,
      maxReceiveCount: requestReceivesMax,
    });
    this.#rule('RequestRule', bus, { detailType: [outboundRequestedType] }, this.requests, deadLetters);
    this.destinations = new Map(
      Object.entries(settings.events.destinations).map(([name, { types }]) => {
        const secret = this.#secret(`DestinationSecret${pascal(name)}`, `What events to ${name} are signed with.`);
        const queue = this.#queue(`Destination${pascal(name)}`, deliverEventTimeLimit, {
          queue: deadLetters,
          maxReceiveCount: deliveriesMax,
        });
        this.#rule(`Rule${pascal(name)}`, bus, { source: ['ringback'], detailType: [...types] }, queue, deadLetters);
        return [name, { queue, secret }];
      }),
    );
  }

  /** Letters and digits, 44 of them: 33 bytes for those who take a secret as base64, and long enough for everybody else. */
  #secret(id: string, description: string): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, id, {
      description: `${description} {"current": "…", "previous": "…"}; both are good while the other side changes over.`,
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        passwordLength: 44,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'The other side must change its copy at the same time, so operators change it, with the one before still good.',
    });
    new CfnOutput(this, `${id}Arn`, { value: secret.secretArn }).overrideLogicalId(id);
    return secret;
  }

  #queue(id: string, timeLimit: Duration, deadLetterQueue: sqs.DeadLetterQueue): sqs.Queue {
    return new sqs.Queue(this, id, {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the function's time limit, as Lambda recommends for queues that feed functions.
      visibilityTimeout: Duration.seconds(6 * timeLimit.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue,
    });
  }

  #rule(
    id: string,
    eventBus: events.IEventBus,
    eventPattern: events.EventPattern,
    queue: sqs.Queue,
    deadLetters: sqs.IQueue,
  ): void {
    const target = new SqsQueue(queue, {
      deadLetterQueue: deadLetters,
      maxEventAge: Duration.hours(24),
      retryAttempts: 185,
    });
    new events.Rule(this, id, { eventBus, eventPattern, targets: [target] });
  }
}

const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z0-9])/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
