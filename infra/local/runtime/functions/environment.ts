import type { GatePrincipal } from '../../gate/types.ts';
import { apiHost, LOCAL_REGION, QUEUE_ORIGIN } from '../../template/names.ts';
import type { TemplateModel } from '../../template/model.ts';

/** Addresses of this machine that stand in for those of AWS. */
export interface LocalAddresses {
  readonly gate: URL;
  readonly api: URL;
  /** Added to the machine's clock. */
  readonly clockOffsetMs: number;
}

/** Where a function's own settings come from. */
export interface EnvironmentSource {
  readonly name: string;
  readonly memoryMb: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly principal: GatePrincipal;
  readonly logLevel?: string;
  readonly logFormat?: string;
  readonly handler: string;
  readonly directory: string;
}

/** Puts local addresses in place of the ones that AWS would have given to queues and APIs. */
export const addressRewriter = (model: TemplateModel, local: LocalAddresses): ((value: string) => string) => {
  const replacements = [
    [QUEUE_ORIGIN, local.gate.origin] as const,
    ...model.of('AWS::ApiGatewayV2::Api').map((api) => [`https://${apiHost(api.ref)}`, local.api.origin] as const),
  ];
  return (value) => replacements.reduce((text, [from, to]) => text.replaceAll(from, to), value);
};

/** Everything that a function finds in `process.env`: the template's variables and what Lambda itself sets. */
export const environmentOf = (
  source: EnvironmentSource,
  local: LocalAddresses,
  rewrite: (value: string) => string,
): Record<string, string> => ({
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  _HANDLER: source.handler,
  LAMBDA_TASK_ROOT: source.directory,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_REGION: LOCAL_REGION,
  AWS_DEFAULT_REGION: LOCAL_REGION,
  AWS_LAMBDA_FUNCTION_NAME: source.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(source.memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${source.name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  ...(source.logFormat === undefined ? {} : { AWS_LAMBDA_LOG_FORMAT: source.logFormat }),
  ...(source.logLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: source.logLevel }),
  ...Object.fromEntries(Object.entries(source.variables).map(([name, value]) => [name, rewrite(value)])),
  AWS_ACCESS_KEY_ID: source.principal.accessKeyId,
  // The gate knows callers by their key alone; the secret only lets the SDK sign.
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL: local.gate.origin,
  CLOCK_OFFSET_MS: String(local.clockOffsetMs),
});
