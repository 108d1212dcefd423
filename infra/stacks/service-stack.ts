import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { webexApiUrl } from '../../src/settings/region.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { acknowledgeWildcard } from '../constructs/acknowledge.ts';
import { LedgerGrants } from '../constructs/ledger-grants.ts';
import { PublicApi } from '../constructs/public-api.ts';
import { receiveFrom } from '../constructs/queue-source.ts';
import { type Grant, RingbackFunction } from '../constructs/ringback-function.ts';
import { ServiceAlarms } from '../constructs/service-alarms.ts';
import { TableStream } from '../constructs/table-stream.ts';
import { CampaignFunctions } from './campaign-functions.ts';
import { addFormFunctions } from './form-functions.ts';
import { type DefineFunction, ListFunctions, type ListFunctionsProps } from './list-functions.ts';
import { addScheduleFunctions } from './schedule-functions.ts';
import { addScreenFunctions } from './screen-functions.ts';
import type { StatefulStack } from './stateful-stack.ts';
import { addTriggerFunctions } from './trigger-functions.ts';

export interface ServiceStackProps extends StackProps {
  readonly stateful: StatefulStack;
  readonly settings: Settings;
  /** Folder that holds one bundle folder a function. */
  readonly bundles: string;
}

/** What runs: the HTTP API, the functions, and what starts them. Holds no data, so it can be replaced at any time. */
export class ServiceStack extends Stack {
  readonly #props: ServiceStackProps;
  readonly #ledger: LedgerGrants;
  readonly #lists: ListFunctions;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    this.#props = props;
    this.#ledger = new LedgerGrants(props.stateful);
    const api = new PublicApi(this, 'Api', { settings: props.settings });

