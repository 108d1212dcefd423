import { expect, test } from 'vitest';
import {
  AwsEnvironmentError,
  credentialsFrom,
  endpointFrom,
  regionFrom,
} from '../../../../src/adapters/aws/credentials.ts';

test('takes the credentials that Lambda gives the function', () => {
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

  expect(credentialsFrom(env)).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' });
});

test('takes credentials without a session token', () => {
  expect(credentialsFrom({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' })).toEqual({
    accessKeyId: 'id',
    secretAccessKey: 'secret',
  });
});

test.each([{}, { AWS_REGION: '' }])('names the variable that is missing from %o', (env) => {
  expect(() => regionFrom(env)).toThrow(AwsEnvironmentError);
  expect(() => regionFrom(env)).toThrow('AWS_REGION');
});

test.each([
  [{ AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://own', AWS_ENDPOINT_URL: 'http://all' }, 'http://own'],
  [{ AWS_ENDPOINT_URL: 'http://all' }, 'http://all'],
  [{}, 'https://secretsmanager.eu-west-1.amazonaws.com'],
])('finds the endpoint of Secrets Manager in %o', (env, endpoint) => {
  expect(endpointFrom(env, 'Secrets Manager', 'eu-west-1')).toBe(endpoint);
});

test('knows the domain of the regions in China', () => {
  expect(endpointFrom({}, 'DynamoDB', 'cn-north-1')).toBe('https://dynamodb.cn-north-1.amazonaws.com.cn');
});
