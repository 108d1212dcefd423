import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnsupportedPolicyError } from '../../../../../infra/local/gate/errors.ts';
import { assumedRoleArn, authorize, compilePolicy, evaluate } from '../../../../../infra/local/gate/evaluate.ts';
import type {
  AccessDecision,
  GatePrincipal,
  PolicyStatement,
  RequestContext,
} from '../../../../../infra/local/gate/types.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Calls';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:dispatch';

const who = { roleArn: 'arn:aws:iam::000000000000:role/service/DispatchRole', functionName: 'dispatch-call' };
const allow = (
  Action: PolicyStatement['Action'],
  Resource: PolicyStatement['Resource'],
  more: Partial<PolicyStatement> = {},
): PolicyStatement => ({
  Effect: 'Allow',
  ...(Action === undefined ? {} : { Action }),
  ...(Resource === undefined ? {} : { Resource }),
  ...more,
});
const deny = (Action: string, Resource: string, more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});

const decide = (
  statements: readonly PolicyStatement[],
  action: string,
  resource: string,
  context: RequestContext = {},
): AccessDecision => evaluate(compilePolicy(statements, 'dispatch-call'), who, { action, resource, context });

describe('evaluate', () => {
  it('allows what one statement names', () => {
    const statements = [
      allow('sqs:SendMessage', QUEUE),
      allow(['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE, { Sid: 'Calls' }),
    ];

    const decision = decide(statements, 'dynamodb:PutItem', TABLE);

    expect(decision).toEqual({
      allowed: true,
      grants: [{ statement: 'Calls', action: 'dynamodb:PutItem', resource: TABLE }],
    });
  });

  it('denies by default, in the words of AWS', () => {
    const statements = [allow('dynamodb:GetItem', TABLE)];

    const decision = decide(statements, 'dynamodb:PutItem', TABLE);

    expect(decision).toEqual({
      allowed: false,
      reason: 'no-allow',
      message: `User: arn:aws:sts::000000000000:assumed-role/DispatchRole/dispatch-call is not authorized to perform: dynamodb:PutItem on resource: ${TABLE} because no identity-based policy allows the dynamodb:PutItem action`,
    });
  });

  it('denies another resource than the one that is named', () => {
    const decision = decide([allow('dynamodb:GetItem', TABLE)], 'dynamodb:GetItem', `${TABLE}2`);

    expect(decision.allowed).toBe(false);
  });

  it('lets an explicit deny win whatever the order', () => {
    const statements = [deny('dynamodb:Delete*', '*'), allow('dynamodb:*', TABLE)];

    const decisions = [statements, statements.toReversed()].map((list) => decide(list, 'dynamodb:DeleteItem', TABLE));

    expect(decisions).toMatchObject([
      { allowed: false, reason: 'explicit-deny' },
      { allowed: false, reason: 'explicit-deny' },
    ]);
  });

  it('takes no actions in any case, but resources exactly', () => {
    const statements = [allow('DynamoDB:getitem', TABLE)];

    const decisions = [
      decide(statements, 'dynamodb:GetItem', TABLE),
      decide(statements, 'dynamodb:GetItem', TABLE.toUpperCase()),
    ];

    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false]);
  });

  it('allows everything but what NotAction names', () => {
    const statements = [allow(undefined, TABLE, { NotAction: ['dynamodb:Delete*', 'dynamodb:PutItem'] })];

    const decisions = ['dynamodb:GetItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem'].map((action) =>
      decide(statements, action, TABLE),
    );

    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false, false]);
  });

  it('denies everywhere but where NotResource names', () => {
    const statements: readonly PolicyStatement[] = [
      allow('sqs:*', '*'),
      { Effect: 'Deny', Action: 'sqs:*', NotResource: QUEUE },
    ];

    const decisions = [QUEUE, `${QUEUE}-other`].map((resource) => decide(statements, 'sqs:SendMessage', resource));

    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false]);
  });

  it('names every grant that a request rests on', () => {
    const statements = [allow('dynamodb:*', [TABLE, '*']), allow('dynamodb:GetItem', TABLE, { Sid: 'Exact' })];

    const decision = decide(statements, 'dynamodb:GetItem', TABLE);

    expect(decision).toEqual({
      allowed: true,
      grants: [
        { statement: '#0', action: 'dynamodb:*', resource: TABLE },
        { statement: '#0', action: 'dynamodb:*', resource: '*' },
        { statement: 'Exact', action: 'dynamodb:GetItem', resource: TABLE },
      ],
    });
  });

  it('refuses everything to a role without statements', () => {
    const decision = decide([], 'sqs:SendMessage', QUEUE);

    expect(decision.allowed).toBe(false);
  });

  it('never allows an action that a deny covers, whatever is allowed besides', () => {
    const action = fc.constantFrom('dynamodb:GetItem', 'dynamodb:PutItem', 'sqs:SendMessage');
    const pattern = fc.constantFrom('*', 'dynamodb:*', 'dynamodb:GetItem', 'sqs:*', 'sqs:Send*');
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), pattern, action, fc.nat(5), (allowed, denied, wanted, place) => {
        const statements = allowed.map((text) => allow(text, '*'));
        const spared = !decide([allow(denied, '*')], wanted, QUEUE).allowed;

        const decision = decide(statements.toSpliced(place, 0, deny(denied, '*')), wanted, QUEUE);

        expect(decision.allowed).toBe(spared && decide(statements, wanted, QUEUE).allowed);
      }),
    );
  });
});

