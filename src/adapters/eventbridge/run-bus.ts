import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ScheduleRunEnded } from '../../../events/schedule-run-ended/schema.ts';
import type { RunBus } from '../../campaigns/schedules/ports.ts';
import { EventRefusedError } from './suppression-bus.ts';

/** The bus in EventBridge; a CloudEvent is the `detail`, its type the detail type. */
export class EventBridgeRunBus implements RunBus {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  /** @throws EventRefusedError */
  async runEnded(event: ScheduleRunEnded): Promise<void> {
    const entry = {
      EventBusName: this.#busName,
      Source: 'ringback',
      DetailType: event.type,
      Time: new Date(event.time),
      Detail: JSON.stringify(event),
    };
    const { FailedEntryCount, Entries } = await this.#client.send(new PutEventsCommand({ Entries: [entry] }));
    if (!FailedEntryCount) return;
    const { ErrorCode, ErrorMessage } = Entries?.[0] ?? {};
    throw new EventRefusedError(`EventBridge refused ${event.type}: ${ErrorCode ?? ''} ${ErrorMessage ?? ''}`.trim());
  }
}
