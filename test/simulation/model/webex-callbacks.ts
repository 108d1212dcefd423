import type { ScheduledCallbackBody } from '../../../src/adapters/webex/scheduled-callback-operations.ts';
import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import { instantAt } from '../world/zones.ts';

/** A scheduled callback as Webex holds it. */
export interface WebexCallback {
  readonly callbackId: string;
  /** The attempt that ordered it, which Webex does not know; absent where somebody made it in Webex itself. */
  readonly attemptId: string | undefined;
  readonly body: ScheduledCallbackBody;
  readonly fromMs: number;
  readonly toMs: number;
  readonly createdAtMs: number;
  /** What became of it; a moved one is another object with the same id. */
  end: 'called' | 'dropped' | 'deleted' | 'deleted-by-hand' | undefined;
}

export interface CallbackWatcher {
  made(callback: WebexCallback): void;
  moved(callback: WebexCallback): void;
  deletedByHand(callback: WebexCallback): void;
  /** Its window has come, and Webex calls. */
  called(callback: WebexCallback): void;
}

export interface CallbackOptions {
  /** Whether one whose window has begun is shown and changed until Webex calls; nothing says that it is. */
  readonly shownUntilCalled: boolean;
  /** How long after its creation the list shows a callback. */
  readonly lagMs: number;
  readonly watcher: CallbackWatcher;
}

const minuteMs = 60_000;
/** Webex's limits (developer.webex.com, Schedule Callback), told here once more: a judge must not copy the one it judges. */
const leadMsMin = 30 * minuteMs;
const aheadMsMax = 31 * 86_400_000;
const lengthMs = { least: 30 * minuteMs, most: 480 * minuteMs };
/** Webex ends some callbacks without a call, and nobody hears of it. */
const droppedShare = 0.03;

const farAway = { scheduleDate: '2099-01-01', startTime: '09:00:00', endTime: '10:00:00' };

/** Webex's scheduled callbacks, from the order to the call: when in its window that is only Webex knows. */
export class WebexCallbacks {
  readonly #byId = new Map<string, WebexCallback>();
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #options: CallbackOptions;

  constructor(engine: Engine, chance: Prng, options: CallbackOptions) {
    this.#engine = engine;
    this.#chance = chance;
    this.#options = options;
  }

  /** @returns undefined for 400. */
  create(body: ScheduledCallbackBody, attemptId: string | undefined): WebexCallback | undefined {
    return this.#isTaken(body) ? this.#put(this.#newId(), body, attemptId) : undefined;
  }

  /** Somebody has made one in Webex itself, for a time long after everything here is over. */
  createByHand(number: string): void {
    const common = { customerName: 'By hand', timezone: 'UTC', queueId: 'queue' };
    const callback = this.#put(this.#newId(), { ...common, ...farAway, callbackNumber: number }, undefined);
    this.#byId.set(callback.callbackId, { ...callback, createdAtMs: this.#engine.nowMs - this.#options.lagMs });
  }

  /** @returns undefined for 404. */
  get(callbackId: string): WebexCallback | undefined {
    const callback = this.#byId.get(callbackId);
    return callback && this.#isThere(callback) ? callback : undefined;
  }

  /** @returns the status of the answer. */
  update(callbackId: string, body: ScheduledCallbackBody): 200 | 400 | 404 {
    const callback = this.get(callbackId);
    if (!callback) return 404;
    if (!this.#isTaken(body)) return 400;
    this.#put(callbackId, body, callback.attemptId, callback.createdAtMs);
    return 200;
  }

  /** @returns the status of the answer. */
  remove(callbackId: string): 204 | 404 {
    const callback = this.get(callbackId);
    if (!callback) return 404;
    callback.end = 'deleted';
    return 204;
  }

  /** What a supervisor does in Webex itself. */
  removeByHand(callback: WebexCallback): void {
    callback.end = 'deleted-by-hand';
    this.#engine.note('supervisor', `deletes ${callback.callbackId} of ${callback.body.callbackNumber}`);
    this.#options.watcher.deletedByHand(callback);
  }

  /** What the list shows of a number. */
  list(number: string): readonly WebexCallback[] {
    const shownMs = this.#engine.nowMs - this.#options.lagMs;
    return this.ahead().filter(({ body, createdAtMs }) => body.callbackNumber === number && createdAtMs <= shownMs);
  }

  /** Of every callback that there ever was. */
  numberOf(callbackId: string): string {
    return this.#byId.get(callbackId)?.body.callbackNumber ?? '';
  }

  /** All that are there. */
  ahead(): readonly WebexCallback[] {
    return [...this.#byId.values()].filter((callback) => this.#isThere(callback));
  }

  /** All that were ever ordered by our attempts, in their last state. */
  ordered(): readonly WebexCallback[] {
    return [...this.#byId.values()].filter(({ attemptId }) => attemptId !== undefined);
  }

  #put(
    callbackId: string,
    body: ScheduledCallbackBody,
    attemptId: string | undefined,
    createdAtMs?: number,
  ): WebexCallback {
    const { timezone, scheduleDate, startTime, endTime } = body;
    const callback: WebexCallback = {
      callbackId,
      attemptId,
      body,
      fromMs: instantAt(timezone, scheduleDate, startTime),
      toMs: instantAt(timezone, scheduleDate, endTime),
      createdAtMs: createdAtMs ?? this.#engine.nowMs,
      end: undefined,
    };
    this.#byId.set(callbackId, callback);
    this.#engine.note('webex', `holds ${callbackId} of ${attemptId ?? 'somebody else'}`, new Date(callback.fromMs));
    const { watcher } = this.#options;
    if (createdAtMs === undefined) watcher.made(callback);
    else watcher.moved(callback);
    this.#engine.at(this.#callAtMs(callback), () => this.#call(callback));
    return callback;
  }

  #call(callback: WebexCallback): void {
    // One that was moved or deleted meanwhile is not the one that Webex holds.
    if (callback.end !== undefined || this.#byId.get(callback.callbackId) !== callback) return;
    callback.end = callback.attemptId === undefined || this.#chance.chance(droppedShare) ? 'dropped' : 'called';
    if (callback.end === 'called') this.#options.watcher.called(callback);
  }

  /** Most are called soon after their window begins. */
  #callAtMs({ fromMs, toMs }: WebexCallback): number {
    const chance = this.#chance;
    return chance.chance(0.6) ? fromMs + chance.int(0, 90_000) : chance.int(fromMs, toMs - 1);
  }

  #isThere({ end, fromMs }: WebexCallback): boolean {
    return end === undefined && (this.#options.shownUntilCalled || this.#engine.nowMs < fromMs);
  }

  #isTaken({ timezone, scheduleDate, startTime, endTime }: ScheduledCallbackBody): boolean {
    const fromMs = instantAt(timezone, scheduleDate, startTime);
    const toMs = instantAt(timezone, scheduleDate, endTime);
    const aheadMs = fromMs - this.#engine.nowMs;
    const isInTime = aheadMs >= leadMsMin && aheadMs <= aheadMsMax;
    return isInTime && toMs - fromMs >= lengthMs.least && toMs - fromMs <= lengthMs.most;
  }

  #newId(): string {
    return `callback-${String(this.#chance.int(0, 0xff_ff_ff_ff)).padStart(10, '0')}`;
  }
}
