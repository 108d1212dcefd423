import type { ScheduledCallbackBody } from '../../../src/adapters/webex/scheduled-callback-operations.ts';
import { type Attempt, type Call, attemptIdOf } from '../../../src/calls/call.ts';
import type { Change } from '../../../src/calls/lifecycle.ts';
import type { CallRow, Ledger } from '../model/ledger.ts';
import type { OrderWatcher } from '../model/order-client.ts';
import type { CallbackWatcher, WebexCallback, WebexCallbacks } from '../model/webex-callbacks.ts';
import type { FactRules, Span } from './fact-rules.ts';
import { closedAt } from './line-hours.ts';
import type { Rules } from './rules.ts';
import { type RuleName, type Violations, clockSkewMsMax } from './violations.ts';
import { instantAt } from './zones.ts';

export interface OrderRulesDeps {
  readonly ledger: Ledger;
  readonly violations: Violations;
  readonly rules: Rules;
  readonly facts: FactRules;
  readonly callbacks: () => WebexCallbacks;
  readonly nowMs: () => number;
  /** Lines that hand over; a number has one open call on each at most. */
  readonly lines: readonly string[];
  readonly lagBelowSettle: boolean;
  /** From then on nothing fails. */
  readonly calmFromMs: number;
}

const minuteMs = 60_000;
/** The stack looks again ten minutes before the window, and what it has read then is half a minute old. */
const knownBeforeMs = 10 * minuteMs + 30_000 + clockSkewMsMax;
/** After so long without faults nothing of them is left that keeps an order from being taken back. */
const calmBeforeMs = 60 * minuteMs;
/** How close the instants of a window are at which it has to be lawful. */
const stepMs = 15 * minuteMs;

/** A task without a mark may be an attempt's own that was created so long before or after it was sent. */
const unmarkedMs = { before: 300_000 + clockSkewMsMax, after: 360_000 + clockSkewMsMax };

/**
 * What has to be true of the calls that Webex holds. When in its window Webex calls is its own affair, and it weighs nothing: so an order is
 * judged by what was known when it left, when it was reviewed, and a little before its window.
 */
export class OrderRules implements OrderWatcher, CallbackWatcher {
  readonly #deps: OrderRulesDeps;
  readonly #unclearMs = new Map<string, number>();
  readonly #calledOfNumber = new Map<string, { readonly attemptId: string; readonly atMs: number }[]>();
  readonly #deletedByHandMs = new Map<string, number>();

  constructor(deps: OrderRulesDeps) {
    this.#deps = deps;
  }

  departs({ callbackNumber, timezone, scheduleDate, startTime, endTime }: ScheduledCallbackBody): string | undefined {
    const { ledger, lines, facts, rules } = this.#deps;
    const [fromMs, toMs] = [
      instantAt(timezone, scheduleDate, startTime),
      instantAt(timezone, scheduleDate, endTime),
    ] as const;
    const [callId = ''] = ledger.openCallIds(callbackNumber, lines);
    const row = ledger.rows.get(callId);
    const attempt = row?.attempts[row.call.attemptCount - 1];
    const isSent = row?.call.status === 'dialing' && attempt?.status === 'sent';
    if (!row || !isSent || attempt.order?.fromMs !== fromMs || attempt.order.toMs !== toMs) {
      this.#violate('doubled', callId, `was ordered while ${row?.call.status}, its attempt ${attempt?.status}`);
      return undefined;
    }
    rules.compareCancel(callId);
    facts.ordered(row, { fromMs, toMs });
    this.#compareHours(row.call, { fromMs, toMs });
    return attempt.id;
  }

  refused(attemptId: string): void {
    this.#deps.rules.rejected(attemptId);
  }

  unclear(number: string): void {
    this.#unclearMs.set(number, this.#deps.nowMs());
  }

