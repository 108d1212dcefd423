import { declareBan, liftBan } from '../../../src/bans/change-bans.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { ok } from '../../../src/shared/result.ts';
import { finishSignIn } from '../../../src/sign-in/finish-sign-in.ts';
import type { RunEnd } from '../engine/invocation.ts';
import type { Ports } from '../model/ports.ts';
import type { FunctionName, World } from './world.ts';
import { places } from './zones.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const dayMs = 24 * hourMs;

/** How often somebody sends a request again that was not answered. */
const triesMax = 6;
/** How long it takes somebody to look after an alarm, at most. */
const alarmMsMax = 20 * minuteMs;
/** After the last fault: alarms are looked after by then, and what waits for its fifth try has had it. */
const settledAfterMs = 3 * hourMs;

const state = 's'.repeat(43);
const browserSecret = 'b'.repeat(43);
const signInState = JSON.stringify({
  operator: 'admin',
  redirectUri: 'https://api.example.com/oauth/callback',
  browserSha256: sha256(browserSecret),
});

type Answer<T> = { readonly answered: true; readonly value: T } | { readonly answered: false };

/** Everybody who works at the organization, and what happens to its Webex without their doing. */
export class Operators {
  readonly #world: World;
  #alarmed = false;

  constructor(world: World) {
    this.#world = world;
    world.functions.onSignInDead = () => this.#alarm();
  }

