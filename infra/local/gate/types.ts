/** The services that a function of the template may call, named as in an ARN. */
export type ServiceName =
  | 'dynamodb'
  | 'events'
  | 's3'
  | 'scheduler'
  | 'secretsmanager'
  | 'sns'
  | 'sqs'
  | 'states'
  | 'sts';

/** Operator to condition key to the wanted value or values, as in a policy document. */
export type PolicyConditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of a role's policy, as it stands in the template, with every intrinsic already resolved to a string. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: PolicyConditions;
}

/** Who signs with an access key: a function, or a role under which an event source or the Scheduler acts. */
export interface GatePrincipal {
  /** Letters and digits only: Amazon's DynamoDB Local refuses any other access key. */
  readonly accessKeyId: string;
  /** The name under which usage is reported; the role's name where no function runs under it. */
  readonly functionName: string;
  readonly roleArn: string;
  readonly statements: readonly PolicyStatement[];
}

/** `unknown` means that the request has the key but the gate cannot tell its value; no Allow may rest on it. */
export type ContextValue = readonly string[] | 'unknown';

/** Condition keys of one request; a key that is not here is absent from the request. */
export type RequestContext = Readonly<Record<string, ContextValue>>;

/** One thing that a request wants to do; a request wants one or more and is refused when any one is. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context?: RequestContext;
}

/** The answer for one wanted action, with what let it through or why it was refused. */
export type AccessDecision =
  | { readonly allowed: true; readonly grants: readonly Grant[] }
  | { readonly allowed: false; readonly reason: 'explicit-deny' | 'no-allow'; readonly message: string };

/** The action and resource of a statement that matched, as written in the policy. */
export interface Grant {
  /** The statement's Sid, or `#` and its index in the policy. */
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
}

export interface DeniedUse {
  readonly action: string;
  readonly resource: string;
  readonly count: number;
}

export interface GrantedUse extends Grant {
  /** How many requests rested on this grant. */
  readonly used: number;
}

export interface PrincipalUsage {
  readonly denied: readonly DeniedUse[];
  readonly granted: readonly GrantedUse[];
}

/** What each principal was refused, and how often each of its grants was used, by function name. */
export type Usage = Readonly<Record<string, PrincipalUsage>>;
