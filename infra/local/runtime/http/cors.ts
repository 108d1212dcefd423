import type { IncomingHttpHeaders } from 'node:http';
import type { PropertiesOf } from '../../template/types/index.ts';
import type { HttpResponse } from './response.ts';

export type CorsConfiguration = NonNullable<PropertiesOf<'AWS::ApiGatewayV2::Api'>['CorsConfiguration']>;

/**
 * An HTTP API with a CORS configuration answers every OPTIONS request itself that asks as a preflight, and puts its own
 * headers in place of the function's (API Gateway developer guide, "Configure CORS for HTTP APIs").
 */
export const preflightAnswer = (cors: CorsConfiguration, headers: IncomingHttpHeaders): HttpResponse => {
  const asked = headers['access-control-request-method'];
  const methods = cors.AllowMethods ?? [];
  const isAllowed = asked !== undefined && (methods.includes('*') || methods.includes(asked));
  return {
    status: 204,
    headers: isAllowed ? { ...corsHeaders(cors, headers), ...preflightHeaders(cors) } : {},
    body: Buffer.alloc(0),
  };
};

/** The headers that a browser needs to hand an answer to the page; none where the origin is not allowed. */
export const corsHeaders = (cors: CorsConfiguration, headers: IncomingHttpHeaders): Record<string, string> => {
  const origin = headers.origin;
  if (origin === undefined || !allowsOrigin(cors, origin)) return {};
  const anyOrigin = cors.AllowOrigins?.includes('*') === true;
  return {
    'access-control-allow-origin': anyOrigin && cors.AllowCredentials !== true ? '*' : origin,
    ...(anyOrigin ? {} : { vary: 'origin' }),
    ...(cors.AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders === undefined ? {} : { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
  };
};

const preflightHeaders = (cors: CorsConfiguration): Record<string, string> => ({
  ...(cors.AllowMethods === undefined ? {} : { 'access-control-allow-methods': cors.AllowMethods.join(',') }),
  ...(cors.AllowHeaders === undefined ? {} : { 'access-control-allow-headers': cors.AllowHeaders.join(',') }),
  ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
});

const allowsOrigin = (cors: CorsConfiguration, origin: string): boolean =>
  (cors.AllowOrigins ?? []).some((allowed) => {
    if (allowed === '*' || allowed === origin) return true;
    // `https://*` and `http://*` are the only wildcards inside an origin that an HTTP API knows.
    return (
      (allowed === 'https://*' && origin.startsWith('https://')) ||
      (allowed === 'http://*' && origin.startsWith('http://'))
    );
  });
