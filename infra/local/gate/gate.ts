import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Caller, callerOf, isLinkExpired } from './caller.ts';
import { UnsupportedRequestError } from './errors.ts';
import { assumedRoleArn, type CompiledPolicy, compilePolicy, evaluate } from './evaluate.ts';
import { Forwarder } from './forward.ts';
import { BodyTooLargeError, readBody } from './read-body.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { ParsedRequest, ResourceNames } from './requests/context.ts';
import { readRequest } from './requests/read-request.ts';
import { s3NeedsBody } from './requests/s3.ts';
import type { AccessDecision, AccessRequest, GatePrincipal, RequestContext, ServiceName, Usage } from './types.ts';
import { UsageRecorder } from './usage.ts';

export interface GateOptions {
  /** @default an ephemeral port */
  readonly port?: number;
  readonly region: string;
  readonly accountId: string;
  /** Who signs with this key is the local host itself and may do anything. */
  readonly adminAccessKeyId: string;
  readonly endpoints: Partial<Record<ServiceName, URL>>;
  readonly principals: readonly GatePrincipal[];
  /** Where the usage is kept across runs; without it, it is kept in memory only. */
  readonly usageFile?: string;
  /** Partition key attribute of a table by its name, needed for policies that speak of `dynamodb:LeadingKeys`. */
  readonly partitionKeys?: Readonly<Record<string, string>>;
  /** The whole ARN of a secret by the name or partial ARN that a request gave. */
  readonly secretArn?: (secretId: string) => string | undefined;
}

/** The one door to every local service. */
export interface Gate {
  readonly url: URL;
  usage(): Usage;
  /**
   * Replaces all principals; requests that are under way keep the policy that they started with.
   *
   * @throws UnsupportedPolicyError, and then nothing is replaced.
   */
  setPrincipals(principals: readonly GatePrincipal[]): void;
  /** Points a service elsewhere, for an engine that came back on another port. */
  setEndpoint(service: ServiceName, url: URL): void;
  /** Decides and records one action of a principal that acts in process: an event source, a schedule. */
  authorize(functionName: string, action: string, resource: string, context?: RequestContext): AccessDecision;
  close(): Promise<void>;
}

interface Member {
  readonly principal: GatePrincipal;
  readonly policy: CompiledPolicy;
}

const compileMembers = (
  principals: readonly GatePrincipal[],
  adminAccessKeyId: string,
): ReadonlyMap<string, Member> => {
  const members = new Map<string, Member>();
  for (const principal of principals) {
    const { accessKeyId, functionName } = principal;
    if (!/^[A-Za-z0-9]+$/.test(accessKeyId)) {
      throw new RangeError(`Access key "${accessKeyId}" of ${functionName} must consist of letters and digits.`);
    }
    if (members.has(accessKeyId) || accessKeyId === adminAccessKeyId) {
      throw new RangeError(`Access key "${accessKeyId}" of ${functionName} is already in use.`);
    }
    members.set(accessKeyId, { principal, policy: compilePolicy(principal.statements, functionName) });
  }
  return members;
};

const JSON_SERVICES: ReadonlySet<ServiceName> = new Set([
  'dynamodb',
  'events',
  'scheduler',
  'secretsmanager',
  'sqs',
  'states',
]);

type KnownCaller = Caller & { readonly service: ServiceName };

const parseRequest = (incoming: IncomingMessage, caller: KnownCaller, body: Buffer | undefined): ParsedRequest => {
  const target = incoming.headers['x-amz-target']?.toString() ?? '';
  const text = body === undefined || body.length === 0 ? undefined : body.toString('utf8');
  return {
    method: incoming.method ?? 'GET',
    path: caller.path,
    query: caller.query,
    headers: incoming.headers,
    operation: target.slice(target.lastIndexOf('.') + 1),
    body: text !== undefined && JSON_SERVICES.has(caller.service) ? (JSON.parse(text) as unknown) : text,
  };
};

const identityAnswer = (principal: GatePrincipal, accountId: string): string =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${assumedRoleArn(principal.roleArn, principal.functionName)}</Arn><UserId>${principal.accessKeyId}:${principal.functionName}</UserId><Account>${accountId}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/**
 * Starts the gate on the loopback. Every SDK call of every function goes through it; it finds the caller by the access
 * key, evaluates the role's policy from the template for everything that the request wants, and passes on what is allowed.
 *
 * @throws UnsupportedPolicyError when a policy holds anything that the gate cannot evaluate.
 */
