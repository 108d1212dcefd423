import type { TaskAnswer, TaskLookup, TaskRequest, TaskSighting } from '../../../src/calls/task-gateway.ts';
import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import type { Faults } from '../world/faults.ts';
import type { WebexCallback, WebexCallbacks } from './webex-callbacks.ts';
import type { WebexLists } from './webex-lists.ts';
import type { WebexTokens } from './webex-tokens.ts';
import type { Later, Refusal } from './webex-wire.ts';

export interface WebexTask {
  readonly taskId: string;
  /** The attempt behind it; Webex knows it only of a task that we have asked for. */
  readonly attemptId: string;
  /** The start of the window, for a scheduled callback that has become a task: it bears no mark of ours. */
  readonly orderedForMs: number | undefined;
  readonly number: string;
  readonly createdAtMs: number;
  readonly outcome: 'connected' | 'unanswered' | 'abandoned' | 'never-told';
  readonly connectedAtMs: number;
  readonly endedAtMs: number;
}

export interface WebexWatcher {
  /** The request leaves the worker: the moment of sending. */
  departs(request: TaskRequest): void;
  created(task: WebexTask): void;
  rejected(attemptId: string): void;
  /** Webex knows more of a task now. */
  told(task: WebexTask): void;
  /** Webex was asked more often than it allows. */
  overBudget(requestsLastMinute: number): void;
}

export interface WebexOptions {
  readonly requestsPerMinute: number;
  readonly lagMs: number;
  readonly faults: () => Faults;
  readonly tokens: WebexTokens;
  readonly lists: WebexLists;
  readonly callbacks: WebexCallbacks;
}

const minuteMs = 60_000;
const timeoutMs = 10_000;

/** What a request for a task came to once Webex had let it in. */
export type TaskResult = Exclude<TaskAnswer, { outcome: 'unsent' }>;

/** Webex itself: its tasks, its Search that lags, its limit of requests. */
export class Webex {
  readonly tasks: WebexTask[] = [];
  readonly tokens: WebexTokens;
  readonly lists: WebexLists;
  readonly watcher: WebexWatcher;
  readonly callbacks: WebexCallbacks;
  readonly #byId = new Map<string, WebexTask>();
  readonly #byAttempt = new Map<string, WebexTask>();
  readonly #unmarked = new Map<string, WebexTask[]>();
  readonly #requestsMs: number[] = [];
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #options: WebexOptions;

  constructor(engine: Engine, chance: Prng, watcher: WebexWatcher, options: WebexOptions) {
    this.#engine = engine;
    this.#chance = chance;
    this.watcher = watcher;
    this.#options = options;
    this.tokens = options.tokens;
    this.lists = options.lists;
    this.callbacks = options.callbacks;
  }

