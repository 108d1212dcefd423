import { type BucketRules, bucketRules } from '../../../src/budget/bucket.ts';
import type { BucketState, Budget, Lane } from '../../../src/budget/ports.ts';
import { BudgetContendedError, SharedBudget } from '../../../src/budget/shared-budget.ts';
import type {
  TaskAnswer,
  TaskGateway,
  TaskLookup,
  TaskRequest,
  TaskSighting,
} from '../../../src/calls/task-gateway.ts';
import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import { type Invocation, ServiceFault, type ServiceFaults, reliable } from '../engine/invocation.ts';
import type { Faults } from '../world/faults.ts';

export interface WebexTask {
  readonly taskId: string;
  readonly attemptId: string;
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
  /** Webex knows more of a task now. */
  told(task: WebexTask): void;
  /** Webex was asked more often than it allows. */
  overBudget(requestsLastMinute: number): void;
}

export interface WebexOptions {
  readonly requestsPerMinute: number;
  readonly lagMs: number;
  readonly faults: () => Faults;
  /** Of our own services, which the budget lies in. */
  readonly serviceFaults: () => ServiceFaults;
}

const timeoutMs = 10_000;
const minuteMs = 60_000;

/** Webex behind the task gateway: its tasks, its Search that lags, its budget, and everything that can go wrong between. */
export class Webex {
  readonly tasks: WebexTask[] = [];
  readonly #byAttempt = new Map<string, WebexTask>();
  readonly #requestsMs: number[] = [];
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #watcher: WebexWatcher;
  readonly #options: WebexOptions;
  readonly #bucketRules: BucketRules;
  #bucket: BucketState | undefined;
  #tokenDeadUntilMs = 0;

  constructor(engine: Engine, chance: Prng, watcher: WebexWatcher, options: WebexOptions) {
    this.#engine = engine;
    this.#chance = chance;
    this.#watcher = watcher;
    this.#options = options;
    this.#bucketRules = bucketRules(options.requestsPerMinute);
  }

  /** Webex as one worker reaches it: through the real budget, whose bucket all workers share. */
  gateway(invocation: Invocation): TaskGateway {
    const budget = this.#budget(invocation);
    return {
      createTask: (request, deadlineMs) => this.#createTask(invocation, budget, request, deadlineMs),
      findTask: (lookup) => this.#findTask(invocation, budget, lookup),
    };
  }

  #budget(invocation: Invocation): Budget {
    const faults = (): ServiceFaults => this.#options.serviceFaults();
    return new SharedBudget({
      clock: invocation.clock,
      rules: this.#bucketRules,
      random: () => this.#chance.next(),
      store: {
        read: () => invocation.request('read budget', { ...faults(), answerLost: 0 }, () => this.#bucket),
        replace: (before, after) =>
          invocation.request('take of the budget', faults(), () => {
            if (this.#bucket?.version !== before?.version) return { now: this.#bucket };
            this.#bucket = after;
            return 'written';
          }),
      },
    });
  }

  async #createTask(
    invocation: Invocation,
    budget: Budget,
    request: TaskRequest,
    deadlineMs: number,
  ): Promise<TaskAnswer> {
    if (this.#tokenDead()) return unsent('no-token', 10_000);
    const leftMs = Math.max(0, deadlineMs - invocation.clock.nowMs());
    const lane = request.kind === 'callback' ? 'callbacks' : 'outdials';
    const taken = await this.#take(budget, lane, Math.min(1_000, leftMs));
    if (taken !== 'granted') return unsent('no-budget', taken.waitMs);
    const left = await invocation.request(`send ${request.attemptId}`, reliable, () =>
      this.#send(invocation, request, deadlineMs),
    );
    if ('answer' in left) return left.answer;
    const answer = await invocation.request(
      `answer for ${request.attemptId}`,
      reliable,
      () => left.later,
      left.afterMs,
    );
    if (answer.outcome === 'throttled') await pauseAll(budget, invocation.clock.nowMs() + answer.retryAfterMs);
    return answer;
  }

  /** A budget that cannot be read is one that is used up. */
  async #take(budget: Budget, lane: Lane, maxWaitMs: number): Promise<'granted' | { readonly waitMs: number }> {
    try {
      return await budget.take(lane, maxWaitMs);
    } catch (error) {
      if (error instanceof ServiceFault || error instanceof BudgetContendedError) return { waitMs: 10_000 };
      throw error;
    }
  }

