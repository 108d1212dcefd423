import { type Attempt, type Call, isFinal } from '../../../src/calls/call.ts';
import { type Change, graceMs } from '../../../src/calls/lifecycle.ts';
import type { TaskRequest } from '../../../src/calls/task-gateway.ts';
import type { Settings } from '../../../src/settings/schema.ts';
import { slotKey } from '../../../src/slots/bookable.ts';
import type { CallRow, Ledger } from '../model/ledger.ts';
import { CapRules } from './cap-rules.ts';
import type { FactRules } from './fact-rules.ts';
import type { OrderRules } from './order-rules.ts';
import type { WebexTask } from '../model/webex.ts';
import { closedAt } from './line-hours.ts';
import { type RuleName, type Violations, clockSkewMsMax } from './violations.ts';

/** Without any fault: a timer's minute, and where two calls of a number meet, the sweep's grace and its minute. */
const lateMsMax = 240_000;

/** DESIGN.md's "What always holds", checked at every write and every task from outside of the code that must keep it. */
export class Rules {
  readonly #violations: Violations;
  readonly #facts: FactRules;
  readonly #ledger: Ledger;
  readonly #settings: Settings;
  readonly #nowMs: () => number;
  readonly #lagBelowSettle: boolean;
  readonly #caps: CapRules;
  readonly #peaceful: boolean;
  readonly #tasksOfCall = new Map<string, WebexTask[]>();
  readonly #rejected = new Set<string>();
  readonly #promised = new Set<string>();
  readonly #cancelled = new Map<string, 'done' | 'pending'>();
  readonly #rescheduled = new Set<string>();
  readonly #orders: () => OrderRules;

  /**
   * @param told what the ledger may build on in this history: that Search's lag is below the settle time, and
   * whether there are no faults at all.
   */
  constructor(
    judged: {
      violations: Violations;
      facts: FactRules;
      orders: () => OrderRules;
      ledger: Ledger;
      settings: Settings;
      nowMs: () => number;
    },
    told: { lagBelowSettle: boolean; peaceful: boolean },
  ) {
    const { ledger, settings, nowMs } = judged;
    this.#violations = judged.violations;
    this.#facts = judged.facts;
    this.#orders = judged.orders;
    this.#ledger = ledger;
    this.#settings = settings;
    this.#nowMs = nowMs;
    this.#caps = new CapRules(judged);
    this.#lagBelowSettle = told.lagBelowSettle;
    this.#peaceful = told.peaceful;
  }

  /** Somebody was told that this call is accepted. */
  acceptedAnswered(callId: string): void {
    this.#promised.add(callId);
  }

  /** What was answered to somebody is not what the ledger holds, or not theirs to know. */
  answerViolated(callId: string, words: string): void {
    this.#violate('answers', callId, words);
  }

  /** Its owner was told that the call is cancelled, or that Webex is asked to give it back. */
  cancelAnswered(callId: string, told: 'done' | 'pending'): void {
    this.#cancelled.set(callId, told === 'done' || this.wasToldCancelled(callId) ? 'done' : 'pending');
    const status = this.#ledger.rows.get(callId)?.call.status;
    if (told === 'done' && status !== 'cancelled')
      this.#violate('lost', callId, `was told to be cancelled and is ${status}`);
  }

  /** Its owner asks for another time, which may take the place of a cancelling that is pending. */
  rescheduleAsked(callId: string): void {
    this.#rescheduled.add(callId);
  }

  wasToldCancelled(callId: string): boolean {
    return this.#cancelled.get(callId) === 'done';
  }

