import type { HostOptions } from '../../infra/local/host.ts';

/** Name of the queue that hears. */
export const heardQueue = 'heard';

/** Adds a queue to the stack that hears what its bus is told of these types. */
export const hearing =
  (...types: readonly string[]): NonNullable<HostOptions['transformTemplate']> =>
  (stackName, template) => {
    if (stackName !== 'RingbackStateful') return template;
    const bus = Object.keys(template.Resources ?? {}).find(
      (id) => template.Resources?.[id]?.Type === 'AWS::Events::EventBus',
    );
    const arn = { 'Fn::GetAtt': ['Heard', 'Arn'] };
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
    };
    const resources = {
      Heard: { Type: 'AWS::SQS::Queue', Properties: { QueueName: heardQueue } },
      HeardPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Heard' }], PolicyDocument: { Statement: [statement] } },
      },
      HeardRule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: { Ref: bus },
          EventPattern: { source: ['ringback'], 'detail-type': types },
          Targets: [{ Id: 'heard', Arn: arn }],
        },
      },
    };
    return { ...template, Resources: { ...template.Resources, ...resources } };
  };
