import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../../src/settings/schema.ts';
import type { RingbackFunction } from './ringback-function.ts';

export interface PublicApiProps {
  readonly settings: Pick<Settings, 'site' | 'operators'>;
}

/** Who may call a route: anybody from the site, a system that signs, or an operator with a token of the settings' issuer. */
export type Audience = 'public' | 'signed' | 'operator';

/** Why no token is asked for. */
const openBecause: Readonly<Record<Exclude<Audience, 'operator'>, string>> = {
  public: 'A person on a website has no key; the manage token, the abuse screen and the throttle stand here instead.',
  signed: 'The sender signs each request, and the function verifies that before it looks into it.',
};

/** The HTTP API. Public routes take no key but pass the abuse screen; operators show a JWT. */
export class PublicApi extends Construct {
  /** Base URL with a slash at its end. */
  readonly url: string;
  readonly #api: apigateway.HttpApi;
  readonly #authorizer: HttpJwtAuthorizer;

  constructor(scope: Construct, id: string, { settings }: PublicApiProps) {
    super(scope, id);
    this.#authorizer = new HttpJwtAuthorizer('Operators', settings.operators.issuer, {
      jwtAudience: [settings.operators.audience],
    });
    this.#api = new apigateway.HttpApi(this, 'Http', {
      apiName: 'ringback',
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [...settings.site.origins],
        allowMethods: [
          apigateway.CorsHttpMethod.GET,
          apigateway.CorsHttpMethod.POST,
          apigateway.CorsHttpMethod.PATCH,
          apigateway.CorsHttpMethod.DELETE,
        ],
        allowHeaders: ['content-type', 'idempotency-key'],
        exposeHeaders: ['location', 'retry-after'],
        maxAge: Duration.hours(1),
      },
    });
    const accessLogs = new logs.LogGroup(this, 'AccessLogs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new apigateway.HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 500, burstLimit: 1_000 },
      accessLogSettings: {
        // Paths of suppressions hold numbers and manage links hold tokens, so the route stands for the path.
        destination: new apigateway.LogGroupLogDestination(accessLogs),
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            route: '$context.routeKey',
            status: '$context.status',
            latencyMs: '$context.responseLatency',
          }),
        ),
      },
    });
    this.url = stage.url;
    new CfnOutput(Stack.of(this), 'ApiUrl', { value: stage.url });
  }

  /** @param route method and path, such as `POST /v1/callbacks` */
  route(route: string, audience: Audience, target: RingbackFunction): void {
    const [method = '', path = ''] = route.split(' ');
    const integration = new HttpLambdaIntegration(`${target.node.id}Integration`, target.lambda);
    const routes = this.#api.addRoutes({
      path,
      methods: [methodOf(method)],
      integration,
      ...(audience === 'operator' && { authorizer: this.#authorizer }),
    });
    if (audience === 'operator') return;
    for (const added of routes) {
      Validations.of(added).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason: openBecause[audience],
      });
    }
  }
}

function methodOf(name: string): apigateway.HttpMethod {
  const method = Object.values(apigateway.HttpMethod).find((known): boolean => known.valueOf() === name);
  if (method === undefined) throw new Error(`${name} is not a method of a route.`);
  return method;
}
