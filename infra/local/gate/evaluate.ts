import { compileConditions, type ConditionCheck } from './conditions.ts';
import { UnsupportedPolicyError } from './errors.ts';
import { arnMatcher, type Matcher, stringMatcher } from './patterns.ts';
import type { AccessDecision, AccessRequest, GatePrincipal, Grant, PolicyStatement } from './types.ts';

interface Pattern {
  readonly text: string;
  readonly matches: Matcher;
}

interface CompiledStatement {
  readonly id: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
  readonly condition: ConditionCheck | undefined;
}

/** A role's policy, checked and ready to be asked. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  /** Every action and resource that an Allow statement names, in the order of the policy. */
  readonly grants: readonly Grant[];
}

const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

const patternsOf = (
  statement: PolicyStatement,
  member: 'Action' | 'Resource',
  where: string,
  toMatcher: (text: string) => Matcher,
): readonly Pattern[] => {
  const wanted: unknown = statement[member];
  const excluded: unknown = statement[`Not${member}`];
  if ((wanted === undefined) === (excluded === undefined)) {
    throw new UnsupportedPolicyError(`${where}: give exactly one of ${member} and Not${member}.`);
  }
  const value = wanted ?? excluded;
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0) {
    throw new UnsupportedPolicyError(`${where}: ${member} is an empty list.`);
  }
  const patterns = texts.map((text): Pattern => {
    if (typeof text !== 'string' || text === '') {
      throw new UnsupportedPolicyError(
        `${where}: ${member} holds ${JSON.stringify(text)} where a string was expected.`,
      );
    }
    return { text, matches: toMatcher(text) };
  });
  if (wanted !== undefined) {
    return patterns;
  }
  return [
    {
      text: `not ${patterns.map((pattern) => pattern.text).join(', ')}`,
      matches: (candidate) => !patterns.some((pattern) => pattern.matches(candidate)),
    },
  ];
};

const compileStatement = (statement: PolicyStatement, index: number, owner: string): CompiledStatement => {
  const id = statement.Sid !== undefined && statement.Sid !== '' ? statement.Sid : `#${index}`;
  const where = `Policy of ${owner}, statement ${id}`;
  const unknown = Object.keys(statement).find((member) => !KNOWN_MEMBERS.has(member));
  if (unknown !== undefined) {
    throw new UnsupportedPolicyError(`${where}: the member "${unknown}" is not supported in a role's policy.`);
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new UnsupportedPolicyError(
      `${where}: Effect is ${JSON.stringify(statement.Effect)}; it must be Allow or Deny.`,
    );
  }
  return {
    id,
    effect: statement.Effect,
    actions: patternsOf(statement, 'Action', where, (text) => stringMatcher(text, { ignoreCase: true })),
    resources: patternsOf(statement, 'Resource', where, arnMatcher),
    condition: statement.Condition === undefined ? undefined : compileConditions(statement.Condition, where),
  };
};

/**
 * Checks and compiles a role's policy. `owner` names it in error messages.
 *
 * @throws UnsupportedPolicyError when a statement holds anything that could not be evaluated exactly.
 */
export const compilePolicy = (statements: readonly PolicyStatement[], owner: string): CompiledPolicy => {
  const compiled = statements.map((statement, index) => compileStatement(statement, index, owner));
  const grants = compiled
    .filter((statement) => statement.effect === 'Allow')
    .flatMap((statement) =>
      statement.actions.flatMap((action) =>
        statement.resources.map((resource) => ({
          statement: statement.id,
          action: action.text,
          resource: resource.text,
        })),
      ),
    );
  return { statements: compiled, grants };
};

const matching = (patterns: readonly Pattern[], value: string): readonly Pattern[] =>
  patterns.filter((pattern) => pattern.matches(value));

/** The caller as AWS names it in a refusal, from the role's ARN. */
export const assumedRoleArn = (roleArn: string, sessionName: string): string => {
  const [, partition = 'aws', , , account = ''] = roleArn.split(':');
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  return `arn:${partition}:sts::${account}:assumed-role/${roleName}/${sessionName}`;
};

const denialMessage = (
  principal: Pick<GatePrincipal, 'roleArn' | 'functionName'>,
  request: AccessRequest,
  because: string,
): string =>
  `User: ${assumedRoleArn(principal.roleArn, principal.functionName)} is not authorized to perform: ${request.action} on resource: ${request.resource} ${because}`;

/**
 * Decides one wanted action by IAM's rules: an explicit Deny wins, then any Allow, else no. A condition whose value
 * cannot be told never supports an Allow and always supports a Deny.
 */
export const evaluate = (
  policy: CompiledPolicy,
  principal: Pick<GatePrincipal, 'roleArn' | 'functionName'>,
  request: AccessRequest,
): AccessDecision => {
  const context = { 'aws:principalarn': [principal.roleArn], ...request.context };
  const grants: Grant[] = [];
  for (const statement of policy.statements) {
    const actions = matching(statement.actions, request.action);
    const resources = actions.length === 0 ? [] : matching(statement.resources, request.resource);
    if (resources.length === 0) {
      continue;
    }
    const outcome = statement.condition?.(context) ?? 'met';
    if (statement.effect === 'Deny') {
      if (outcome !== 'not-met') {
        const because = 'with an explicit deny in an identity-based policy';
        return { allowed: false, reason: 'explicit-deny', message: denialMessage(principal, request, because) };
      }
    } else if (outcome === 'met') {
      for (const action of actions) {
        for (const resource of resources) {
          grants.push({ statement: statement.id, action: action.text, resource: resource.text });
        }
      }
    }
  }
  if (grants.length > 0) {
    return { allowed: true, grants };
  }
  const because = `because no identity-based policy allows the ${request.action} action`;
  return { allowed: false, reason: 'no-allow', message: denialMessage(principal, request, because) };
};

/** Decides one action of a principal in process, for event sources and the Scheduler; nothing is recorded. */
export const authorize = (principal: GatePrincipal, action: string, resource: string): AccessDecision =>
  evaluate(compilePolicy(principal.statements, principal.functionName), principal, { action, resource });