  /** After the answer to a cancelling nothing more is begun for a call. */
  compareCancel(callId: string): void {
    if (this.#cancelled.has(callId) && !this.#rescheduled.has(callId))
      this.#violate('answers', callId, 'is dialed after its cancelling was answered');
  }

  /** Webex refused the task of an attempt for good. */
  rejected(attemptId: string): void {
    this.#rejected.add(attemptId);
  }

  callWritten(row: CallRow, before: Call | undefined, change: Change | undefined): void {
    const { call } = row;
    if (before && isFinal(before.status))
      this.#violate('lost', call.id, `was ${before.status} and became ${call.status}`);
    if (call.version !== (before?.version ?? 0) + 1) this.#violate('lost', call.id, 'skipped a version');
    this.#checkPlaces(call);
    const decision = before ? change?.decision : row.decisions[0];
    const wanted = verdictWanted(call, before, change);
    if (wanted && !(decision && wanted.includes(decision.verdict))) {
      this.#violate('undecided', call.id, `became ${call.status} without a verdict to ${wanted.join(' or ')}`);
    }
    const unexplained = decision && this.#facts.unexplained(call, decision);
    if (unexplained) this.#violate('undecided', call.id, `became ${call.status} by ${unexplained}`);
    if (this.#peaceful && call.status === 'dialing' && before?.status !== 'dialing') {
      const lateMs = this.#nowMs() - call.dueAtMs;
      if (lateMs > lateMsMax) this.#violate('late', call.id, `was claimed ${lateMs} ms after it was due`);
    }
    if (change?.attempt) this.#compareAttempt(call, change.attempt.next);
    if (change?.attempt?.next.status === 'sent' && this.#ledger.suppressions.has(call.number)) {
      if (change.attempt.from === 'claimed') this.#violate('suppressed', call.id, 'was marked sent while suppressed');
    }
  }

  /** What is written of an attempt: true, and nothing that must not be read there. */
  #compareAttempt(call: Call, attempt: Attempt): void {
    const { id, status, outcome, order, detail = '' } = attempt;
    if (/\+\d{8,}|access\d+_|refresh\d/.test(detail)) this.#violate('exposed', call.id, `keeps a secret: ${detail}`);
    const isRefusedHere = order !== undefined && detail.startsWith('Not sent') && this.#isTooNear(order.fromMs);
    if (status === 'rejected' && !this.#rejected.has(id) && !isRefusedHere) {
      this.#violate('lost', call.id, `counts ${id} as refused by Webex, which has not refused it`);
    }
    if (outcome === undefined) return;
    const task = this.#tasksOfCall.get(call.id)?.find(({ attemptId }) => attemptId === id);
    if (task?.outcome !== outcome && !this.#orders().isMistakable(call, attempt)) {
      this.#violate('misread', call.id, `takes ${id} for ${outcome}; its task is ${task?.outcome ?? 'not there'}`);
    }
  }