    const requestCall = this.#requestCall();
    api.route('POST /v1/callbacks', 'public', requestCall);
    const readCall = this.#readCall();
    api.route('GET /v1/callbacks/{id}', 'public', readCall);
    api.route('POST /v1/calls', 'operator', this.#requestOutdial());
    api.route('GET /v1/calls/{id}', 'operator', readCall);
    api.route('GET /v1/calls', 'operator', readCall);
    const withWebex: ListFunctionsProps['withWebex'] = {
      environment: this.#webexEnvironment(),
      readToken: (fn) => this.#readToken(fn),
    };
    const shared: ListFunctionsProps = { ...props, ledger: this.#ledger, define: this.#function, withWebex };
    this.#lists = new ListFunctions(this, shared);
    const suppressNumber = this.#lists.suppressNumber();
    api.route('PUT /v1/suppressions/{number}', 'operator', suppressNumber);
    api.route('GET /v1/suppressions/{number}', 'operator', suppressNumber);
    api.route('DELETE /v1/suppressions/{number}', 'operator', suppressNumber);
    api.route('POST /v1/suppressions/check', 'operator', suppressNumber);
    const banCalls = this.#lists.banCalls();
    api.route('PUT /v1/bans/{id}', 'operator', banCalls);
    api.route('GET /v1/bans/{id}', 'operator', banCalls);
    api.route('DELETE /v1/bans/{id}', 'operator', banCalls);
    api.route('GET /v1/bans', 'operator', banCalls);

    const authorizeWebex = this.#authorizeWebex();
    api.route('POST /v1/webex/authorize-link', 'operator', authorizeWebex);
    api.route('GET /oauth/authorize', 'public', authorizeWebex);
    api.route('GET /oauth/callback', 'public', authorizeWebex);

    addScreenFunctions({ api, stateful: props.stateful, define: this.#function, requestCall });
    const campaigns = new CampaignFunctions(this, { ...shared, api, lists: this.#lists });
    addScheduleFunctions(this, { ...shared, api });
    addFormFunctions({ api, ledger: this.#ledger, define: this.#function, withWebex });
    addTriggerFunctions(this, { ...props, api, ledger: this.#ledger, define: this.#function });

    this.#timeCall();
    this.#dispatchCall();
    this.#reconcileCalls();
    this.#rotateToken();
    new ServiceAlarms(this, 'Alarms', {
      deadLetters: props.stateful.deadLetters,
      settings: props.settings,
      splitPlansArn: campaigns.splitPlansArn,
      signInUrl: `${api.url}oauth/authorize`,
    });
  }

  readonly #function: DefineFunction = (name, props) => {
    const id = name.replace(/(^|-)([a-z])/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
    return new RingbackFunction(this, id, {
      ...props,
      environment: { ...this.#ledger.environment, ...props.environment },
      functionName: name,
      bundle: `${this.#props.bundles}/${name}`,
    });
  };

  #requestCall(): RingbackFunction {
    const fn = this.#function('request-call', {
      description: 'Takes a website form: checks it and writes the call.',
      memorySize: 1_024,
      environment: { SCREEN_SECRET_ARN: this.#props.stateful.screenSecret.secretArn },
    });
    this.#ledger.readFacts(fn);
    this.#ledger.readCall(fn);
    this.#ledger.acceptCall(fn);
    this.#ledger.keepPlaces(fn);
    this.#ledger.readLocks(fn);
    return fn;
  }

  #requestOutdial(): RingbackFunction {
    const fn = this.#function('request-outdial', {
      description: 'Takes a call that an operator or a trigger asks for: checks it and writes it.',
    });
    this.#ledger.readFacts(fn);
    this.#ledger.readCall(fn);
    this.#ledger.acceptCall(fn);
    return fn;
  }

  #readCall(): RingbackFunction {
    const fn = this.#function('read-call', { description: 'Tells a person or an operator about calls.' });
    this.#ledger.readCall(fn);
    this.#ledger.readRecord(fn);
    return fn;
  }

  #timeCall(): void {
    const { calls, dispatchQueue } = this.#props.stateful;
    const timers = new scheduler.CfnScheduleGroup(this, 'CallTimers');
    const timerRole = new iam.Role(this, 'CallTimerRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    timerRole.addToPolicy(
      new iam.PolicyStatement({
        sid: 'SendDueCall',
        actions: ['sqs:SendMessage'],
        resources: [dispatchQueue.queueArn],
      }),
    );

    const fn = this.#function('time-call', {
      description: 'Follows the table stream: gives each waiting call its timer or its place in the queue.',
      timeout: Duration.seconds(30),
      environment: {
        DISPATCH_QUEUE_URL: dispatchQueue.queueUrl,
        DISPATCH_QUEUE_ARN: dispatchQueue.queueArn,
        TIMER_GROUP: timers.ref,
        TIMER_ROLE_ARN: timerRole.roleArn,
      },
    });
    this.#ledger.moveCall(fn);
    fn.grant({ sid: 'QueueDueCall', actions: ['sqs:SendMessage'], resources: [dispatchQueue.queueArn] });
    const schedules = this.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${timers.ref}/*` });
    fn.grant({
      sid: 'SetTimers',
      actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      resources: [schedules],
    });
    fn.grant({ sid: 'PassTimerRole', actions: ['iam:PassRole'], resources: [timerRole.roleArn] });
    acknowledgeWildcard(
      fn,
      `Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${this.getLogicalId(timers)}>/*`,
      'One timer a call in a group of its own: the names are call ids.',
    );
    new TableStream(this, 'CallStream', { table: calls, target: fn, sortKey: 'CALL' });
  }

  #dispatchCall(): void {
    const { dispatchQueue, registry } = this.#props.stateful;
    const fn = this.#function('dispatch-call', {
      description: 'Weighs the policy again and has Webex place a call that is due.',
      timeout: Duration.seconds(30),
      environment: {
        ...this.#webexEnvironment(),
        REGISTRY_BUCKET: registry.bucket.bucketName,
        REGISTRY_PREFIX: registry.copiesPrefix,
      },
    });
    this.#ledger.readCall(fn);
    this.#ledger.readFacts(fn);
    this.#ledger.changeCall(fn);
    this.#ledger.countAttempts(fn);
    this.#ledger.checkSuppressed(fn);
    this.#lists.readRegistry(fn);
    this.#readToken(fn);
    receiveFrom(this, 'DueCalls', {
      fn,
      queue: dispatchQueue,
      sid: 'ReceiveDueCalls',
      batchSize: 5,
      maxConcurrency: 10,
    });
  }

  #reconcileCalls(): void {
    const { dispatchQueue } = this.#props.stateful;
    const fn = this.#function('reconcile-calls', {
      description:
        'Moves on calls that nothing has moved: lost timers, dead workers, unanswered requests, missing outcomes.',
      timeout: Duration.seconds(55),
      reservedConcurrentExecutions: 1,
      environment: { ...this.#webexEnvironment(), DISPATCH_QUEUE_URL: dispatchQueue.queueUrl },
    });
    this.#ledger.findDue(fn);
    this.#ledger.readCall(fn);
    this.#ledger.changeCall(fn);
    this.#ledger.countAttempts(fn);
    this.#readToken(fn);
    fn.grant({
      sid: 'QueueDueCall',
      actions: ['sqs:SendMessage'],
      resources: [dispatchQueue.queueArn],
      rarelyUsedBecause: 'Only for a call whose timer or message was lost.',
    });
    const role = new iam.Role(this, 'SweepRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'StartSweep',
        actions: ['lambda:InvokeFunction'],
        resources: [fn.lambda.functionArn],
      }),
    );
    new scheduler.CfnSchedule(this, 'Sweep', {
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: fn.lambda.functionArn, roleArn: role.roleArn, retryPolicy: { maximumRetryAttempts: 0 } },
    });
  }

  /** Signs an administrator in to Webex: what the routes for browsers do needs a link that only operators get. */
  #authorizeWebex(): RingbackFunction {
    const fn = this.#function('authorize-webex', {
      description: 'Signs an administrator in to Webex and stores the first tokens.',
      timeout: Duration.seconds(29),
      environment: this.#webexEnvironment(),
    });
    this.#ledger.keepSignIns(fn);
    this.#ledger.useBudget(fn, this.#props.settings.organization.id);
    this.#keepTokens(fn, 'Only where a rotation has failed and left its version pending.');
    return fn;
  }

  #rotateToken(): void {
    const { webexSecret } = this.#props.stateful;
    const fn = this.#function('rotate-token', {
      description: 'Renews the Webex tokens: the four steps of a Secrets Manager rotation.',
      // Webex has 20 s to answer, and then the answer must still be stored; two steps at once could spend the token twice.
      timeout: Duration.seconds(60),
      reservedConcurrentExecutions: 1,
      environment: this.#webexEnvironment(),
    });
    this.#keepTokens(fn);
    this.#ledger.useBudget(fn, this.#props.settings.organization.id);
    const permission = new lambda.CfnPermission(this, 'SecretsManagerMayRotate', {
      action: 'lambda:InvokeFunction',
      functionName: fn.lambda.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: this.account,
    });
    const schedule = new secretsmanager.CfnRotationSchedule(this, 'TokenRotation', {
      secretId: webexSecret.secretArn,
      rotationLambdaArn: fn.lambda.functionArn,
      rotationRules: { scheduleExpression: `rate(${this.#props.settings.webex.rotationHours} hours)` },
      // The first sign-in fills the secret; before it there is nothing to renew.
      rotateImmediatelyOnUpdate: false,
    });
    schedule.addResourceDependency(permission);
  }

  /** @param stagesRarelyMovedBecause where a test run may never see the function move a version's stage. */
  #keepTokens(fn: RingbackFunction, stagesRarelyMovedBecause?: string): void {
    const resources = [this.#props.stateful.webexSecret.secretArn];
    fn.grant({
      sid: 'KeepTokens',
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
      resources,
    });
    fn.grant({
      sid: 'MoveStages',
      actions: ['secretsmanager:UpdateSecretVersionStage'],
      resources,
      ...(stagesRarelyMovedBecause && { rarelyUsedBecause: stagesRarelyMovedBecause }),
    });
  }

  /** Everything that a function needs that sends requests to Webex. */
  #readToken(fn: RingbackFunction): void {
    const { secretArn } = this.#props.stateful.webexSecret;
    const after401: Grant = {
      sid: 'RenewToken',
      actions: ['secretsmanager:RotateSecret'],
      resources: [secretArn],
      rarelyUsedBecause: 'Only after Webex answers 401 to the current token.',
    };
    fn.grant({ sid: 'ReadToken', actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] });
    fn.grant(after401);
    this.#ledger.useBudget(fn, this.#props.settings.organization.id);
  }

  #webexEnvironment(): Record<string, string> {
    const { settings, stateful } = this.#props;
    return {
      WEBEX_SECRET_ARN: stateful.webexSecret.secretArn,
      WEBEX_API_URL: webexApiUrl(settings.webex),
      WEBEX_TOKEN_URL: settings.webex.tokenUrl,
      WEBEX_ORGANIZATION_ID: settings.organization.id,
    };
  }
}
