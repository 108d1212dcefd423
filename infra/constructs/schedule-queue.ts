import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** A run lists at most 10,000 files and starts at most 20 uploads. */
export const runTimeLimit = Duration.seconds(60);

/** A run that is given up is told by the next one of its schedule, which goes on with its files. */
const receivesMax = 5;

/** The queue of runs of campaigns' schedules. */
export const scheduleQueue = (scope: Construct, id: string, deadLetters: sqs.IQueue): sqs.Queue =>
  new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // Six times the function's time limit, as Lambda recommends for queues that feed functions.
    visibilityTimeout: Duration.seconds(runTimeLimit.toSeconds() * 6),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: receivesMax },
  });
