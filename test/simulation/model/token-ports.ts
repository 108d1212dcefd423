import { PendingTokenRefusedError, RefreshTokenDeadError } from '../../../src/tokens/errors.ts';
import type {
  RotatableSecret,
  SecretVersions,
  TokenEndpoint,
  TokenGrant,
  TokenTester,
} from '../../../src/tokens/ports.ts';
import type { SignInSecret } from '../../../src/sign-in/ports.ts';
import type { Prng } from '../../support/prng.ts';
import { ServiceFault, type ServiceFaults, reliable } from '../engine/invocation.ts';
import type { Worker } from '../engine/worker.ts';
import type { Faults } from '../world/faults.ts';
import type { SimulatedRotation } from './rotation.ts';
import type { SimulatedSecret } from './secret.ts';
import type { Grant, WebexTokens } from './webex-tokens.ts';
import type { WebexWire } from './webex-wire.ts';

export interface TokenPortsDeps {
  readonly worker: Worker;
  readonly secret: SimulatedSecret;
  readonly rotation: SimulatedRotation;
  readonly tokens: WebexTokens;
  readonly chance: Prng;
  readonly reading: () => ServiceFaults;
  readonly faults: () => Faults;
  readonly newVersionId: () => string;
}

/** The token endpoint is given so long to answer. */
const refreshTimeoutMs = 20_000;

export const createRotatableSecret = ({
  worker,
  secret,
  rotation,
  reading,
  faults,
}: TokenPortsDeps): RotatableSecret => ({
  current: () => worker.request('read secret', reading(), () => secret.current()),
  rotate: (requestId) => worker.request('have the secret rotated', faults(), () => rotation.rotate(requestId)),
});

/** What the rotation function reaches: each use is one request of the real adapter. */
export const createSecretVersions = ({ worker, secret, reading, faults }: TokenPortsDeps): SecretVersions => ({
  current: () => worker.request('read secret', reading(), () => secret.current()),
  stages: () => worker.request('describe secret', reading(), () => secret.stages()),
  pending: (versionId) => worker.request(`read pending ${versionId}`, reading(), () => secret.pending(versionId)),
  putPending: (versionId, value) =>
    worker.request(`put pending ${versionId}`, faults(), () => secret.putPending(versionId, value)),
  makeCurrent: (versionId, insteadOf) =>
    worker.request(`make ${versionId} current`, faults(), () => secret.makeCurrent(versionId, insteadOf)),
  dropPending: (versionId) => worker.request(`unstage ${versionId}`, faults(), () => secret.dropPending(versionId)),
});

export const createSignInSecret = (deps: TokenPortsDeps): SignInSecret => {
  const { worker, secret, faults, newVersionId } = deps;
  return {
    ...createSecretVersions(deps),
    async putCurrent(value) {
      const versionId = newVersionId();
      await worker.request(`put ${versionId} of a sign-in`, faults(), () => secret.putCurrent(versionId, value));
    },
  };
};

export const createTokenEndpoint = ({ worker, tokens, chance, faults }: TokenPortsDeps): TokenEndpoint => ({
  async refresh({ refreshToken }) {
    const sent = await worker.request('ask for a token', reliable, () =>
      answerTo(tokens, refreshToken, worker, chance, faults()),
    );
    const grant = await worker.request(
      'token answer',
      reliable,
      () => {
        if (sent.answer === 'no-answer') throw new ServiceFault('no answer');
        if (sent.answer === undefined) throw new RefreshTokenDeadError('Webex no longer takes the refresh token.');
        sent.answer.holder = worker;
        return sent.answer.grant;
      },
      sent.afterMs,
    );
    return grant;
  },
});

interface Sent {
  readonly answer: Grant | undefined | 'no-answer';
  readonly afterMs: number;
}

/** What the endpoint makes of one request, which the network may have doubled, and when its answer comes. */
function answerTo(tokens: WebexTokens, refreshToken: string, worker: Worker, chance: Prng, faults: Faults): Sent {
  if (chance.chance(faults.tokenFails)) return { answer: 'no-answer', afterMs: chance.int(20, refreshTimeoutMs) };
  const first = tokens.refresh(refreshToken, worker, false);
  const doubled = chance.chance(faults.tokenTwice);
  const second = doubled ? tokens.refresh(refreshToken, worker, true) : undefined;
  const answer = doubled && chance.chance(0.5) ? second : first;
  if (!chance.chance(faults.tokenLate)) return { answer, afterMs: chance.int(50, 500) };
  const lateMs = chance.int(500, refreshTimeoutMs * 1.3);
  return lateMs < refreshTimeoutMs ? { answer, afterMs: lateMs } : { answer: 'no-answer', afterMs: refreshTimeoutMs };
}

/** As the real one reads the answer: whatever is definite and not 401 proves that Webex knows the token. */
export const createTokenTester = (wire: WebexWire): TokenTester => ({
  async test(accessToken) {
    const answer = await wire.tryToken(accessToken);
    if (answer === 'unauthorized') {
      throw new PendingTokenRefusedError('Webex answered 401 to the new token.', { isUnknownToWebex: true });
    }
    if (answer === 'unsent') throw new ServiceFault('no budget');
    return 'taken';
  },
});

/** The first credentials, as a sign-in long ago has left them. */
export const credentialsOf = (grant: TokenGrant, issuedAtMs: number): string =>
  JSON.stringify({
    clientId: 'client',
    clientSecret: 'client-secret',
    accessToken: grant.accessToken,
    accessTokenExpiresAtMs: issuedAtMs + grant.expiresInSeconds * 1_000,
    refreshToken: grant.refreshToken,
    refreshTokenExpiresAtMs: issuedAtMs + (grant.refreshTokenExpiresInSeconds ?? 0) * 1_000,
    issuedAtMs,
  });
