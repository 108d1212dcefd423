export { UnsupportedPolicyError, UnsupportedRequestError } from './errors.ts';
export { authorize, compilePolicy, evaluate } from './evaluate.ts';
export { startGate, type Gate, type GateOptions } from './gate.ts';
export { mergeUsage, readUsage } from './usage.ts';
export type {
  AccessDecision,
  AccessRequest,
  DeniedUse,
  Grant,
  GrantedUse,
  GatePrincipal,
  PolicyStatement,
  PrincipalUsage,
  ServiceName,
  Usage,
} from './types.ts';
