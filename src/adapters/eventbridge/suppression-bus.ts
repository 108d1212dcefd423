import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { NumberSuppressed } from '../../../events/number-suppressed/schema.ts';
import type { SuppressionBus } from '../../suppression/ports.ts';
import { EventBridgeBus } from './event-bus.ts';

/** The bus as the do-not-call list sees it. */
export class EventBridgeSuppressionBus implements SuppressionBus {
  readonly #bus: EventBridgeBus;

  constructor(client: EventBridgeClient, busName: string) {
    this.#bus = new EventBridgeBus(client, busName);
  }

  /** @throws EventRefusedError */
  numberSuppressed(event: NumberSuppressed): Promise<void> {
    return this.#bus.publish(event);
  }
}