  made(callback: WebexCallback): void {
    const { attemptId } = callback;
    if (attemptId === undefined || !this.#deps.lagBelowSettle) return;
    const callId = callIdOf(attemptId);
    const other = this.#standing(callId).find(({ callbackId }) => callbackId !== callback.callbackId);
    if (other) this.#violate('doubled', callId, `has the order of ${attemptId} beside that of ${other.attemptId}`);
    this.#deps.rules.compareTasks(callId, attemptId);
  }

  /** Of a call of which Webex holds an order, nobody may ask for a task. */
  taskDeparts(callId: string): void {
    const [standing] = this.#deps.lagBelowSettle ? this.#standing(callId) : [];
    if (standing) this.#violate('doubled', callId, `was sent while Webex holds the order of ${standing.attemptId}`);
  }

  moved({ attemptId = '', fromMs, toMs }: WebexCallback): void {
    const row = this.#deps.ledger.rows.get(callIdOf(attemptId));
    if (row) this.#compareHours(row.call, { fromMs, toMs });
  }

  deletedByHand({ callbackId }: WebexCallback): void {
    this.#deletedByHandMs.set(callbackId, this.#deps.nowMs());
  }

  /** A verdict of the review lets the order go on. */
  callWritten(row: CallRow, before: Call | undefined, change: Change | undefined): void {
    const isReview = before?.status === 'placed' && row.call.status === 'placed' && change?.decision !== undefined;
    if (!isReview || row.call.withdrawal || change.decision.verdict !== 'allow') return;
    const order = row.attempts.at(-1)?.order;
    if (order) this.#deps.facts.reviewed(row, order);
  }

  called(callback: WebexCallback): void {
    const { ledger, facts, rules, nowMs } = this.#deps;
    const { attemptId = '', body, fromMs } = callback;
    const earlier = this.#calledOfNumber.get(body.callbackNumber) ?? [];
    this.#calledOfNumber.set(body.callbackNumber, [...earlier, { attemptId, atMs: nowMs() }]);
    const callId = callIdOf(attemptId);
    const row = ledger.rows.get(callId);
    const attempt = row?.attempts.find(({ id }) => id === attemptId);
    if (!row || !attempt)
      return this.#violate('lost', callId, `is called for ${attemptId}, which is not in the ledger`);
    const closed = closedAt(row.call, nowMs());
    if (closed) this.#violate('outsideWindow', callId, `was called by Webex ${closed}`);
    if (!this.#deps.lagBelowSettle) return;
    if (!['sent', 'uncertain', 'placed'].includes(attempt.status))
      return this.#violate(
        'doubled',
        callId,
        `is called for ${attemptId}, which the ledger holds for ${attempt.status}`,
      );
    if (rules.wasToldCancelled(callId)) this.#violate('answers', callId, 'was told to be cancelled, and Webex calls');
    this.#compareWindow(row.call, attempt);
    const knownByMs = fromMs - knownBeforeMs;
    if (this.#wasClearSince(body.callbackNumber, fromMs, knownByMs)) facts.calledByWebex(row.call, knownByMs);
  }

  /** When everything is quiet. */
  end(): void {
    for (const callback of this.#deps.callbacks().ordered()) {
      const { attemptId = '', callbackId, body, fromMs, end } = callback;
      const deletedMs = this.#deletedByHandMs.get(callbackId) ?? Number.POSITIVE_INFINITY;
      const knownByMs = fromMs - knownBeforeMs;
      if (end !== 'deleted-by-hand' || deletedMs > knownByMs) continue;
      const row = this.#deps.ledger.rows.get(callIdOf(attemptId));
      const attempt = row?.attempts.find(({ id }) => id === attemptId);
      if (attempt?.status === 'placed' && this.#wasClearSince(body.callbackNumber, fromMs, knownByMs))
        this.#violate('lost', callIdOf(attemptId), `was deleted in Webex before its window, and nobody called`);
    }
  }

  /** Whether nobody can know that a placed attempt has no task: Webex had its order and did not call, or called for another one then. */
  isTaskless(call: Call, attempt: Attempt): boolean {
    const ordered = this.#deps.callbacks().ordered();
    const order = ordered.find(({ attemptId }) => attemptId === attempt.id);
    if (!order) return this.isMistakable(call, attempt);
    if (order.end === 'deleted') return this.#deps.facts.wasSuppressed(call.number);
    return order.end === 'dropped' || order.end === 'deleted-by-hand';
  }

  /**
   * Whether Webex called the number for another order about when it may have called for this attempt: the task of an order bears
   * no mark, so nobody can tell that it is not the attempt's own. Two orders of one call stand in Webex only where its lists lag
   * for longer than the ledger waits.
   */
  isMistakable({ number }: Call, { id, order, sentAtMs = 0 }: Attempt): boolean {
    if (order !== undefined && this.#deps.lagBelowSettle) return false;
    const fromMs = (order?.fromMs ?? sentAtMs) - unmarkedMs.before;
    const toMs = order ? this.#deps.nowMs() : sentAtMs + unmarkedMs.after;
    const called = this.#calledOfNumber.get(number) ?? [];
    return called.some(({ attemptId, atMs }) => attemptId !== id && atMs >= fromMs && atMs <= toMs);
  }

  /** Whether nothing was in the way of taking an order back. */
  #wasClearSince(number: string, fromMs: number, knownByMs: number): boolean {
    const { calmFromMs } = this.#deps;
    return calmFromMs <= fromMs - calmBeforeMs && (this.#unclearMs.get(number) ?? 0) < knownByMs;
  }

  #compareHours(call: Call, { fromMs, toMs }: Span): void {
    for (let atMs = fromMs; atMs < toMs + stepMs; atMs += stepMs) {
      const closed = closedAt(call, Math.min(atMs, toMs - 1));
      if (closed) return this.#violate('outsideWindow', call.id, `may be called by Webex ${closed}`);
    }
  }

  /** Within the window that was ordered, or the one that Webex was asked to move it to. */
  #compareWindow(call: Call, attempt: Attempt): void {
    const nowMs = this.#deps.nowMs();
    const windows = [attempt.order, attemptIdOf(call.id, call.attemptCount) === attempt.id && call.withdrawal?.order];
    const isWithin = windows.some(
      (window) => window && nowMs >= window.fromMs - clockSkewMsMax && nowMs < window.toMs + clockSkewMsMax,
    );
    if (!isWithin) this.#violate('outsideWindow', call.id, 'was called by Webex in a window that nobody knows of');
  }

  #standing(callId: string): readonly WebexCallback[] {
    const ordered = this.#deps.callbacks().ordered();
    return ordered.filter(({ attemptId = '', end }) => end === undefined && callIdOf(attemptId) === callId);
  }

  #violate(rule: RuleName, callId: string, words: string): void {
    this.#deps.violations.add(rule, callId, words);
  }
}

const callIdOf = (attemptId: string): string => attemptId.slice(0, attemptId.lastIndexOf('.'));
