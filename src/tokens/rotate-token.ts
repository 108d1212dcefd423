import type { Clock } from '../shared/clock.ts';
import { isSignedIn, parseCredentials, renewed } from './credentials.ts';
import { PendingTokenRefusedError, RotationStepError, RotationSupersededError } from './errors.ts';
import type { SecretVersions, TokenEndpoint, TokenTester, WebexCredentials } from './ports.ts';

/** A token this young was made by a rotation that ran a moment ago for the same reason; another refresh would be wasted. */
export const FRESH_MS = 10_000;

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

export type RotationStep = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';

export interface RotateTokenDeps {
  readonly secret: SecretVersions;
  readonly endpoint: TokenEndpoint;
  readonly tester: TokenTester;
  readonly clock: Clock;
  /**
   * Credentials that could not be stored, by the version they replace, kept for the life of the process: a repeated step
   * stores them instead of asking again with a refresh token that may be used up.
   */
  readonly unsaved: Map<string, string>;
}

export interface RotationReport {
  readonly step: RotationStep;
  /** Of the newest credentials the step saw. */
  readonly refreshTokenExpiresAtMs?: number;
  readonly refreshed: boolean;
}

/**
 * One step of Secrets Manager's rotation of the Webex token. Every step may be called again and then does nothing twice.
 *
 * The refresh token can be lost in one window only: after Webex answered and before the pending version is written, if the
 * process dies there and Webex rotates refresh tokens. Nothing else runs in that window, and a failed write is repeated from
 * memory. Where the refresh token does not rotate, the old one stays good and the step simply runs again.
 * @throws {RefreshTokenDeadError} when an administrator has to sign in again.
 */
export async function rotateToken(
  deps: RotateTokenDeps,
  step: RotationStep,
  versionId: string,
): Promise<RotationReport> {
  const stages = (await deps.secret.stages()).get(versionId);
  if (stages?.includes(CURRENT)) {
    if (step === 'finishSecret' && stages.includes(PENDING)) await deps.secret.dropPending(versionId);
    return { step, refreshed: false };
  }
  if (!stages?.includes(PENDING))
    throw new RotationSupersededError(`${step} cannot run: the version is not staged as ${PENDING} any more.`);
  switch (step) {
    case 'createSecret':
      return createSecret(deps, versionId);
    case 'setSecret':
      // Webex made the token itself; there is nothing to set on its side.
      return { step, refreshed: false };
    case 'testSecret':
      return testSecret(deps, versionId);
    case 'finishSecret':
      return finishSecret(deps, versionId);
  }
}

async function createSecret(deps: RotateTokenDeps, versionId: string): Promise<RotationReport> {
  const { secret, endpoint, clock, unsaved } = deps;
  const written = await secret.pending(versionId);
  const current = await secret.current();
  if (written) {
    const pending = parseCredentials(written.value);
    // Left in place, a version that can never become current would be tested again and again.
    if (pending.refreshedFrom !== current.versionId) await giveWay(secret, versionId);
    return report('createSecret', pending, false);
  }
  const kept = unsaved.get(current.versionId);
  if (kept !== undefined) return store(deps, versionId, current.versionId, kept, true);

  const credentials = parseCredentials(current.value);
  const ageMs = clock.nowMs() - (credentials.issuedAtMs ?? 0);
  if (ageMs >= 0 && ageMs < FRESH_MS) {
    const copy = { ...credentials, refreshedFrom: current.versionId };
    return store(deps, versionId, current.versionId, JSON.stringify(copy), false);
  }

  const askedAtMs = clock.nowMs();
  const grant = await endpoint.refresh(credentials);
  const fresh = renewed(credentials, grant, askedAtMs, current.versionId);
  return store(deps, versionId, current.versionId, JSON.stringify(fresh), true);
}

async function store(
  { secret, unsaved }: RotateTokenDeps,
  versionId: string,
  replaces: string,
  value: string,
  refreshed: boolean,
): Promise<RotationReport> {
  unsaved.set(replaces, value);
  const outcome = await secret.putPending(versionId, value);
  unsaved.delete(replaces);
  if (outcome === 'written') return report('createSecret', parseCredentials(value), refreshed);
  // The step ran twice at the same time; the version that was written first is the one that goes on.
  return { step: 'createSecret', refreshed };
}

/**
 * Secrets Manager also runs this step alone, to try the configuration of the rotation when it is deployed: with a pending
 * version that holds nothing, or what the secret held before the first sign-in. Then there is nothing to test.
 */
async function testSecret({ secret, tester }: RotateTokenDeps, versionId: string): Promise<RotationReport> {
  const pending = await secret.pending(versionId);
  if (!pending || !isSignedIn(pending.value)) return { step: 'testSecret', refreshed: false };
  const credentials = parseCredentials(pending.value);
  try {
    await tester.test(credentials.accessToken);
  } catch (error) {
    if (!isUnknown(error) || !(await isCurrentUnknown({ secret, tester }))) throw error;
  }
  return report('testSecret', credentials, false);
}

/**
 * An access token that ended before its rotation did would be tested in vain for ever, and the refresh token beside it may
 * be the only one that is still good. Where Webex does not know the current access token either, nothing is lost by making
 * the pending version current: the next rotation refreshes from it, or finds that somebody has to sign in.
 */
async function isCurrentUnknown({ secret, tester }: Pick<RotateTokenDeps, 'secret' | 'tester'>): Promise<boolean> {
  const current = await secret.current();
  try {
    await tester.test(parseCredentials(current.value).accessToken);
    return false;
  } catch (error) {
    if (isUnknown(error)) return true;
    throw error;
  }
}

const isUnknown = (error: unknown): boolean => error instanceof PendingTokenRefusedError && error.isUnknownToWebex;

async function finishSecret({ secret }: RotateTokenDeps, versionId: string): Promise<RotationReport> {
  const pending = await pendingCredentials(secret, versionId);
  const current = await secret.current();
  if (pending.refreshedFrom !== current.versionId) return giveWay(secret, versionId);
  await secret.makeCurrent(versionId, current.versionId);
  // Left in place, it would make Secrets Manager take the next sign-in for a rotation that is not complete.
  await secret.dropPending(versionId);
  return report('finishSecret', pending, false);
}

async function giveWay(secret: SecretVersions, versionId: string): Promise<never> {
  await secret.dropPending(versionId);
  throw new RotationSupersededError(
    'The credentials were replaced by a new sign-in while they were being rotated; the sign-in stays.',
  );
}

async function pendingCredentials(secret: SecretVersions, versionId: string): Promise<WebexCredentials> {
  const pending = await secret.pending(versionId);
  if (!pending)
    throw new RotationStepError('finishSecret cannot run: createSecret has not written the pending version.');
  return parseCredentials(pending.value);
}

const report = (step: RotationStep, credentials: WebexCredentials, refreshed: boolean): RotationReport => ({
  step,
  refreshed,
  refreshTokenExpiresAtMs: credentials.refreshTokenExpiresAtMs,
});
