import type { Call } from '../../../src/calls/call.ts';
import { type ChangeCallCommand, changeCall } from '../../../src/calls/change-call.ts';
import {
  type AcceptedCall,
  type RequestCallCommand,
  type RequestCallFailure,
  requestCall,
} from '../../../src/calls/request-call.ts';
import { pendingChange } from '../../../src/calls/held-by.ts';
import { reviewLeadMs } from '../../../src/calls/lifecycle-parts.ts';
import { findCalls, holdsToken, readCallRecord } from '../../../src/calls/read-call.ts';
import type { Result } from '../../../src/shared/result.ts';
import { type RequestOutdialCommand, requestOutdial } from '../../../src/calls/request-outdial.ts';
import { suppressNumber } from '../../../src/suppression/suppress-number.ts';
import type { RunEnd } from '../engine/invocation.ts';
import type { Ports } from '../model/ports.ts';
import { agent, formLines, lineNames, triggerLine } from './sample-settings.ts';
import { drawWish } from './wishes.ts';
import type { World } from './world.ts';
import { placeOf, places } from './zones.ts';

type Answer<T> = { readonly answered: true; readonly value: T } | { readonly answered: false };
type RequestAnswer = Answer<Result<AcceptedCall, RequestCallFailure>>;

/** How often a person or a script sends a request again that was not answered. */
const triesMax = 4;

/** How often somebody looks whether a cancelling that is pending is done. */
const looksMax = 5;

/** Everybody outside: people who ask, ask twice, change their mind or opt out, and operators who look. */
export class People {
  readonly #world: World;
  readonly numbers: readonly string[];
  readonly #calls: number;

  constructor(world: World, calls: number) {
    this.#world = world;
    this.#calls = calls;
    const chance = world.chances.people;
    // Few numbers make callers meet each other's locks and caps, many leave them alone.
    const count = Math.max(1, Math.ceil(calls / chance.pick([1, 2, 5])));
    this.numbers = Array.from({ length: count }, (_, index) => {
      const { areaCode } = chance.pick(places);
      return `+1${areaCode}2${String(340_000 + index).padStart(6, '0')}`;
    });
  }

  /** Everybody comes within a minute, an hour or a quarter of a day. */
  begin(): void {
    const chance = this.#world.chances.people;
    const spreadMs = chance.pick([60_000, 3_600_000, 6 * 3_600_000]);
    for (let index = 0; index < this.#calls; index += 1) {
      this.#world.engine.after(Math.floor(chance.next() * spreadMs), () => this.#start(this.#ask(index)));
    }
  }

  /** One person's story, from the form on, or that of somebody whom a trigger wants to be called. */
  async #ask(index: number): Promise<void> {
    const chance = this.#world.chances.people;
    if (chance.chance(0.1)) return this.#trigger(index);
    const number = chance.pick(this.numbers);
    const command = this.#command(number, chance.chance(0.6) ? `key-${this.#world.seed}-${index}` : undefined);
    if (chance.chance(0.1)) this.#start(this.#twin(command, chance.int(0, 80)));
    if (chance.chance(0.1)) this.#start(this.#stranger(command, chance.int(0, 600_000)));
    if (chance.chance(0.15)) this.#start(this.#otherLine(command, chance.int(0, 100)));
    if (command.when !== 'now' && chance.chance(0.2)) {
      for (let others = 0; others < 3; others += 1) this.#start(this.#rival(command, chance.int(0, 20)));
    }
    const answer = await this.#submit(command);
    if (!answer.answered || !answer.value.ok) return;
    const { call, manageToken } = answer.value.value;
    const isHeld = call.heldBy === 'webex';
    if (chance.chance(isHeld ? 0.15 : 0.06)) this.#start(this.#optOut(number, this.#moment(this.#turnOf(call))));
    if (chance.chance(0.02)) this.#start(this.#look(number, call.id, chance.int(0, 3_600_000)));
    if (!manageToken) return;
    if (chance.chance(isHeld ? 0.3 : 0.15))
      this.#start(this.#cancel(call.id, manageToken, this.#moment(this.#turnOf(call))));
    if (chance.chance(isHeld ? 0.4 : 0.12)) {
      const when = drawWish(this.#world, number, command.line);
      const wish = { do: 'reschedule', when, timeZone: placeOf(number).timeZone } as const;
      this.#start(this.#reschedule(call.id, manageToken, wish, this.#moment(this.#turnOf(call))));
    }
  }

