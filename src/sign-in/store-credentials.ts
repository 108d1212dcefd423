import type { SignInSecret } from './ports.ts';

/**
 * Makes new credentials current, and calls off a rotation of those that they replace: one that is under way finds that it
 * renews what is no longer current, and one that has failed would stay pending and keep the next from starting.
 */
export async function storeCredentials(secret: SignInSecret, value: string): Promise<void> {
  const pendingId = [...(await secret.stages())].find(([, stages]) => stages.includes('AWSPENDING'))?.[0];
  const pending = pendingId === undefined ? undefined : await secret.pending(pendingId);
  // A rotation that never got a value: nothing is lost with it, and once the new version is current it could renew that one.
  if (pendingId !== undefined && !pending) await secret.dropPending(pendingId);
  await secret.putCurrent(value);
  // Not sooner: where the new version cannot be written, the pending one may hold the only refresh token that is still good.
  if (pending) await secret.dropPending(pending.versionId);
}
