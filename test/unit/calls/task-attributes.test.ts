import { describe, expect, it } from 'vitest';
import { attributeErrors, taskAttributes } from '../../../src/calls/task-attributes.ts';
import settings from '../../../ringback.config.ts';

const line = settings.lines['reminders'];
if (!line) throw new Error('The sample settings have no line reminders.');
const webex = settings.webex;
const call = (changed: { customer?: object; attributes?: Record<string, string> } = {}) => ({
  id: 'call-1',
  customer: {},
  attributes: {},
  ...changed,
});
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, 'x']));

describe('taskAttributes', () => {
  it('adds who asked, why and the attempt to what the line and the request set, the request’s own before the line’s', () => {
    const attributes = taskAttributes(
      { line, webex },
      call({ customer: { name: 'Ada', reason: 'invoice' }, attributes: { ringback_line: 'own', invoice: '4411' } }),
      2,
    );

    expect(attributes).toEqual({
      ringback_line: 'own',
      invoice: '4411',
      customerName: 'Ada',
      callReason: 'invoice',
      ringback_attempt: 'call-1.2',
    });
  });

  it.each([
    [{ as: 'variable' as const, name: 'agent_email' }, { agent_email: 'sam@example.com' }],
    [undefined, {}],
  ])('hands the preferred agent on as the line says: %j', (preferredAgent, expected) => {
    const {
      ringback_line: _line,
      ringback_attempt: _attempt,
      ...attributes
    } = taskAttributes(
      { line: { ...line, ...(preferredAgent && { preferredAgent }) }, webex },
      call({ customer: { preferredAgent: 'sam@example.com' } }),
      1,
    );

    expect(attributes).toEqual(expected);
  });
});

describe('attributeErrors', () => {
  it.each([
    ['1024 bytes', { v: 'ä'.repeat(512) }],
    ['a name of 200 bytes', { ['ä'.repeat(100)]: 'x' }],
    ['28 variables beside those of line and attempt', many(28)],
  ])('finds nothing in %s', (_what, attributes) => {
    expect(attributeErrors({ line, webex }, call({ attributes }))).toEqual([]);
  });

  it.each([
    [
      '1026 bytes',
      { 'a/b': 'ä'.repeat(513) },
      '/variables/a~1b',
      'variables.a/b must be at most 1024 bytes of UTF-8, got 1026.',
    ],
    [
      'a name of 202 bytes',
      { ['ä'.repeat(101)]: 'x' },
      `/variables/${'ä'.repeat(101)}`,
      /at most 200 bytes of UTF-8, got 202/,
    ],
    ['29 variables', many(29), '/variables', /^variables must hold at most 28 pairs here, .*; got 29\.$/],
    ['our own variable', { ringback_attempt: 'x' }, '/variables/ringback_attempt', /set by Ringback itself/],
    ['our own name', { customerName: 'x' }, '/variables/customerName', /set by Ringback itself/],
  ])('tells %s by the field', (_what, attributes, pointer, detail) => {
    const [error, ...others] = attributeErrors({ line, webex }, call({ attributes }));

    expect(others).toEqual([]);
    expect(error?.pointer).toBe(pointer);
    expect(error?.detail).toMatch(detail);
  });

  it('tells a reason that is too long in bytes, although it is not in characters', () => {
    const errors = attributeErrors({ line, webex }, call({ customer: { reason: '催'.repeat(342) } }));

    expect(errors).toEqual([{ pointer: '/reason', detail: 'reason must be at most 1024 bytes of UTF-8, got 1026.' }]);
  });
});
