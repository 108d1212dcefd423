import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Takes Node's modules as the plain objects that they are. As an ES module each is read whole when it is imported, every
 * getter with it: `node:http` loads the WebSocket client so, and `node:process` opens the standard streams.
 */
export const plainBuiltins: Plugin = {
  name: 'plain-builtins',
  setup: (build) => {
    build.onResolve({ filter: /^[a-z]/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace: 'builtin', sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/**
 * Lambda gives a function its credentials in the environment. The rest of the SDK's chain (profiles, single sign-on,
 * containers, processes) can never apply there, and would put half of four more SDK clients into every bundle.
 */
export const credentialsFromEnvironment: Plugin = {
  name: 'credentials-from-environment',
  setup: (build) => {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credentials',
      namespace: 'lambda-credentials',
      pluginData: resolveDir,
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: 'lambda-credentials' }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: pluginData as string,
    }));
  },
};

/**
 * The SDK's client for DynamoDB brings a cache for endpoints that a service tells by itself. No command of the client asks for them,
 * so every cold start would read 7 KB that never run.
 */
export const noEndpointCache: Plugin = {
  name: 'no-endpoint-cache',
  setup: (build) => {
    build.onResolve({ filter: /^@aws-sdk\/endpoint-cache$/ }, () => ({
      path: 'endpoint-cache',
      namespace: 'no-endpoint-cache',
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: 'no-endpoint-cache' }, () => ({
      contents: 'export class EndpointCache {}',
    }));
  },
};
