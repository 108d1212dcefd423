import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Bus, OwnEvent } from '../../bus/ports.ts';

/** EventBridge took the request and refused the event in it. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
  readonly code = 'event-refused';
}

/** The bus in EventBridge; a CloudEvent is the `detail`, its type the detail type. */
export class EventBridgeBus implements Bus {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  /** @throws EventRefusedError */
  async publish(event: OwnEvent): Promise<void> {
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
