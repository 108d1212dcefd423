import settings from '../ringback.config.ts';
import { createApp } from './app.ts';

/** What `cdk synth` and `cdk deploy` run. */
const app = await createApp({ settings });
app.synth();
