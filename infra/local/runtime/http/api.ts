import { arn } from '../../template/names.ts';
import { TemplateError } from '../../template/errors.ts';
import type { Resource, TemplateModel } from '../../template/model.ts';
import type { FunctionInvoker } from '../../contracts.ts';
import { JwtAuthorizer } from './authorizer.ts';
import { type CorsConfiguration, corsHeaders, preflightAnswer } from './cors.ts';
import { type HttpRequest, toHttpEvent } from './event.ts';
import { gatewayAnswer, type HttpResponse, toHttpResponse } from './response.ts';
import { Router } from './router.ts';
import { Throttle } from './throttle.ts';

/** An integration of an HTTP API ends after 30 s (API Gateway quotas). */
const INTEGRATION_TIMEOUT_MS = 30_000;

/** Path and method of every API Gateway call stand in the ARN that a function's permission names. */
interface ApiRoute {
  readonly functionArn: string;
  readonly sourceArn: string;
  readonly timeoutMs: number;
  readonly authorizer?: JwtAuthorizer;
  readonly scopes: readonly string[];
  readonly throttle?: Throttle;
}

export interface HttpApiOptions {
  readonly model: TemplateModel;
  readonly functions: FunctionInvoker;
  /** Tells what a client must not see: why an answer was a 500. */
  readonly report: (problem: string) => void;
}

/** The HTTP API of the template: routes, authorizers, CORS and the errors that API Gateway answers by itself. */
export class HttpApi {
  readonly #apiId: string;
  readonly #cors: CorsConfiguration | undefined;
  readonly #router: Router<ApiRoute>;
  readonly #options: HttpApiOptions;

  /** @throws {TemplateError} where the template has no API, or more than one: there is one port. */
  constructor(options: HttpApiOptions) {
    const { model } = options;
    const [api, second] = model.of('AWS::ApiGatewayV2::Api');
    if (api === undefined) throw new TemplateError('The template has no HTTP API, so there is nothing to serve.');
    if (second !== undefined)
      throw new TemplateError(`The local host serves one HTTP API; ${second.path} is a second one.`);
    this.#options = options;
    this.#apiId = api.ref;
    this.#cors = api.properties.CorsConfiguration;
    const authorizers = new Map(
      model
        .of('AWS::ApiGatewayV2::Authorizer')
        .map((authorizer) => [authorizer.ref, new JwtAuthorizer(authorizer.properties)]),
    );
    const shared = defaultThrottle(model);
    this.#router = new Router(
      model.of('AWS::ApiGatewayV2::Route').map((route) => ({
        routeKey: route.properties.RouteKey,
        route: defineRoute(route, model, authorizers, shared),
      })),
    );
  }

  async handle(request: HttpRequest): Promise<HttpResponse> {
    if (this.#cors !== undefined && request.method === 'OPTIONS') return preflightAnswer(this.#cors, request.headers);
    const response = await this.#answer(request);
    return this.#cors === undefined ? response : withCors(response, corsHeaders(this.#cors, request.headers));
  }

  async #answer(request: HttpRequest): Promise<HttpResponse> {
    const match = this.#router.find(request.method, request.rawPath);
    if (match === undefined) return gatewayAnswer(404, 'Not Found');
    const { route, routeKey, pathParameters } = match;
    if (route.throttle?.take(Date.now()) === false) return gatewayAnswer(429, 'Too Many Requests');
    const authorization = await this.#authorize(route, request);
    if ('status' in authorization) return authorization;
    if (!this.#options.functions.isPermitted(route.functionArn, 'apigateway.amazonaws.com', route.sourceArn)) {
      this.#options.report(
        `${routeKey}: no AWS::Lambda::Permission lets API Gateway call ${route.functionArn} for ${route.sourceArn}.`,
      );
      return gatewayAnswer(500, 'Internal Server Error');
    }
    const event = toHttpEvent(request, {
      apiId: this.#apiId,
      routeKey,
      pathParameters,
      nowMs: Date.now(),
      ...authorization,
    });
    return withTimeout(this.#options.functions.invoke(route.functionArn, event).then(toHttpResponse), route.timeoutMs);
  }

  async #authorize(route: ApiRoute, request: HttpRequest) {
    if (route.authorizer === undefined) return {};
    try {
      const query = new URLSearchParams(request.rawQueryString);
      const authorization = await route.authorizer.authorize(request.headers, query, route.scopes);
      if (authorization.outcome === 'forbidden') return gatewayAnswer(403, 'Forbidden');
      if (authorization.outcome === 'allowed')
        return { jwt: { claims: authorization.claims, scopes: authorization.scopes } };
      const details =
        authorization.description === ''
          ? 'Bearer'
          : `Bearer scope="${route.scopes.join(' ')}" error="invalid_token" error_description="${authorization.description}"`;
      return gatewayAnswer(401, 'Unauthorized', { 'www-authenticate': details });
    } catch (error) {
      // API Gateway, too, refuses the request where it cannot read the issuer's keys.
      this.#options.report(
        `The authorizer could not check a token: ${error instanceof Error ? error.message : String(error)}`,
      );
      return gatewayAnswer(500, 'Internal Server Error');
    }
  }
}

