import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Bus, OwnEvent } from '../../bus/ports.ts';
import { Batcher, type BatchedOutcome } from '../../shared/batcher.ts';

/** EventBridge: entries of one PutEvents. Ours have less than 10 KB of the 256 KB that they may have together. */
const entriesMax = 10;

/** EventBridge took the request and refused the event in it. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
  readonly code = 'event-refused';
}

/** The bus in EventBridge; a CloudEvent is the `detail`, its type the detail type. Events of the same time share a request. */
export class EventBridgeBus implements Bus {
  readonly #client: EventBridgeClient;
  readonly #busName: string;
  readonly #batcher = new Batcher<OwnEvent, void>(entriesMax, (events) => this.#putAll(events));

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  /** @throws EventRefusedError */
  publish(event: OwnEvent): Promise<void> {
    return this.#batcher.do(event);
  }

  async #putAll(events: readonly OwnEvent[]): Promise<BatchedOutcome<void>[]> {
    const entries = events.map((event) => ({
      EventBusName: this.#busName,
      Source: 'ringback',
      DetailType: event.type,
      Time: new Date(event.time),
      Detail: JSON.stringify(event),
    }));
    const { FailedEntryCount, Entries = [] } = await this.#client.send(new PutEventsCommand({ Entries: entries }));
    return events.map(({ type }, index) => {
      const { ErrorCode, ErrorMessage, EventId } = Entries[index] ?? {};
      if (!FailedEntryCount || (EventId !== undefined && ErrorCode === undefined)) return { value: undefined };
      const words = `EventBridge refused ${type}: ${ErrorCode ?? ''} ${ErrorMessage ?? ''}`.trim();
      return { failure: new EventRefusedError(words) };
    });
  }
}
