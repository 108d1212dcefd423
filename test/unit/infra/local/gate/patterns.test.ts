import { describe, expect, it } from 'vitest';
import { arnMatcher, stringMatcher } from '../../../../../infra/local/gate/patterns.ts';

describe('stringMatcher', () => {
  it.each([
    ['dynamodb:Get*', 'dynamodb:GetItem', true],
    ['dynamodb:Get*', 'dynamodb:PutItem', false],
    ['sqs:?eceiveMessage', 'sqs:ReceiveMessage', true],
    ['sqs:?eceiveMessage', 'sqs:eceiveMessage', false],
    ['*', 'anything', true],
    ['a.c', 'abc', false],
    ['a[b]c', 'abc', false],
    ['${aws:username}', '${aws:username}', true],
    ['${aws:username}*', '${aws:username}-1', true],
    ['a*c', 'a\nc', true],
  ])('%s against %s answers %s', (pattern, value, expected) => {
    const matches = stringMatcher(pattern);

    const result = matches(value);

    expect(result).toBe(expected);
  });

  it.each(['dynamodb:getitem', 'DYNAMODB:GETITEM'])('ignores case where asked to: %s', (value) => {
    const matches = [
      stringMatcher('dynamodb:GetItem', { ignoreCase: true }),
      stringMatcher('dynamodb:Get*', { ignoreCase: true }),
    ];

    const results = matches.map((match) => match(value));

    expect(results).toEqual([true, true]);
  });

  it('keeps case apart by default', () => {
    const matches = stringMatcher('Name*');

    const result = matches('name1');

    expect(result).toBe(false);
  });
});

describe('arnMatcher', () => {
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/Calls';

  it.each([
    [table, table, true],
    [`${table}/index/*`, `${table}/index/byNumber`, true],
    [`${table}/index/*`, table, false],
    ['arn:aws:dynamodb:*:000000000000:table/Calls', table, true],
    ['arn:aws:dynamodb:*:table/Calls', table, false],
    ['arn:aws:*:table/Calls', table, false],
    ['arn:aws:dynamodb:*', table, false],
    [
      'arn:aws:secretsmanager:us-east-1:000000000000:secret:name-??????',
      'arn:aws:secretsmanager:us-east-1:000000000000:secret:name-AbC123',
      true,
    ],
    [
      'arn:aws:secretsmanager:us-east-1:000000000000:secret:name-??????',
      'arn:aws:secretsmanager:us-east-1:000000000000:secret:name-other-AbC123',
      false,
    ],
    ['arn:aws:s3:::uploads/*', 'arn:aws:s3:::uploads/2026/a:b.csv', true],
    ['arn:aws:s3:::uploads/*', 'arn:aws:s3:::uploads', false],
    [
      'arn:aws:scheduler:us-east-1:000000000000:schedule/calls/*',
      'arn:aws:scheduler:us-east-1:000000000000:schedule/default/a',
      false,
    ],
    ['*', table, true],
    [table.toLowerCase(), table, false],
  ])('%s against %s answers %s', (pattern, arn, expected) => {
    const matches = arnMatcher(pattern);

    const result = matches(arn);

    expect(result).toBe(expected);
  });
});