describe('conditions', () => {
  const passRole = (condition: PolicyStatement['Condition']): PolicyStatement =>
    allow('iam:PassRole', '*', { Condition: condition ?? {} });
  const decidePass = (condition: PolicyStatement['Condition'], context: RequestContext): boolean =>
    decide([passRole(condition)], 'iam:PassRole', 'arn:aws:iam::000000000000:role/R', context).allowed;
  const toScheduler = { 'iam:passedtoservice': ['scheduler.amazonaws.com'] };

  it.each<[string, PolicyStatement['Condition'], RequestContext, boolean]>([
    ['StringEquals holds', { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } }, toScheduler, true],
    [
      'StringEquals with one of several values',
      { StringEquals: { 'iam:PassedToService': ['a', 'scheduler.amazonaws.com'] } },
      toScheduler,
      true,
    ],
    ['StringEquals fails', { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, toScheduler, false],
    [
      'StringEquals on an absent key',
      { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      {},
      false,
    ],
    ['StringEqualsIfExists on an absent key', { StringEqualsIfExists: { 'iam:PassedToService': 'x' } }, {}, true],
    ['StringNotEquals on an absent key', { StringNotEquals: { 'iam:PassedToService': 'x' } }, {}, true],
    [
      'StringNotEquals with the value among several',
      { StringNotEquals: { 'iam:PassedToService': ['x', 'scheduler.amazonaws.com'] } },
      toScheduler,
      false,
    ],
    ['StringLike with a wildcard', { StringLike: { 'iam:PassedToService': '*.amazonaws.com' } }, toScheduler, true],
    [
      'StringEquals takes a wildcard literally',
      { StringEquals: { 'iam:PassedToService': '*.amazonaws.com' } },
      toScheduler,
      false,
    ],
    [
      'StringEqualsIgnoreCase',
      { StringEqualsIgnoreCase: { 'iam:PassedToService': 'Scheduler.AmazonAWS.com' } },
      toScheduler,
      true,
    ],
    ['ArnLike on the principal', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/service/*' } }, {}, true],
    [
      'ArnEquals on another principal',
      { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/Other' } },
      {},
      false,
    ],
    ['Bool holds', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:securetransport': ['true'] }, true],
    ['Bool fails', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:securetransport': ['true'] }, false],
    [
      'two operators must both hold',
      { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' }, Bool: { 'aws:SecureTransport': 'true' } },
      toScheduler,
      false,
    ],
  ])('%s', (_name, condition, context, expected) => {
    const allowed = decidePass(condition, context);

    expect(allowed).toBe(expected);
  });

  const leading = (values: RequestContext[string] | undefined): boolean =>
    decide(
      [
        allow('dynamodb:*', TABLE, {
          Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['A', 'B'] } },
        }),
      ],
      'dynamodb:GetItem',
      TABLE,
      values === undefined ? {} : { 'dynamodb:leadingkeys': values },
    ).allowed;

  it('ForAllValues holds when every value is listed', () => {
    const allowed = [leading(['A']), leading(['A', 'B']), leading(['A', 'C'])];

    expect(allowed).toEqual([true, true, false]);
  });

  it('ForAllValues holds for an absent key, as in IAM', () => {
    const allowed = leading(undefined);

    expect(allowed).toBe(true);
  });

  it('allows nothing on a value that the gate cannot tell', () => {
    const allowed = leading('unknown');

    expect(allowed).toBe(false);
  });

  it('denies on a value that the gate cannot tell', () => {
    const statements = [
      allow('dynamodb:*', TABLE),
      deny('dynamodb:*', TABLE, { Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:Attributes': ['secret'] } } }),
    ];

    const decisions = (['unknown', ['secret', 'a'], ['a']] as const).map((value) =>
      decide(statements, 'dynamodb:GetItem', TABLE, { 'dynamodb:attributes': value }),
    );

    expect(decisions.map(({ allowed }) => allowed)).toEqual([false, false, true]);
  });
});

describe('compilePolicy', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'an unknown operator',
      allow('s3:GetObject', '*', { Condition: { NumericLessThan: { 'aws:x': '1' } } }),
      /NumericLessThan/,
    ],
    [
      'an unknown key',
      allow('s3:GetObject', '*', { Condition: { StringEquals: { 'aws:SourceIp': '1' } } }),
      /aws:SourceIp/,
    ],
    [
      'an unknown prefix',
      allow('s3:GetObject', '*', { Condition: { 'ForSome:StringEquals': { 'aws:PrincipalArn': '1' } } }),
      /ForSome/,
    ],
    ['an unknown member', { ...allow('s3:GetObject', '*'), Principal: '*' }, /Principal/],
    ['another effect', { ...allow('s3:GetObject', '*'), Effect: 'Maybe' }, /Effect/],
    ['both Action and NotAction', allow('a:B', '*', { NotAction: 'a:C' }), /exactly one of Action/],
    ['no resource', allow('a:B', undefined), /exactly one of Resource/],
    ['an empty list', allow([], '*'), /empty list/],
    ['an unresolved intrinsic', allow('a:B', { 'Fn::GetAtt': ['T', 'Arn'] } as unknown as string), /Fn::GetAtt/],
  ])('refuses %s and says where', (_name, statement, message) => {
    const compile = (): unknown => compilePolicy([allow('a:B', '*'), statement as PolicyStatement], 'read-call');

    expect(compile).toThrow(UnsupportedPolicyError);
    expect(compile).toThrow(message);
    expect(compile).toThrow(/Policy of read-call, statement #1/);
  });

  it('lists the grants of Allow statements only', () => {
    const policy = compilePolicy([allow(['a:B', 'a:C'], ['r1', 'r2']), deny('a:*', '*')], 'x');

    expect(policy.grants).toEqual([
      { statement: '#0', action: 'a:B', resource: 'r1' },
      { statement: '#0', action: 'a:B', resource: 'r2' },
      { statement: '#0', action: 'a:C', resource: 'r1' },
      { statement: '#0', action: 'a:C', resource: 'r2' },
    ]);
  });
});

describe('authorize', () => {
  it('decides for a principal in process', () => {
    const principal: GatePrincipal = { accessKeyId: 'K', ...who, statements: [allow('sqs:ReceiveMessage', QUEUE)] };

    const decisions = [
      authorize(principal, 'sqs:ReceiveMessage', QUEUE),
      authorize(principal, 'sqs:DeleteMessage', QUEUE),
    ];

    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false]);
  });
});

describe('assumedRoleArn', () => {
  it('keeps the role name and drops its path', () => {
    const arn = assumedRoleArn('arn:aws-us-gov:iam::123456789012:role/a/b/Role', 'fn');

    expect(arn).toBe('arn:aws-us-gov:sts::123456789012:assumed-role/Role/fn');
  });
});