  /** What Webex answers before it looks at a request: it counts each one, and wants a token that is good. */
  refusal(token: string): Refusal | undefined {
    if (!this.#isWithinLimit()) return { outcome: 'throttled', retryAfterMs: 60_000 };
    return this.tokens.takes(token) ? undefined : { outcome: 'unauthorized' };
  }

  createTask(request: TaskRequest, leftMs: number): Later<TaskResult> {
    const chance = this.#chance;
    const faults = this.#options.faults();
    const quickMs = Math.min(leftMs, chance.int(20, 400));
    if (chance.chance(faults.webexThrottles)) {
      return { later: { outcome: 'throttled', retryAfterMs: chance.int(1, 60) * 1_000 }, afterMs: quickMs };
    }
    if (chance.chance(faults.webexRejects)) {
      this.watcher.rejected(request.attemptId);
      return { later: { outcome: 'rejected', status: 400, words: 'Bad Request' }, afterMs: quickMs };
    }
    if (chance.chance(faults.webexFailsBefore)) return this.#failure(leftMs);
    if (chance.chance(faults.webexFailsAfter)) {
      const failure = this.#failure(leftMs);
      // What went on behind a gateway that gave up may end a little after it.
      const createdAfterMs = chance.chance(0.2)
        ? failure.afterMs + chance.int(0, 3_000)
        : failure.afterMs * chance.next();
      this.#engine.after(createdAfterMs, () => this.#asked(request));
      return failure;
    }
    const taskId = this.#newTaskId();
    this.#engine.after(quickMs, () => this.#asked(request, taskId));
    return { later: { outcome: 'placed', taskId }, afterMs: quickMs };
  }

  /** The window of a scheduled callback has come. */
  callBack({ attemptId = '', body, fromMs }: WebexCallback): void {
    const task = this.#create({ attemptId, number: body.callbackNumber, orderedForMs: fromMs }, this.#newTaskId());
    const unmarked = this.#unmarked.get(task.number) ?? [];
    this.#unmarked.set(task.number, [...unmarked, task]);
  }

  /** What Search shows of the task of an attempt: by its id or its mark, or by its number where it bears no mark. */
  find(
    { attemptId, taskId, number, fromMs, toMs, unmarked }: TaskLookup,
    by: 'mark' | 'number',
  ): TaskSighting | undefined {
    const shownMs = this.#engine.nowMs - this.#options.lagMs;
    const isShown = ({ createdAtMs }: WebexTask): boolean =>
      createdAtMs <= shownMs && createdAtMs >= fromMs && createdAtMs <= toMs + 1_000;
    if (taskId === undefined && by === 'number') {
      const isInSpan = ({ createdAtMs }: WebexTask) => createdAtMs >= unmarked.fromMs && createdAtMs <= unmarked.toMs;
      const found = this.#unmarked.get(number)?.find((one) => isShown(one) && isInSpan(one));
      if (found) return sightingOf(found, shownMs);
    }
    const task = taskId === undefined ? this.#byAttempt.get(attemptId) : this.#byId.get(taskId);
    return task && isShown(task) ? sightingOf(task, shownMs) : undefined;
  }

  #failure(leftMs: number): Later<TaskResult> {
    const chance = this.#chance;
    switch (chance.int(0, 2)) {
      case 0:
        return {
          later: { outcome: 'uncertain', cause: 'server-error: 503' },
          afterMs: Math.min(leftMs, chance.int(20, 2_000)),
        };
      case 1:
        return {
          later: { outcome: 'uncertain', cause: 'no-answer: ECONNRESET' },
          afterMs: Math.min(leftMs, chance.int(1, 500)),
        };
      default:
        return { later: { outcome: 'uncertain', cause: 'no-answer: TIMEOUT' }, afterMs: Math.min(leftMs, timeoutMs) };
    }
  }

  #asked({ attemptId, destination }: TaskRequest, taskId = this.#newTaskId()): void {
    const task = this.#create({ attemptId, number: destination, orderedForMs: undefined }, taskId);
    if (!this.#byAttempt.has(attemptId)) this.#byAttempt.set(attemptId, task);
  }

  #create(of: Pick<WebexTask, 'attemptId' | 'number' | 'orderedForMs'>, taskId: string): WebexTask {
    const chance = this.#chance;
    const createdAtMs = this.#engine.nowMs;
    const draw = chance.next();
    const outcome = draw < 0.5 ? 'connected' : draw < 0.8 ? 'unanswered' : draw < 0.95 ? 'abandoned' : 'never-told';
    const connectedAtMs = createdAtMs + chance.int(5, 90) * 1_000;
    const endedAtMs = outcome === 'connected' ? connectedAtMs + chance.int(10, 1_800) * 1_000 : connectedAtMs;
    const task: WebexTask = { ...of, taskId, createdAtMs, outcome, connectedAtMs, endedAtMs };
    this.tasks.push(task);
    this.#byId.set(taskId, task);
    this.#engine.note('webex', `creates a task for ${task.attemptId}`, task.taskId);
    this.watcher.created(task);
    this.watcher.told(task);
    if (outcome === 'never-told') return task;
    this.#engine.at(connectedAtMs, () => this.watcher.told(task));
    if (endedAtMs > connectedAtMs) this.#engine.at(endedAtMs, () => this.watcher.told(task));
    return task;
  }

  /** Webex's own count of what it was asked in the last minute. */
  #isWithinLimit(): boolean {
    const nowMs = this.#engine.nowMs;
    const recent = this.#requestsMs;
    while (recent.length > 0 && (recent[0] ?? nowMs) <= nowMs - minuteMs) recent.shift();
    recent.push(nowMs);
    if (recent.length <= this.#options.requestsPerMinute) return true;
    this.watcher.overBudget(recent.length);
    return false;
  }

  #newTaskId(): string {
    return `task-${String(this.#chance.int(0, 0xff_ff_ff_ff)).padStart(10, '0')}`;
  }
}

/** What Webex tells of a task at an instant. */
export function sightingOf(task: WebexTask, atMs: number): TaskSighting {
  const { taskId, attemptId, createdAtMs, connectedAtMs, endedAtMs, outcome } = task;
  const told = { taskId, createdAtMs, ...(task.orderedForMs === undefined && { attemptId }) };
  if (outcome === 'never-told' || atMs < connectedAtMs) return { ...told, outcome: 'pending' };
  return { ...told, outcome, ...(atMs >= endedAtMs && { endedAtMs }) };
}
