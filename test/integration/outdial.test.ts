import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallRecordViewSchema } from '../../events/call-record/schema.ts';
import { ProblemSchema } from '../../events/problem/schema.ts';
import { OutdialAcceptedSchema } from '../../events/request-outdial/schema.ts';
import settings from '../../ringback.config.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningStack, startStack } from '../support/running-stack.ts';

describe('POST /v1/calls', () => {
  let folder: string;
  let stack: RunningStack;
  const base = { line: 'reminders', purpose: 'service' };
  const record = async (id: string) =>
    CallRecordViewSchema.parse(await (await stack.asOperator('GET', `/v1/calls/${id}`)).json());

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-outdial-'));
    stack = await startStack(join(folder, 'data'), ['--clock', '2026-11-23T12:00:00-08:00']);
  });

  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('has Webex execute the flow of the line with the variables of the request', async () => {
    const number = '+14155553001';
    const bases = [{ type: 'relationship', start: '2026-11-01T00:00:00Z', evidence: { at: '2026-11-01T00:00:00Z' } }];
    const body = { ...base, phone: number, name: 'Ada', bases, variables: { invoice: '4411' } };

    const response = await stack.asOperator('POST', '/v1/calls', body);
    const accepted = OutdialAcceptedSchema.parse(await response.json());
    const task = await eventually(async () => (await stack.tasks()).find((found) => found.number === number));

    expect([response.status, response.headers.get('location')]).toEqual([202, `/v1/calls/${accepted.id}`]);
    expect(task).toMatchObject({
      entryPointId: settings.lines['reminders']?.entryPointId,
      attributes: {
        ringback_line: 'reminders',
        invoice: '4411',
        customerName: 'Ada',
        ringback_attempt: `${accepted.id}.1`,
      },
    });
    const placed = await eventually(async () => {
      const seen = await record(accepted.id);
      return seen.status === 'placed' && seen;
    });
    expect(placed).toMatchObject({ kind: 'outdial', purpose: 'service' });
    expect(placed.decisions[0]?.facts).toMatchObject({
      kind: 'outdial',
      automated: true,
      bases: [{ purpose: 'service' }],
    });
  });

  it('refuses a suppressed number, and names the record that says why', async () => {
    const number = '+14155553002';
    await stack.asOperator('PUT', `/v1/suppressions/${encodeURIComponent(number)}`, { reason: 'opt-out' });

    const response = await stack.asOperator('POST', '/v1/calls', { ...base, phone: number });

    const problem = ProblemSchema.parse(await response.json());
    expect(problem.code).toBe('number-not-callable');
    const id = /\/v1\/calls\/([\w-]+)/.exec(problem.detail ?? '')?.[1] ?? '';
    expect((await record(id)).decisions[0]).toMatchObject({ verdict: 'deny' });
  });

  it('tells by the field what Webex would not take', async () => {
    const response = await stack.asOperator('POST', '/v1/calls', {
      ...base,
      phone: '+14155553003',
      variables: { text: 'ä'.repeat(513) },
    });

    expect(response.status).toBe(422);
    expect(ProblemSchema.parse(await response.json()).errors).toEqual([
      { pointer: '/variables/text', detail: 'variables.text must be at most 1024 bytes of UTF-8, got 1026.' },
    ]);
  });

  it('is for operators only, as the line is on no form', async () => {
    const without = await fetch(`${stack.api}/v1/calls`, { method: 'POST', body: '{}' });
    const lines = (await (await fetch(`${stack.api}/v1/lines`)).json()) as { lines: { name: string }[] };
    const callback = await fetch(`${stack.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        phone: '+14155553004',
        line: 'reminders',
        consent: { version: '2026-11', accepted: true },
      }),
    });

    expect(without.status).toBe(401);
    expect(lines.lines.map(({ name }) => name)).toEqual(['billing', 'support']);
    expect(callback.status).toBe(422);
  });
});
