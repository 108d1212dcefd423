import type { RegistryLookUp } from '../../src/calls/dispatch-facts.ts';
import type { RegistryReader } from '../../src/registry/ports.ts';
import type { RegistryReaderDeps } from '../../src/registry/reader.ts';
import type { Settings } from '../../src/settings/schema.ts';

/**
 * The registries that the organization subscribes to. The reader and its S3 client are loaded with the first call that
 * needs them: hardly any callback does, and every cold start would pay for it.
 */
export function registryLookUps(
  settings: Pick<Settings, 'policy'>,
  env: { readonly REGISTRY_BUCKET: string; readonly REGISTRY_PREFIX: string },
  deps: Pick<RegistryReaderDeps, 'clock' | 'reportFault'>,
): Readonly<Record<string, RegistryLookUp>> {
  if (settings.policy.registries.US?.subscribed !== true) return {};
  let reader: Promise<RegistryReader> | undefined;
  const open = async (): Promise<RegistryReader> => {
    const { openRegistryReader } = await import('../../src/adapters/s3/registry-reader.ts');
    return openRegistryReader({ bucket: env.REGISTRY_BUCKET, prefix: env.REGISTRY_PREFIX }, deps);
  };
  return {
    'registry:US': async (number) => {
      reader ??= open();
      return (await reader).lookUp(number);
    },
  };
}
