import { type PolicyStatement, type Usage, compilePolicy } from '../local/gate/index.ts';

/** A role of the template by the name under which its use was counted, and why some of its grants are rarely used. */
export interface GrantedRole {
  /** The name in the usage, such as a function's physical name. */
  readonly name: string;
  /** For people: the function's folder, or the role's construct path. */
  readonly title: string;
  readonly statements: readonly PolicyStatement[];
  /** By the statement's Sid. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** One thing that a role was refused, or was given and never used. */
export interface Finding {
  readonly title: string;
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
}

export interface PermissionsReport {
  /** One row a role, for a table. */
  readonly roles: readonly {
    readonly role: string;
    readonly grants: number;
    readonly used: number;
    readonly denied: number;
  }[];
  readonly denied: readonly Finding[];
  readonly unused: readonly Finding[];
  readonly explained: readonly (Finding & { readonly because: string })[];
  /** Reasons for statements that the tests do use, or that are not there any more. */
  readonly idleReasons: readonly { readonly title: string; readonly statement: string }[];
}

/** Holds what the template grants against what a test run used. */
export function reportPermissions(roles: readonly GrantedRole[], usage: Usage): PermissionsReport {
  const judged = roles.map((role) => judge(role, usage));
  return {
    roles: judged.map(({ row }) => row),
    denied: judged.flatMap(({ denied }) => denied),
    unused: judged.flatMap(({ unused }) => unused.filter(({ because }) => because === undefined)),
    explained: judged.flatMap(({ unused }) =>
      unused.flatMap(({ because, ...finding }) => (because === undefined ? [] : [{ ...finding, because }])),
    ),
    idleReasons: judged.flatMap(({ idleReasons }) => idleReasons),
  };
}

function judge({ name, title, statements, reasons }: GrantedRole, usage: Usage) {
  const { grants } = compilePolicy(statements, title);
  const counted = usage[name] ?? { denied: [], granted: [] };
  const used = grants.filter((grant) =>
    counted.granted.some(
      (use) =>
        use.used > 0 &&
        use.statement === grant.statement &&
        use.action === grant.action &&
        use.resource === grant.resource,
    ),
  );
  const unused = grants
    .filter((grant) => !used.includes(grant))
    .map((grant) => ({ title, ...grant, because: reasons[grant.statement] }));
  return {
    row: { role: title, grants: grants.length, used: used.length, denied: counted.denied.length },
    denied: counted.denied.map(({ action, resource }): Finding => ({ title, statement: '', action, resource })),
    unused,
    idleReasons: Object.keys(reasons)
      .filter((statement) => !unused.some((grant) => grant.statement === statement))
      .map((statement) => ({ title, statement })),
  };
}

/** The report in words, one line a finding. */
export function describeReport({ denied, unused, explained, idleReasons }: PermissionsReport): string[] {
  return [
    ...section(
      'Denied: asked for and not granted',
      denied.map(({ title, action, resource }) => `${title}: ${action} on ${resource}`),
    ),
    ...section(
      'Never used, and no reason given beside the grant',
      unused.map(({ title, statement, action, resource }) => `${title}: ${statement}, ${action} on ${resource}`),
    ),
    ...section(
      'Never used, with the reason beside the grant',
      explained.map(({ title, statement, action, because }) => `${title}: ${statement}, ${action}. ${because}`),
    ),
    ...section(
      'Used in this run, though a reason says why it may not be',
      idleReasons.map(({ title, statement }) => `${title}: ${statement}`),
    ),
  ];
}

const section = (heading: string, lines: readonly string[]): string[] => [
  `${heading}: ${lines.length === 0 ? 'none' : lines.length}`,
  ...lines.map((line) => `  ${line}`),
];
