import { type OperationContract, type OperationName, operations } from '../contract.ts';
import type { Answer, ErrorStyle } from '../http/answers.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Simulation } from '../simulation.ts';

export type RouteHandler = (request: ApiRequest, simulation: Simulation) => Answer;

/** One simulated operation. Handlers do not wait for anything: each runs in one transaction. */
export interface ApiRoute {
  readonly name: OperationName | 'authorize';
  readonly method: string;
  readonly path: string;
  readonly errors: ErrorStyle;
  /** One of these scopes is needed; empty for any, undefined where no bearer token is taken. */
  readonly scopes: readonly string[] | undefined;
  /** Whether the TrackingId request header is documented, and so echoed. */
  readonly echoesTrackingId: boolean;
  readonly handle: RouteHandler;
}

/** A route whose address comes from the contract. */
export function route(name: OperationName, options: Pick<ApiRoute, 'errors' | 'scopes' | 'handle'>): ApiRoute {
  const { method, path, trackingId }: OperationContract = operations[name];
  return { name, method, path, echoesTrackingId: trackingId, ...options };
}

export const USER_SCOPE = ['cjp:user'] as const;
export const READ_SCOPES = ['cjp:config', 'cjp:config_read'] as const;
/** The reference names no scope for the operation. */
export const ANY_SCOPE: readonly string[] = [];
