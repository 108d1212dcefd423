import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { NumberSuppressed } from '../../../events/number-suppressed/schema.ts';
import type { SuppressionBus } from '../../suppression/ports.ts';

/** EventBridge took the request and refused the event in it. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
  readonly code = 'event-refused';
}

/** The bus in EventBridge; a CloudEvent is the `detail`, its type the detail type. */
export class EventBridgeSuppressionBus implements SuppressionBus {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  /** @throws EventRefusedError */
  async numberSuppressed(event: NumberSuppressed): Promise<void> {
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
