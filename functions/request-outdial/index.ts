import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createOutdialRequests } from '../../src/adapters/lambda/outdial-requests.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);

export const handler = createHandler(createOutdialRequests('request-outdial', import.meta.url, env));