const defaultThrottle = (model: TemplateModel): Throttle | undefined => {
  const settings = model.of('AWS::ApiGatewayV2::Stage')[0]?.properties.DefaultRouteSettings;
  return settings && throttleOf(settings);
};

const throttleOf = (settings: {
  readonly ThrottlingRateLimit?: number | undefined;
  readonly ThrottlingBurstLimit?: number | undefined;
}) =>
  settings.ThrottlingRateLimit === undefined
    ? undefined
    : new Throttle(settings.ThrottlingRateLimit, settings.ThrottlingBurstLimit ?? settings.ThrottlingRateLimit);

const defineRoute = (
  route: Resource<'AWS::ApiGatewayV2::Route'>,
  model: TemplateModel,
  authorizers: ReadonlyMap<string, JwtAuthorizer>,
  shared: Throttle | undefined,
): ApiRoute => {
  const { ApiId, RouteKey, Target, AuthorizationType, AuthorizerId, AuthorizationScopes } = route.properties;
  const integrationId = Target.replace(/^integrations\//, '');
  const integration = model.of('AWS::ApiGatewayV2::Integration').find(({ ref }) => ref === integrationId);
  if (integration === undefined) throw new TemplateError(`${route.path}: its target ${Target} is not in the template.`);
  const authorizer = AuthorizationType === 'JWT' ? authorizers.get(AuthorizerId ?? '') : undefined;
  if (AuthorizationType === 'JWT' && authorizer === undefined) {
    throw new TemplateError(`${route.path}: its authorizer is not in the template.`);
  }
  const [method = '', path = ''] = RouteKey.split(' ');
  const place = RouteKey === '$default' ? '$default' : `${method === 'ANY' ? '*' : method}${path}`;
  const own = model.of('AWS::ApiGatewayV2::Stage')[0]?.properties.RouteSettings?.[RouteKey];
  const throttle = (own && throttleOf(own)) ?? shared;
  return {
    functionArn: functionArnOf(integration.properties.IntegrationUri),
    sourceArn: arn('execute-api', `${ApiId}/$default/${place}`),
    timeoutMs: integration.properties.TimeoutInMillis ?? INTEGRATION_TIMEOUT_MS,
    scopes: AuthorizationScopes ?? [],
    ...(authorizer === undefined ? {} : { authorizer }),
    ...(throttle === undefined ? {} : { throttle }),
  };
};

/** CDK names the function either by its ARN or by the invocation path around it. */
const functionArnOf = (integrationUri: string): string =>
  /functions\/(.+)\/invocations$/.exec(integrationUri)?.[1] ?? integrationUri;

const withCors = (response: HttpResponse, cors: Record<string, string>): HttpResponse => {
  const own = Object.entries(response.headers).filter(([name]) => !name.startsWith('access-control-'));
  return { ...response, headers: { ...Object.fromEntries(own), ...cors } };
};

const withTimeout = (answer: Promise<HttpResponse>, timeoutMs: number): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(gatewayAnswer(503, 'Service Unavailable')), timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
