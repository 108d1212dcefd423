import { join } from 'node:path';
import type { Clock } from '../../../src/shared/clock.ts';
import { type LocalServer, startServer } from './shared/server.ts';
import { parseScheduleRequest } from './schedule/definition.ts';
import {
  createSchedule,
  runSchedulerOperation,
  type ScheduleOperationsDeps,
  updateSchedule,
} from './schedule/operations.ts';
import { type DeliverSchedule, ScheduleRunner } from './schedule/runner.ts';
import { ScheduleStore } from './schedule/store.ts';

export { ScheduleExpressionError } from '../../../src/shared/schedule/cron.ts';
export type { ScheduleTarget } from './schedule/definition.ts';
export { nextRunMs, parseScheduleExpression, type Schedule } from '../../../src/shared/schedule/expression.ts';
export type { DeliverSchedule, DeliveryContext } from './schedule/runner.ts';

export interface SchedulerOptions {
  /** The state is in `scheduler.db` in this folder. */
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly deliver: DeliverSchedule;
  /** Told of every delivery that failed, in one sentence. */
  readonly onProblem?: (problem: string) => void;
  /** @default the clock of the machine */
  readonly clock?: Pick<Clock, 'nowMs'>;
}

export interface Scheduler extends LocalServer {
  /** Creates a group of the template unless it is there. */
  ensureGroup(name: string): void;
  /**
   * Creates or changes a schedule of the template; one that says the same already is left alone, with its next run.
   * `definition` is the body of CreateSchedule.
   *
   * @throws AwsError ValidationException for what the service would refuse.
   */
  ensureSchedule(name: string, definition: Readonly<Record<string, unknown>>): void;
  /** Looks at once for what is due, for a clock that is not the machine's; resolves when it was tried. */
  wake(): Promise<void>;
}

/**
 * Starts a stand-in for EventBridge Scheduler on an ephemeral loopback port. A run is noted on disk in the same transaction
 * that moves its schedule on, and forgotten only after its delivery, so a crash makes it late or repeated but never lost.
 */
export const startScheduler = async (options: SchedulerOptions): Promise<Scheduler> => {
  const { region, accountId } = options;
  const clock = options.clock ?? { nowMs: () => Date.now() };
  const store = new ScheduleStore(join(options.dataDir, 'scheduler.db'));
  store.createGroup('default', clock.nowMs());
  const arnOf = (groupName: string, name: string): string =>
    `arn:aws:scheduler:${region}:${accountId}:schedule/${groupName}/${name}`;
  const runner = new ScheduleRunner({
    store,
    clock,
    arnOf,
    accountId,
    region,
    deliver: options.deliver,
    onProblem: options.onProblem ?? (() => undefined),
  });
  const deps: ScheduleOperationsDeps = {
    store,
    clock,
    arnOf,
    groupArnOf: (groupName) => `arn:aws:scheduler:${region}:${accountId}:schedule-group/${groupName}`,
    onChange: () => void runner.wake(),
  };
  const server = await startServer('rest-json', (request) => runSchedulerOperation(deps, request));
  return {
    url: server.url,
    ensureGroup: (name) => store.createGroup(name, clock.nowMs()),
    ensureSchedule: (name, definition) => {
      const wanted = parseScheduleRequest(definition);
      const existing = store.find(wanted.groupName, name);
      if (existing === undefined) {
        createSchedule(deps, name, wanted);
      } else if (JSON.stringify(existing.definition) !== JSON.stringify(wanted.definition)) {
        updateSchedule(deps, name, wanted);
      }
    },
    wake: () => runner.wake(),
    close: async () => {
      await server.close();
      await runner.stop();
      store.close();
    },
  };
};
