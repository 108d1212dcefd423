import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { RequestBudget } from './budget.ts';
import { issueSentence } from './errors.ts';
import { FaultBook } from './faults/fault-book.ts';
import { SettingsSchema, type SimulatorSettings, type SimulatorSettingsInput } from './settings.ts';
import { ContactStore } from './store/contact-store.ts';
import { createTransaction } from './store/database.ts';
import { DncStore } from './store/dnc-store.ts';
import { MetaStore } from './store/meta-store.ts';
import { RequestLog } from './store/request-log.ts';
import { type ScheduledCallback, ScheduledCallbackStore } from './store/scheduled-callback-store.ts';
import { type NewTask, TaskStore } from './store/task-store.ts';
import { TokenStore } from './store/token-store.ts';
import { planTask } from './tasks/life.ts';
import { type ClientCredentials, TokenDesk } from './tokens.ts';
import { fail, ok, type Result } from '../../../src/shared/result.ts';

export interface SimulationOptions {
  readonly organizationId: string;
  readonly client: ClientCredentials;
  /** What holds until `PATCH /_settings` changes it. */
  readonly settings: SimulatorSettings;
}

const SETTINGS_KEY = 'settings';
const MINUTE_MS = 60_000;

/** The simulated organization: its settings, what it remembers, and the few things that happen to it by themselves. */
export class Simulation {
  readonly organizationId: string;
  readonly clientId: string;
  readonly inTransaction: <T>(work: () => T) => T;
  readonly requests: RequestLog;
  readonly tasks: TaskStore;
  readonly dnc: DncStore;
  readonly callbacks: ScheduledCallbackStore;
  readonly contacts: ContactStore;
  readonly signIns: TokenStore;
  readonly tokens: TokenDesk;
  readonly faults: FaultBook;
  readonly budget = new RequestBudget();
  readonly #meta: MetaStore;
  readonly #base: SimulatorSettings;
  #settings: SimulatorSettings;
  #nextCallbackMs: number;

  constructor(database: DatabaseSync, options: SimulationOptions, nowMs: number) {
    this.organizationId = options.organizationId;
    this.clientId = options.client.id;
    this.inTransaction = createTransaction(database);
    this.requests = new RequestLog(database);
    this.tasks = new TaskStore(database);
    this.dnc = new DncStore(database);
    this.callbacks = new ScheduledCallbackStore(database);
    this.contacts = new ContactStore(database);
    this.signIns = new TokenStore(database);
    this.#meta = new MetaStore(database);
    this.faults = new FaultBook(this.#meta);
    this.#base = options.settings;
    this.#settings = SettingsSchema.parse({ ...options.settings, ...Object(this.#meta.read(SETTINGS_KEY)) });
    this.tokens = new TokenDesk(this.signIns, options.client, () => this.#settings);
    this.#nextCallbackMs = this.callbacks.nextStartMs();
    for (const [clientId, instants] of this.requests.countedSince(nowMs - MINUTE_MS))
      this.budget.restore(clientId, instants);
  }

  get settings(): SimulatorSettings {
    return this.#settings;
  }

  /** Replaces the named settings, and keeps that over restarts; or answers one sentence. */
  changeSettings(changes: Readonly<Record<string, unknown>>): Result<SimulatorSettings, string> {
    const changed = { ...Object(this.#meta.read(SETTINGS_KEY)), ...changes };
    const parsed = SettingsSchema.safeParse({ ...this.#base, ...changed } satisfies SimulatorSettingsInput);
    if (!parsed.success) return fail(`${issueSentence(parsed.error)}.`);
    this.#meta.write(SETTINGS_KEY, changed);
    this.#settings = parsed.data;
    return ok(parsed.data);
  }

  /** Back to what it was started with. */
  resetSettings(): void {
    this.#meta.remove(SETTINGS_KEY);
    this.#settings = this.#base;
  }

  addTask(task: Omit<NewTask, 'id' | 'plan'>): string {
    const id = randomUUID();
    const plan = planTask(this.#settings.tasks, task.number, task.createdAtMs);
    const names = new Set(this.#settings.globalVariables);
    const variables = Object.fromEntries(Object.entries(task.attributes).filter(([name]) => names.has(name)));
    this.tasks.add({ ...task, id, plan }, variables);
    return id;
  }

  saveCallback(callback: ScheduledCallback): void {
    this.callbacks.put(callback);
    this.#nextCallbackMs = Math.min(this.#nextCallbackMs, callback.startAtMs);
  }

  /** Has Webex place the scheduled callbacks whose time has come; called before every request. */
  startDueCallbacks(nowMs: number): void {
    if (nowMs < this.#nextCallbackMs) return;
    for (const { schedule, startAtMs } of this.callbacks.takeDue(nowMs)) {
      this.addTask({
        createdAtMs: startAtMs,
        number: schedule.callbackNumber,
        entryPointId: 'default-callback-entry-point',
        outboundType: 'SCHEDULED_CALLBACK',
        origin: null,
        attributes: {},
        body: schedule,
        bearerToken: null,
        clientId: null,
        requestIndex: null,
        scheduledCallbackId: schedule.id,
      });
    }
    this.#nextCallbackMs = this.callbacks.nextStartMs();
  }

  /** Empties everything that requests left behind. Tokens and settings stay, so that whoever is signed in can go on. */
  empty(): void {
    this.requests.clear();
    this.tasks.clear();
    this.dnc.clear();
    this.callbacks.clear();
    this.contacts.clear();
    this.faults.clear();
    this.budget.clear();
    this.#nextCallbackMs = Number.POSITIVE_INFINITY;
  }
}
