import { SettingsError } from '../src/settings/define-config.ts';
import { createApp } from './app.ts';

/** What `cdk synth` and `cdk deploy` run. A bad setting is one sentence, without the stack of an import that failed. */
try {
  const { default: settings } = await import('../ringback.config.ts');
  const app = await createApp({ settings });
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
