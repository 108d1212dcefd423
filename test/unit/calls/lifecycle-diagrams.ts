import { finalStatuses } from '../../../src/calls/call.ts';
import { type CallEventType, steps } from '../../../src/calls/lifecycle.ts';

const events = Object.keys(steps) as CallEventType[];

/** The transition table of calls as a mermaid state diagram: one arrow for each pair of statuses. */
export function callDiagram(): string {
  const arrows = new Map<string, CallEventType[]>([
    ['[*] --> accepted', []],
    ['[*] --> refused', []],
  ]);
  for (const event of events) {
    const { from, to = [] } = steps[event];
    for (const left of from) for (const entered of to) add(arrows, `${left} --> ${entered}`, event);
  }
  return diagram([...lines(arrows), ...finalStatuses.map((status) => `    ${status} --> [*]`)]);
}

/** The same for attempts; what leaves an attempt as it is has no arrow. */
export function attemptDiagram(): string {
  const arrows = new Map<string, CallEventType[]>();
  for (const event of events) {
    const { attempt } = steps[event];
    if (!attempt?.to) continue;
    const left = attempt.from.length > 0 ? attempt.from : ['[*]'];
    for (const status of left) add(arrows, `${status} --> ${attempt.to}`, event);
  }
  return diagram(lines(arrows));
}

/** Events after which a call has the status that it had. */
export const stayingEvents = (): CallEventType[] => events.filter((event) => steps[event].to === undefined);

function add(arrows: Map<string, CallEventType[]>, arrow: string, event: CallEventType): void {
  arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
}

const lines = (arrows: Map<string, CallEventType[]>): string[] =>
  [...arrows].map(([arrow, by]) => `    ${arrow}${by.length > 0 ? `: ${by.join(', ')}` : ''}`);

const diagram = (body: readonly string[]): string => ['```mermaid', 'stateDiagram-v2', ...body, '```'].join('\n');
