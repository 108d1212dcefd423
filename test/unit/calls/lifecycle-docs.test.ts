import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { attemptDiagram, callDiagram, stayingEvents } from './lifecycle-diagrams.ts';

const docs = readFileSync(new URL('../../../docs/call-lifecycle.md', import.meta.url), 'utf8');

describe('docs/call-lifecycle.md', () => {
  it('draws every arrow of the calls in the transition table, and no other', () => {
    expect(docs).toContain(callDiagram());
  });

  it('draws every arrow of the attempts in the transition table, and no other', () => {
    expect(docs).toContain(attemptDiagram());
  });

  it('names the events that leave the status as it is', () => {
    const named = stayingEvents().map((event) => `\`${event}\``);

    expect(docs).toContain(named.join(', '));
  });
});
