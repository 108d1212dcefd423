import { defineConfig } from 'vitest/config';
import { enginesHere } from './test/support/engines.ts';

/** Integration tests that run once: in them another engine could show nothing, or they run on each by themselves. */
const onOneEngine = [
  // Run on each engine by themselves.
  'test/integration/main-path.test.ts',
  'test/integration/host.test.ts',
  'test/integration/local-services-engines.test.ts',
  'test/integration/schedule-stores.test.ts',
  'test/integration/slots.test.ts',
  'test/integration/upload-adapters.test.ts',
  'test/integration/waits.test.ts',
  // Kill hosts and engines with SIGKILL, and DynamoDB Local loses then what it has answered last.
  'test/integration/{kill,campaigns-kill,split-plans-kill}.test.ts',
  'test/integration/host-start.test.ts',
  // Sends thousands of rows, and DynamoDB Local becomes slower with each change of a table that has a stream.
  'test/integration/split-plans.test.ts',
  // No database is in them.
  'test/integration/local-services-event-bus.test.ts',
  'test/integration/local-services-fauxqs-repairs.test.ts',
  'test/integration/local-services-scheduler.test.ts',
  'test/integration/local-services-secrets-manager.test.ts',
  // Is about dynoxide.
  'test/integration/local-services-stream-index.test.ts',
  'test/integration/registry.test.ts',
  'test/integration/webex-{client,simulator,simulator-*,tokens}.test.ts',
];

/** Amazon's DynamoDB Local needs Java 17; without it the integration tests run on dynoxide alone. */
const otherEngine = enginesHere().find((engine) => engine === 'dynamodb-local');

/** Groups run one after the other, so that what measures time or starts whole stacks has the machine to itself. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/infra/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/browser/**/*.test.ts'],
          globalSetup: 'test/support/usage.ts',
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      ...(otherEngine === undefined || enginesHere().length === 1
        ? []
        : [
            {
              extends: true as const,
              test: {
                name: 'integration on DynamoDB Local',
                include: ['test/integration/**/*.test.ts'],
                exclude: onOneEngine,
                env: { RINGBACK_TEST_ENGINE: otherEngine },
                // The group before has emptied the folder of the permissions' usage; this one adds to it.
                maxWorkers: 1,
                fileParallelism: false,
                sequence: { groupOrder: 3 },
              },
            },
          ]),
    ],
  },
});
