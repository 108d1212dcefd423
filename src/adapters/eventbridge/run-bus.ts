import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { ScheduleRunEnded } from '../../../events/schedule-run-ended/schema.ts';
import type { RunBus } from '../../campaigns/schedules/ports.ts';
import { EventBridgeBus } from './event-bus.ts';

/** The bus as the runs of schedules see it. */
export class EventBridgeRunBus implements RunBus {
  readonly #bus: EventBridgeBus;

  constructor(client: EventBridgeClient, busName: string) {
    this.#bus = new EventBridgeBus(client, busName);
  }

  /** @throws EventRefusedError */
  runEnded(event: ScheduleRunEnded): Promise<void> {
    return this.#bus.publish(event);
  }
}
