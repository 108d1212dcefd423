import { describe, expect, it } from 'vitest';
import { compilePattern, UnsupportedPatternError } from '../../../../../../infra/local/services/events/pattern.ts';

const event = {
  source: 'ringback.calls',
  'detail-type': 'call.placed.v1',
  resources: ['arn:a', 'arn:b'],
  detail: { line: 'billing', attempts: 2, note: null, tags: [], nested: { deep: true } },
};

describe('compilePattern', () => {
  it.each<[string, unknown, boolean]>([
    ['an exact value', { source: ['ringback.calls'] }, true],
    ['one of several values', { source: ['x', 'ringback.calls'] }, true],
    ['another value', { source: ['x'] }, false],
    ['two members that both match', { source: ['ringback.calls'], detail: { line: ['billing'] } }, true],
    ['two members of which one does not match', { source: ['ringback.calls'], detail: { line: ['sales'] } }, false],
    ['a nested member', { detail: { nested: { deep: [true] } } }, true],
    ['a number by its value', { detail: { attempts: [2] } }, true],
    ['a number as text', { detail: { attempts: ['2'] } }, false],
    ['null', { detail: { note: [null] } }, true],
    ['any member of an array', { resources: ['arn:b'] }, true],
    ['no member of an array', { resources: ['arn:c'] }, false],
    ['prefix', { 'detail-type': [{ prefix: 'call.' }] }, true],
    ['prefix that differs', { 'detail-type': [{ prefix: 'task.' }] }, false],
    ['anything-but a value', { detail: { line: [{ 'anything-but': 'sales' }] } }, true],
    ['anything-but the value', { detail: { line: [{ 'anything-but': ['sales', 'billing'] }] } }, false],
    ['anything-but a prefix', { detail: { line: [{ 'anything-but': { prefix: 'bill' } }] } }, false],
    ['anything-but on a member that is not there', { detail: { other: [{ 'anything-but': 'x' }] } }, false],
    ['exists', { detail: { line: [{ exists: true }] } }, true],
    ['exists on a member that is not there', { detail: { other: [{ exists: true }] } }, false],
    ['exists false', { detail: { other: [{ exists: false }] } }, true],
    ['exists false on a member that is there', { detail: { line: [{ exists: false }] } }, false],
    ['exists on an empty array', { detail: { tags: [{ exists: true }] } }, false],
    ['numeric range', { detail: { attempts: [{ numeric: ['>', 1, '<=', 2] }] } }, true],
    ['numeric out of range', { detail: { attempts: [{ numeric: ['>', 2] }] } }, false],
    ['numeric on text', { detail: { line: [{ numeric: ['>', 0] }] } }, false],
    ['a value or an operator', { detail: { line: ['sales', { prefix: 'bil' }] } }, true],
    ['a path through something that is not an object', { source: { deep: ['x'] } }, false],
  ])('matches %s', (_name, pattern, expected) => {
    const matches = compilePattern(pattern);

    const result = matches(event);

    expect(result).toBe(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown operator', { source: [{ suffix: 'x' }] }, /pattern\.source.*suffix/],
    ['a bare value', { source: 'x' }, /pattern\.source/],
    ['an empty list', { detail: { line: [] } }, /pattern\.detail\.line/],
    ['an empty pattern', {}, /at least one member/],
    ['two operators in one entry', { source: [{ prefix: 'a', exists: true }] }, /one operator/],
    ['a list in a list', { source: [['x']] }, /neither/],
    ['a comparison without a number', { a: [{ numeric: ['>', 'x'] }] }, /comparison/],
    ['an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, /comparison/],
    ['half a comparison', { a: [{ numeric: ['>'] }] }, /numeric/],
    ['an empty prefix', { a: [{ prefix: '' }] }, /prefix/],
    ['exists without a boolean', { a: [{ exists: 'yes' }] }, /exists/],
    ['anything-but with another operator', { a: [{ 'anything-but': { suffix: 'x' } }] }, /anything-but/],
  ])('refuses %s', (_name, pattern, message) => {
    const compile = (): unknown => compilePattern(pattern);

    expect(compile).toThrow(UnsupportedPatternError);
    expect(compile).toThrow(message);
  });
});
