import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { signInMs } from '../../src/sign-in/start-sign-in.ts';

/** Binds the sign-in to the browser that started it. Lax, because the browser comes back from Webex by a link. */
export const cookieOf = (event: APIGatewayProxyEventV2, value: string, maxAgeSeconds = signInMs / 1_000): string =>
  `${nameIn(event)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${isSecure(event) ? '; Secure' : ''}`;

export const clearedCookie = (event: APIGatewayProxyEventV2): string => cookieOf(event, '', 0);

export function browserSecretOf(event: APIGatewayProxyEventV2): string | undefined {
  const prefix = `${nameIn(event)}=`;
  return event.cookies?.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}

/** API Gateway is reached by https only; the local host is not, and no browser takes the prefix without it. */
const nameIn = (event: APIGatewayProxyEventV2): string =>
  isSecure(event) ? '__Host-ringback-sign-in' : 'ringback-sign-in';

const isSecure = (event: APIGatewayProxyEventV2): boolean => event.headers['x-forwarded-proto'] !== 'http';