  /** The moment of sending, and then what Webex makes of it. */
  #send(
    invocation: Invocation,
    request: TaskRequest,
    deadlineMs: number,
  ): { answer: TaskAnswer } | { later: TaskAnswer; afterMs: number } {
    const leftMs = Math.min(timeoutMs, deadlineMs - invocation.clock.nowMs());
    if (leftMs <= 0) return { answer: unsent('deadline-passed', 10_000) };
    this.#watcher.departs(request);
    if (!this.#isWithinLimit()) {
      return { later: { outcome: 'throttled', retryAfterMs: 60_000 }, afterMs: Math.min(leftMs, 50) };
    }
    return this.#process(request, leftMs);
  }

  #process(request: TaskRequest, leftMs: number): { later: TaskAnswer; afterMs: number } {
    const chance = this.#chance;
    const faults = this.#options.faults();
    const quickMs = Math.min(leftMs, chance.int(20, 400));
    if (chance.chance(faults.webexThrottles)) {
      return { later: { outcome: 'throttled', retryAfterMs: chance.int(1, 60) * 1_000 }, afterMs: quickMs };
    }
    if (chance.chance(faults.webexRejects)) {
      return { later: { outcome: 'rejected', status: 400, words: 'Bad Request' }, afterMs: quickMs };
    }
    if (chance.chance(faults.webexFailsBefore)) return this.#failure(leftMs);
    if (chance.chance(faults.webexFailsAfter)) {
      const failure = this.#failure(leftMs);
      // What went on behind a gateway that gave up may end a little after it.
      const createdAfterMs = chance.chance(0.2)
        ? failure.afterMs + chance.int(0, 3_000)
        : failure.afterMs * chance.next();
      this.#engine.after(createdAfterMs, () => this.#create(request));
      return failure;
    }
    const taskId = this.#newTaskId();
    this.#engine.after(quickMs, () => this.#create(request, taskId));
    return { later: { outcome: 'placed', taskId }, afterMs: quickMs };
  }

  #failure(leftMs: number): { later: TaskAnswer; afterMs: number } {
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
        return { later: { outcome: 'uncertain', cause: 'no-answer: TIMEOUT' }, afterMs: leftMs };
    }
  }

  #create(request: TaskRequest, taskId = this.#newTaskId()): void {
    const chance = this.#chance;
    const createdAtMs = this.#engine.nowMs;
    const draw = chance.next();
    const outcome = draw < 0.5 ? 'connected' : draw < 0.8 ? 'unanswered' : draw < 0.95 ? 'abandoned' : 'never-told';
    const connectedAtMs = createdAtMs + chance.int(5, 90) * 1_000;
    const endedAtMs = outcome === 'connected' ? connectedAtMs + chance.int(10, 1_800) * 1_000 : connectedAtMs;
    const task: WebexTask = {
      taskId,
      attemptId: request.attemptId,
      number: request.destination,
      createdAtMs,
      outcome,
      connectedAtMs,
      endedAtMs,
    };
    this.tasks.push(task);
    if (!this.#byAttempt.has(task.attemptId)) this.#byAttempt.set(task.attemptId, task);
    this.#engine.note('webex', `creates a task for ${task.attemptId}`, task.taskId);
    this.#watcher.created(task);
    if (outcome === 'never-told') return;
    this.#engine.at(connectedAtMs, () => this.#watcher.told(task));
    if (endedAtMs > connectedAtMs) this.#engine.at(endedAtMs, () => this.#watcher.told(task));
  }

  /** By the variable, and where that shows nothing by the number: two requests, as the real gateway makes them. */
  async #findTask(invocation: Invocation, budget: Budget, lookup: TaskLookup): Promise<TaskSighting | undefined> {
    const seen = await this.#search(invocation, budget, lookup);
    return (seen ?? lookup.taskId !== undefined) ? seen : this.#search(invocation, budget, lookup);
  }

  async #search(invocation: Invocation, budget: Budget, lookup: TaskLookup): Promise<TaskSighting | undefined> {
    const { searchFails } = this.#options.faults();
    const taken = await this.#take(budget, 'reconcile', 5_000);
    if (taken !== 'granted') throw new ServiceFault('no budget');
    const { slow } = this.#options.serviceFaults();
    return invocation.request(`search ${lookup.attemptId}`, { throttled: searchFails, answerLost: 0, slow }, () => {
      if (this.#tokenDead()) throw new ServiceFault('unauthorized');
      if (!this.#isWithinLimit()) throw new ServiceFault('429');
      const task = this.#byAttempt.get(lookup.attemptId);
      const shownMs = this.#engine.nowMs - this.#options.lagMs;
      if (!task || task.createdAtMs > shownMs) return undefined;
      if (task.createdAtMs < lookup.fromMs || task.createdAtMs > lookup.toMs + 1_000) return undefined;
      return sightingOf(task, shownMs);
    });
  }

  /** Webex's own count of what it was asked in the last minute. */
  #isWithinLimit(): boolean {
    const nowMs = this.#engine.nowMs;
    const recent = this.#requestsMs;
    while (recent.length > 0 && (recent[0] ?? nowMs) <= nowMs - minuteMs) recent.shift();
    recent.push(nowMs);
    if (recent.length <= this.#options.requestsPerMinute) return true;
    this.#watcher.overBudget(recent.length);
    return false;
  }

  #tokenDead(): boolean {
    const nowMs = this.#engine.nowMs;
    const { tokenDead } = this.#options.faults();
    if (tokenDead === 0) return false;
    if (nowMs < this.#tokenDeadUntilMs) return true;
    // Once in a while the token dies, for a minute or for an hour.
    if (this.#chance.chance(tokenDead * 0.02)) this.#tokenDeadUntilMs = nowMs + this.#chance.pick([60_000, 3_600_000]);
    return nowMs < this.#tokenDeadUntilMs;
  }

  #newTaskId(): string {
    return `task-${String(this.#chance.int(0, 0xff_ff_ff_ff)).padStart(10, '0')}`;
  }
}

const unsent = (cause: string, retryAfterMs: number): TaskAnswer => ({ outcome: 'unsent', cause, retryAfterMs });

/** What Webex said holds, whether the other workers could be told or not. */
async function pauseAll(budget: Budget, untilMs: number): Promise<void> {
  try {
    await budget.pauseUntil(untilMs, '429');
  } catch (error) {
    if (!(error instanceof ServiceFault) && !(error instanceof BudgetContendedError)) throw error;
  }
}

/** What Webex tells of a task at an instant. */
export function sightingOf(task: WebexTask, atMs: number): TaskSighting {
  const { taskId, attemptId, createdAtMs, connectedAtMs, endedAtMs, outcome } = task;
  const told = { taskId, attemptId, createdAtMs };
  if (outcome === 'never-told' || atMs < connectedAtMs) return { ...told, outcome: 'pending' };
  return { ...told, outcome, ...(atMs >= endedAtMs && { endedAtMs }) };
}