  /** Webex takes no order for a time that is less than half an hour away. */
  #isTooNear(fromMs: number): boolean {
    return fromMs < this.#nowMs() + 30 * 60_000 + graceMs.dispatch;
  }

  /** The moment of sending. */
  departs(request: TaskRequest): void {
    const nowMs = this.#nowMs();
    const callId = callIdOf(request.attemptId);
    const row = this.#ledger.rows.get(callId);
    const attempt = row?.attempts[row.call.attemptCount - 1];
    if (!row || row.call.status !== 'dialing' || attempt?.id !== request.attemptId || attempt.status !== 'sent') {
      this.#violate(
        'doubled',
        callId,
        `was sent while ${row?.call.status ?? 'unknown'}, its attempt ${attempt?.status}`,
      );
      return;
    }
    this.compareCancel(callId);
    this.#orders().taskDeparts(callId);
    this.#facts.departs(request, row);
    const closed = this.#closedBecause(row.call, nowMs);
    if (closed) this.#violate('outsideWindow', callId, closed);
  }

  created(task: WebexTask): void {
    const callId = callIdOf(task.attemptId);
    if (this.#lagBelowSettle) this.compareTasks(callId, task.attemptId);
    this.#tasksOfCall.set(callId, [...(this.#tasksOfCall.get(callId) ?? []), task]);
    if (this.#lagBelowSettle) this.#caps.created(task, callId);
  }

  /** Before a call gets another task, the ledger must have been told of the end of each earlier one. */
  compareTasks(callId: string, attemptId: string): void {
    for (const earlier of this.#tasksOfCall.get(callId) ?? []) {
      if (earlier.attemptId === attemptId) this.#violate('doubled', callId, `has a second task for ${attemptId}`);
      else if (!this.#isKnown(callId, earlier))
        this.#violate('doubled', callId, `has a second task while ${earlier.taskId} is not known to be over`);
    }
  }

  overBudget(requests: number): void {
    this.#violate('overBudget', '', `${requests} requests in a minute`);
  }

  /** When everything is quiet. */
  end(): void {
    for (const [callId, row] of this.#ledger.rows) {
      if (!isFinal(row.call.status)) this.#violate('lost', callId, `stays ${row.call.status}`);
      else if (this.#ledger.openCallIds(row.call.number, [row.call.line]).includes(callId)) {
        this.#violate('lost', callId, 'is over and still holds the lock of its number');
      }
    }
    for (const callId of this.#promised) {
      if (!this.#ledger.rows.has(callId)) this.#violate('lost', callId, 'was promised and is not in the ledger');
    }
    this.#orders().end();
    this.#compareAttempts();
    this.#caps.end();
    this.#comparePlaces();
  }

  /** A slot holds as many calls as it takes, and who is not called gives the place back while it is of use. */
  #checkPlaces(call: Call): void {
    const { slot } = call;
    if (!slot) return;
    const taken = this.#ledger.slotTaken(call.line, slot.fromMs);
    const capacity = this.#settings.lines[call.line]?.slots?.capacity ?? 0;
    const hour = new Date(slot.fromMs).toISOString();
    if (taken > capacity) this.#violate('overBooked', call.id, `is one of ${taken} calls at ${hour}, of ${capacity}`);
    const unused = call.placedCount === 0 && this.#nowMs() < slot.toMs - clockSkewMsMax;
    if (unused && ['cancelled', 'refused', 'expired'].includes(call.status)) {
      this.#violate('overBooked', call.id, `is ${call.status} and keeps its place at ${hour}`);
    }
  }

  /** Every attempt is settled in the end, and as what Webex really did with it. */
  #compareAttempts(): void {
    const created = new Set([...this.#tasksOfCall.values()].flat().map(({ attemptId }) => attemptId));
    for (const [callId, { call, attempts }] of this.#ledger.rows) {
      for (const attempt of attempts) {
        const { id, status } = attempt;
        if (status === 'claimed' || status === 'sent' || status === 'uncertain') {
          this.#violate('lost', callId, `is over with the attempt ${id} still ${status}`);
        } else if (this.#lagBelowSettle && (status === 'placed') !== created.has(id)) {
          if (status === 'placed' && this.#orders().isTaskless(call, attempt)) continue;
          const truth = created.has(id) ? 'a task' : 'no task';
          this.#violate('doubled', callId, `holds the attempt ${id} for ${status}, and Webex has ${truth} for it`);
        }
      }
    }
  }

  /** No slot counts fewer than the calls that have their place in it. */
  #comparePlaces(): void {
    const held = new Map<string, number>();
    for (const { call } of this.#ledger.rows.values()) {
      const key = call.slot && slotKey(call.line, call.slot.fromMs);
      if (key) held.set(key, (held.get(key) ?? 0) + 1);
    }
    for (const [key, count] of held) {
      const taken = this.#ledger.slots.get(key) ?? 0;
      if (taken < count) this.#violate('overBooked', '', `${key} counts ${taken}, and ${count} calls are in it`);
    }
  }

  /** Whether the ledger knows that the call behind an earlier task came to nothing. */
  #isKnown(callId: string, task: WebexTask): boolean {
    const attempt = this.#ledger.rows.get(callId)?.attempts.find(({ id }) => id === task.attemptId);
    return attempt?.status === 'placed' && attempt.outcome !== undefined && attempt.outcome !== 'connected';
  }

  #closedBecause(call: Call, nowMs: number): string | undefined {
    if (nowMs >= call.expiresAtMs + clockSkewMsMax) return 'was sent after its time was over';
    if (call.window && nowMs < call.window.fromMs - clockSkewMsMax) return 'was sent before the wished window';
    const closed = closedAt(call, nowMs);
    return closed && `was sent ${closed}`;
  }

  #violate(rule: RuleName, callId: string, words: string): void {
    this.#violations.add(rule, callId, words);
  }
}

/** Which verdict must be stored with a write, if any. */
function verdictWanted(
  call: Call,
  before: Call | undefined,
  change: Change | undefined,
): readonly ('allow' | 'defer' | 'deny')[] | undefined {
  if (!before) return call.status === 'refused' ? ['deny', 'defer'] : ['allow', 'defer'];
  if (before.status === call.status) return undefined;
  switch (call.status) {
    case 'dialing':
      return ['allow'];
    case 'refused':
      // An attempt that the list stopped between claim and mark has the verdict of its claim.
      return change?.attempt ? undefined : ['deny'];
    case 'expired':
      return ['allow', 'defer', 'deny'];
    default:
      return undefined;
  }
}

const callIdOf = (attemptId: string): string => attemptId.slice(0, attemptId.lastIndexOf('.'));
