import { join } from 'node:path';
import type { Gate } from '../../gate/index.ts';
import type { TemplateModel } from '../../template/model.ts';
import { sendToQueue } from '../destinations.ts';
import type { FunctionRuntime } from '../functions/runtime.ts';
import { mappingsOf } from './mappings.ts';
import { QueueSource } from './queue-source.ts';
import { StreamSource } from './stream-source.ts';

export interface EventSourcesOptions {
  readonly model: TemplateModel;
  readonly functions: FunctionRuntime;
  readonly gate: Gate;
  /** The database engine itself. */
  readonly engine: URL;
  readonly adminKey: string;
  readonly dataDir: string;
  readonly report: (problem: string) => void;
}

/** All event source mappings of the template. */
export class EventSources {
  readonly #sources: readonly (QueueSource | StreamSource)[];

  constructor(options: EventSourcesOptions) {
    const { model, functions, gate, engine, adminKey, dataDir, report } = options;
    const { queues, streams } = mappingsOf(model, (name) => functions.definitionOf(name));
    this.#sources = [
      ...queues.map((mapping) => new QueueSource({ mapping, gate: gate.url, functions, report })),
      ...streams.map(
        (mapping) =>
          new StreamSource({
            mapping,
            engine,
            adminKey,
            checkpointFile: join(dataDir, 'checkpoints', `${mapping.id}.json`),
            functions,
            authorize: (action, resource) => gate.authorize(mapping.functionName, action, resource),
            sendToDestination: (destinationArn, body) =>
              sendToQueue(
                model,
                gate.url,
                functions.definitionOf(mapping.functionArn).principal.accessKeyId,
                destinationArn,
                body,
              ),
            report,
          }),
      ),
    ];
  }

  async start(): Promise<void> {
    for (const source of this.#sources) await source.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
  }
}