export const startGate = async (options: GateOptions): Promise<Gate> => {
  const endpoints = new Map(Object.entries(options.endpoints) as [ServiceName, URL][]);
  const names: ResourceNames = {
    region: options.region,
    accountId: options.accountId,
    partitionKeys: options.partitionKeys ?? {},
    secretArn: options.secretArn ?? (() => undefined),
  };
  const recorder = new UsageRecorder({ file: options.usageFile });
  const forwarder = new Forwarder();
  let members: ReadonlyMap<string, Member> = new Map();
  let membersByName: ReadonlyMap<string, Member> = new Map();
  const setPrincipals = (principals: readonly GatePrincipal[]): void => {
    members = compileMembers(principals, options.adminAccessKeyId);
    membersByName = new Map([...members.values()].map((member) => [member.principal.functionName, member]));
    for (const { principal, policy } of members.values()) {
      recorder.register(principal.functionName, policy);
    }
  };
  setPrincipals(options.principals);

  const decide = ({ principal, policy }: Member, wanted: AccessRequest): AccessDecision => {
    const decision = evaluate(policy, principal, wanted);
    if (decision.allowed) {
      recorder.recordGrants(principal.functionName, decision.grants);
    } else {
      recorder.recordDenial(principal.functionName, wanted.action, wanted.resource);
    }
    return decision;
  };

  /** Undefined when everything that the request wants is allowed. */
  const check = (
    member: Member,
    incoming: IncomingMessage,
    caller: KnownCaller,
    body: Buffer | undefined,
  ): Refusal | undefined => {
    let request: ParsedRequest;
    try {
      request = parseRequest(incoming, caller, body);
    } catch (cause) {
      if (cause instanceof SyntaxError) {
        return { kind: 'malformed', message: `The body is not JSON: ${cause.message}.` };
      }
      throw cause;
    }
    try {
      for (const wanted of readRequest(caller.service, request, names)) {
        const decision = decide(member, wanted);
        if (!decision.allowed) {
          return { kind: 'access-denied', message: decision.message };
        }
      }
      return undefined;
    } catch (error) {
      if (error instanceof UnsupportedRequestError) {
        return { kind: 'unsupported', message: error.message };
      }
      if (error instanceof URIError) {
        return { kind: 'malformed', message: `The path ${caller.path} is not correctly percent-encoded.` };
      }
      throw error;
    }
  };

  const handle = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const caller = callerOf(incoming);
    if (caller === undefined) {
      refuse(answer, undefined, {
        kind: 'missing-token',
        message: 'The request carries no AWS Signature Version 4 credential.',
      });
      return;
    }
    const { service } = caller;
    const endpoint = service === undefined ? undefined : endpoints.get(service);
    const member = members.get(caller.accessKeyId);
    if (member === undefined && caller.accessKeyId !== options.adminAccessKeyId) {
      refuse(answer, service, {
        kind: 'unknown-key',
        message: 'The security token included in the request is invalid.',
      });
      return;
    }
    if (isLinkExpired(caller.query, Date.now())) {
      refuse(answer, service, { kind: 'access-denied', message: 'Request has expired' });
      return;
    }
    if (service === 'sts' && member !== undefined) {
      answer.writeHead(200, { 'content-type': 'text/xml' }).end(identityAnswer(member.principal, options.accountId));
      return;
    }
    if (service === undefined || endpoint === undefined) {
      const message = `The local host runs no service "${caller.signedService}".`;
      refuse(answer, service, { kind: 'unsupported', message });
      return;
    }
    const needsBody =
      member !== undefined && (JSON_SERVICES.has(service) || s3NeedsBody(incoming.method ?? '', caller.query));
    const body = needsBody ? await readBody(incoming) : undefined;
    const refusal = member === undefined ? undefined : check(member, incoming, { ...caller, service }, body);
    if (refusal !== undefined) {
      refuse(answer, service, refusal);
      incoming.resume();
      return;
    }
    forwarder.forward(incoming, answer, endpoint, body, (failure) => refuse(answer, service, failure));
  };

  const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (incoming, answer) => {
    handle(incoming, answer).catch((error: unknown) => {
      if (answer.headersSent || incoming.destroyed) {
        answer.destroy();
      } else if (error instanceof BodyTooLargeError) {
        refuse(answer, callerOf(incoming)?.service, { kind: 'too-large', message: error.message });
      } else {
        refuse(answer, callerOf(incoming)?.service, {
          kind: 'unavailable',
          message: `The gate failed: ${String(error)}.`,
        });
      }
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: new URL(`http://127.0.0.1:${port}`),
    usage: () => recorder.usage(),
    setPrincipals,
    setEndpoint: (service, url) => endpoints.set(service, url),
    authorize: (functionName, action, resource, context) => {
      const member = membersByName.get(functionName);
      if (member === undefined) {
        throw new RangeError(`The gate knows no principal "${functionName}".`);
      }
      return decide(member, { action, resource, ...(context === undefined ? {} : { context }) });
    },
    close: async () => {
      recorder.flush();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      forwarder.close();
      await closed;
    },
  };
};
