import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SplitStarter } from '../../campaigns/split/ports.ts';

/** Starts the state machine of plans in parts. An execution is named by its upload, and a name is taken for 90 days. */
export class SfnSplitStarter implements SplitStarter {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor(client: SFNClient, stateMachineArn: string) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  async start(uploadId: string): Promise<void> {
    const input = JSON.stringify({ uploadId });
    try {
      await this.#client.send(
        new StartExecutionCommand({ stateMachineArn: this.#stateMachineArn, name: uploadId, input }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
}