  /** The instant about which something happens to a call: it is due, or Webex holds it and its window comes near. */
  #turnOf({ dueAtMs, heldBy, window }: Call): number {
    if (heldBy !== 'webex' || !window) return dueAtMs;
    return this.#world.chances.people.pick([
      dueAtMs,
      window.fromMs - reviewLeadMs,
      window.fromMs - 60_000,
      window.fromMs,
    ]);
  }

  #command(number: string, idempotencyKey: string | undefined): RequestCallCommand {
    const chance = this.#world.chances.people;
    const { timeZone } = placeOf(number);
    const told = chance.next();
    const zone = told < 0.7 ? timeZone : told < 0.8 ? chance.pick(places).timeZone : undefined;
    const line = chance.pick(formLines);
    const isHandedOver = this.#world.handsOver.includes(line);
    const when =
      zone === timeZone && chance.chance(isHandedOver ? 0.7 : 0.3) ? drawWish(this.#world, number, line) : 'now';
    const wantsAgent = isHandedOver && chance.chance(0.3);
    return {
      phone: number,
      line,
      when,
      customer: { ...(zone && { timeZone: zone }), ...(wantsAgent && { preferredAgent: agent.email }) },
      consent: { version: '1', evidence: {} },
      idempotencyKey,
    };
  }

  /** A marketing system's wish, for which there may be a basis or none. */
  async #trigger(index: number): Promise<void> {
    const { chances, engine, seed, rules } = this.#world;
    const chance = chances.people;
    const number = chance.pick(this.numbers);
    const startMs = engine.nowMs - chance.int(0, 700) * 86_400_000;
    const command: RequestOutdialCommand = {
      phone: number,
      line: triggerLine,
      when: 'now',
      customer: {},
      purpose: chance.chance(0.8) ? 'marketing' : 'service',
      automated: chance.chance(0.2),
      bases: chance.chance(0.5) ? [] : [{ type: chance.pick(['consent', 'relationship']), startMs }],
      variables: { campaign: 'renewal' },
      idempotencyKey: `trigger-${seed}-${index}`,
    };
    for (let tries = 0; tries < triesMax; tries += 1) {
      const answer = await this.#api((ports) => requestOutdial(this.#requestDeps(ports), command));
      if (answer.answered) {
        if (answer.value.ok) rules.acceptedAnswered(answer.value.value.call.id);
        return;
      }
      await engine.pause(chance.int(200, 5_000));
    }
  }

  /** Some instant after now, often the very one at which the call is dialed. */
  #moment(dueAtMs: number): number {
    const chance = this.#world.chances.people;
    const nowMs = this.#world.engine.nowMs;
    const early = chance.next();
    if (early < 0.3) return chance.int(0, 300_000);
    if (early < 0.6) return Math.max(0, dueAtMs - nowMs) + chance.int(0, 800);
    if (early < 0.8) return Math.max(0, dueAtMs - nowMs) + chance.int(0, 60_000);
    return Math.max(0, dueAtMs - nowMs) + chance.int(0, 7_200_000);
  }

  /** Sends a request, and again where no answer came. */
  async #submit(command: RequestCallCommand): Promise<RequestAnswer> {
    const { engine, rules, chances } = this.#world;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const answer = await this.#api((ports) => requestCall(this.#requestDeps(ports), command));
      if (answer.answered && !(!answer.value.ok && answer.value.failure.code === 'request-in-progress')) {
        if (answer.value.ok) {
          rules.acceptedAnswered(answer.value.value.call.id);
          this.#checkToken(answer.value.value);
        }
        return answer;
      }
      await engine.pause(chances.people.int(200, 5_000));
    }
    return { answered: false };
  }

  /** The same form sent again at once: a double click, or a client that does not wait. */
  async #twin(command: RequestCallCommand, delayMs: number): Promise<void> {
    await this.#world.engine.pause(delayMs);
    const [one, other] = await Promise.all([this.#submit(command), this.#submit(command)]);
    if (!one.answered || !other.answered || !one.value.ok || !other.value.ok) return;
    if (!command.idempotencyKey) return;
    if (one.value.value.call.id !== other.value.value.call.id) {
      this.#world.rules.answerViolated(one.value.value.call.id, 'the same key was answered with two calls');
    } else if (one.value.value.manageToken !== other.value.value.manageToken) {
      this.#world.rules.answerViolated(one.value.value.call.id, 'the same key was answered with two manage links');
    }
  }

  /** Somebody else asks for the same number and line: never a manage link to a call that is not theirs. */
  async #stranger(command: RequestCallCommand, delayMs: number): Promise<void> {
    const { engine, ledger, rules } = this.#world;
    await engine.pause(delayMs);
    const before = ledger.openCallIds(command.phone, [command.line]);
    const answer = await this.#submit({ ...command, when: 'now', idempotencyKey: undefined });
    if (!answer.answered || !answer.value.ok) return;
    const { call, manageToken } = answer.value.value;
    if (before.includes(call.id) && manageToken) rules.answerViolated(call.id, 'a stranger got its manage link');
  }

  /** Somebody else wants the same time in the same moment. */
  async #rival(command: RequestCallCommand, delayMs: number): Promise<void> {
    const phone = this.#world.chances.people.pick(this.numbers);
    await this.#world.engine.pause(delayMs);
    await this.#submit({ ...command, phone, idempotencyKey: undefined });
  }

  /** The same person asks on another line at the same time: two calls to one number, which share its caps. */
  async #otherLine(command: RequestCallCommand, delayMs: number): Promise<void> {
    await this.#world.engine.pause(delayMs);
    const others = lineNames.filter((line) => line !== command.line);
    await this.#submit({ ...command, line: this.#world.chances.people.pick(others), idempotencyKey: undefined });
  }

  /** Who is told that it is pending looks again until it is done, or too late. */
  async #cancel(callId: string, manageToken: string, delayMs: number): Promise<void> {
    const { engine, chances } = this.#world;
    await engine.pause(delayMs);
    for (let looks = 0; looks < looksMax; looks += 1) {
      const call = await this.#change(callId, manageToken, { do: 'cancel' });
      if (!call) return;
      const told = pendingChange(call) === 'cancel' ? 'pending' : 'done';
      this.#world.rules.cancelAnswered(callId, told);
      if (told === 'done') return;
      await engine.pause(chances.people.int(5_000, 1_200_000));
    }
  }

  async #reschedule(
    callId: string,
    manageToken: string,
    wish: ChangeCallCommand['change'],
    delayMs: number,
  ): Promise<void> {
    await this.#world.engine.pause(delayMs);
    this.#world.rules.rescheduleAsked(callId);
    await this.#change(callId, manageToken, wish);
  }

  /** @returns the call as it was answered; undefined where there was no answer, or none that changes anything. */
  async #change(callId: string, manageToken: string, change: ChangeCallCommand['change']): Promise<Call | undefined> {
    const { engine, settings } = this.#world;
    const answer = await this.#api((ports) =>
      changeCall({ ...ports, decide: this.#world.decideFor('request'), settings }, { callId, manageToken, change }),
    );
    if (!answer.answered) return undefined;
    const { value } = answer;
    engine.note(
      'person',
      `is told about ${change.do} of ${callId}`,
      value.ok ? value.value.status : value.failure.code,
    );
    if (!value.ok && value.failure.code === 'not-found') {
      this.#world.rules.answerViolated(callId, 'its own manage token was not taken');
    }
    return value.ok ? value.value : undefined;
  }

  async #optOut(number: string, delayMs: number): Promise<void> {
    const { engine, chances, factRules, webex, ledger } = this.#world;
    // Some have a callback in Webex itself, which nobody here has made.
    if (chances.people.chance(0.5) && !ledger.suppressions.has(number)) webex.callbacks.createByHand(number);
    await engine.pause(delayMs);
    for (let tries = 0; tries < triesMax; tries += 1) {
      const answer = await this.#run('suppress', (ports) =>
        suppressNumber({ ...ports, lines: lineNames }, { number, reason: 'asked', source: 'phone', by: 'operator:1' }),
      );
      if (answer.answered) {
        factRules.suppressAnswered(number);
        engine.note('operator', `is told that ${number} is on the list`);
        break;
      }
      await engine.pause(2_000);
    }
    if (!chances.people.chance(0.3)) return;
    // Some were mistaken and say so at once.
    await engine.pause(
      chances.people.chance(0.5) ? chances.people.int(0, 4_000) : chances.people.int(60_000, 7_200_000),
    );
    const removal = { reason: 'mistake', removedBy: 'operator:1', removedAtMs: engine.nowMs };
    await this.#api((ports) => ports.suppressions.remove(number, removal));
  }

  /** An operator looks: what is shown together must belong together. */
  async #look(number: string, callId: string, delayMs: number): Promise<void> {
    const { engine, rules } = this.#world;
    await engine.pause(delayMs);
    await this.#api((ports) => findCalls(ports, number));
    const answer = await this.#api((ports) => readCallRecord(ports, callId));
    if (!answer.answered || !answer.value) return;
    const { call, attempts } = answer.value;
    if (attempts.length !== call.attemptCount) rules.answerViolated(callId, 'a reader saw half a change');
  }

  #checkToken({ call, manageToken }: AcceptedCall): void {
    const stored = this.#world.ledger.rows.get(call.id)?.call;
    if (manageToken && !(stored && holdsToken(stored, manageToken))) {
      this.#world.rules.answerViolated(call.id, 'the answer has a manage token that does not open it');
    }
  }

  #requestDeps(ports: Ports): Parameters<typeof requestCall>[0] {
    return {
      ...ports,
      decide: this.#world.decideFor('request'),
      newId: () => this.#world.newId('call'),
      settings: this.#world.settings,
    };
  }

  #api<T>(body: (ports: Ports) => Promise<T>): Promise<Answer<T>> {
    return this.#run('api', body);
  }

  #run<T>(name: 'api' | 'suppress', body: (ports: Ports) => Promise<T>): Promise<Answer<T>> {
    return new Promise((resolve) => {
      this.#world.invoke(name, body, (end: RunEnd<T>) =>
        resolve(end.ended === 'returned' ? { answered: true, value: end.value } : { answered: false }),
      );
    });
  }

  /** A story that breaks is a mistake of the simulation, not of the world. */
  #start(story: Promise<void>): void {
    story.catch((error: unknown) => this.#world.engine.fail(error));
  }
}