  /** @param numbers of the people that may be called. */
  begin(numbers: readonly string[]): void {
    const { chances, engine, webex } = this.#world;
    const chance = chances.operators;
    for (let left = chance.pick([0, 0, 1, 3]); left > 0; left -= 1) this.#start(this.#ban(`ban-${left}`));
    for (let left = chance.pick([0, 0, 1]); left > 0; left -= 1) this.#later(() => this.#signInWhileRotating());
    for (const name of webex.lists.names) {
      for (let left = chance.int(0, 8); left > 0; left -= 1) {
        const number = chance.pick(numbers);
        this.#later(() => {
          webex.lists.addInWebex(name, number);
          this.#world.listRules.addedInWebex(number);
        });
      }
    }
    for (let left = chances.supervisors.pick([0, 0, 2, 5]); left > 0; left -= 1)
      engine.after(chances.supervisors.int(0, dayMs), () => this.#deleteOrder());
    this.#beginTroubles();
    this.#rotateEvery(chance.pick([4, 6, 24]) * hourMs);
    engine.at(this.#world.calmFromMs + settledAfterMs, () => this.#start(this.#tryTokens()));
  }

  /** A supervisor deletes one of our orders in Webex itself. */
  #deleteOrder(): void {
    const { chances, webex } = this.#world;
    const ours = webex.callbacks.ahead().filter(({ attemptId }) => attemptId !== undefined);
    if (ours.length > 0) webex.callbacks.removeByHand(chances.supervisors.pick(ours));
  }

  /** What ends tokens and hides lists; none of it is anybody's fault here. */
  #beginTroubles(): void {
    const { faults, webex, engine, chances } = this.#world;
    const chance = chances.operators;
    for (let left = faults.tokenDead; left > 0; left -= 1) this.#later(() => webex.tokens.revokeAccess());
    for (let left = faults.signInDead; left > 0; left -= 1) this.#later(() => webex.tokens.revokeAll());
    for (let left = webex.lists.names.length > 0 ? faults.dncMissing : 0; left > 0; left -= 1) {
      this.#later(() => {
        webex.lists.hide();
        engine.after(chance.int(12, 25) * minuteMs, () => webex.lists.show());
      });
    }
  }

  /** The schedule of the rotation, for as long as a history is worth watching. */
  #rotateEvery(everyMs: number): void {
    const { engine, rotation, startMs, calmFromMs } = this.#world;
    for (let atMs = startMs + everyMs; atMs < calmFromMs; atMs += everyMs) {
      engine.at(atMs, () => rotation.rotate(this.#world.newId('version')));
    }
  }

  /** Bans a place, now or from later on, for hours or until somebody lifts it. */
  async #ban(id: string): Promise<void> {
    const { engine, chances, factRules } = this.#world;
    const chance = chances.operators;
    const jurisdiction = chance.pick(['US', ...places.map((place) => place.jurisdiction)]);
    await engine.pause(this.#some());
    const fromMs = chance.chance(0.6) ? undefined : engine.nowMs + chance.int(0, 120) * minuteMs;
    const toMs = chance.chance(0.5) ? (fromMs ?? engine.nowMs) + chance.int(30, 12 * 60) * minuteMs : undefined;
    const command = { id, jurisdiction, fromMs, toMs, reason: 'flood', by: 'operator:1' };
    const declared = await this.#insist('api', (ports) => declareBan(ports, command));
    engine.note('operator', `declares ${id} for ${jurisdiction}`, declared.answered);
    if (declared.answered && declared.value.ok) factRules.banAnswered(declared.value.value);
    if (toMs !== undefined && chance.chance(0.7)) return;
    await engine.pause(chance.int(10, 20 * 60) * minuteMs);
    factRules.banLifting(id);
    await this.#insist('api', (ports) => liftBan(ports, { id, reason: 'over', by: 'operator:1' }));
  }

  /** The alarm of a dead sign-in rings until somebody has signed in again. */
  #alarm(): void {
    if (this.#alarmed) return;
    this.#alarmed = true;
    const { engine, chances } = this.#world;
    engine.after(chances.operators.int(5 * minuteMs, alarmMsMax), () => this.#start(this.#signIn()));
  }

  /** A rotation may be anywhere on its way when somebody signs in. */
  #signInWhileRotating(): void {
    const { rotation, engine, chances } = this.#world;
    rotation.rotate(this.#world.newId('version'));
    engine.after(chances.operators.int(0, 1_500), () => this.#start(this.#signIn()));
  }

  async #signIn(): Promise<void> {
    const { webex, settings, engine } = this.#world;
    const answer = await this.#insist('sign-in', (ports) =>
      finishSignIn(
        {
          ...ports,
          store: { take: async () => ({ value: signInState, expiresAtMs: Number.POSITIVE_INFINITY }) },
          server: { exchange: async () => ok(webex.tokens.signIn()) },
          serviceApp: { issue: () => Promise.reject(new TypeError('There is no service app here.')) },
          secret: ports.signInSecret,
          settings,
        },
        { parameters: new URLSearchParams({ state, code: 'code' }), browserSecret },
      ),
    );
    engine.note('admin', 'signs in', answer.answered);
    this.#alarmed = false;
  }

  /** Long after the last fault every access token ends once more: the stack must come by a new one, with or without help. */
  async #tryTokens(): Promise<void> {
    const { webex, engine, signInRules } = this.#world;
    webex.tokens.revokeAccess();
    for (let tries = 0; tries < (alarmMsMax + 2 * hourMs) / (10 * minuteMs); tries += 1) {
      const answer = await this.#run('dispatch', async ({ accessTokens }) => {
        const token = await accessTokens.current();
        return webex.tokens.takes(token) ? token : accessTokens.replace(token);
      });
      if (answer.answered && webex.tokens.takes(answer.value)) return;
      await engine.pause(10 * minuteMs);
    }
    signInRules.hasNoToken();
  }

  #later(happens: () => void): void {
    this.#world.engine.after(this.#some(), happens);
  }

  /** Within the time in which most calls are dialed. */
  #some(): number {
    const { chances, startMs, calmFromMs } = this.#world;
    const spanMs = Math.min(calmFromMs - startMs, dayMs);
    return chances.operators.chance(0.5)
      ? chances.operators.int(0, 6 * hourMs) % spanMs
      : chances.operators.int(0, spanMs - 1);
  }

  async #insist<T>(name: FunctionName, body: (ports: Ports) => Promise<T>): Promise<Answer<T>> {
    let answer: Answer<T> = { answered: false };
    for (let tries = 0; tries < triesMax && !answer.answered; tries += 1) {
      if (tries > 0) await this.#world.engine.pause(this.#world.chances.operators.int(2_000, 60_000));
      answer = await this.#run(name, body);
    }
    return answer;
  }

  #run<T>(name: FunctionName, body: (ports: Ports) => Promise<T>): Promise<Answer<T>> {
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
