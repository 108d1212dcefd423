import type { DatabaseSync } from 'node:sqlite';

/** What is used here of fauxqs 2.4.1 and is not part of its exports; the exact version is pinned. */
interface Persistence {
  readonly db: DatabaseSync;
  load: (this: Persistence, ...stores: unknown[]) => void;
  transaction(work: () => void): void;
  updateMessageReady: (this: Persistence, messageId: string) => void;
}

interface Queue {
  readonly persistence?: Persistence;
  dequeue: (this: Queue, ...args: unknown[]) => unknown;
}

interface Class<T> {
  readonly prototype: T;
}

const internals = async <T>(path: string, name: string, methods: readonly string[]): Promise<T> => {
  const module: unknown = await import(new URL(path, import.meta.resolve('fauxqs')).href);
  const found = (module as Readonly<Record<string, Class<Record<string, unknown>> | undefined>>)[name]?.prototype;
  const missing = methods.find((method) => typeof found?.[method] !== 'function');
  if (found === undefined || missing !== undefined) {
    throw new Error(
      `fauxqs is not the version that this host was made for: ${name}.${missing ?? 'prototype'} is missing.`,
    );
  }
  return found as T;
};

/**
 * Repairs what fauxqs 2.4.1 does wrong with a data folder: a message whose visibility is set to 0 is lost until the next
 * start, because its row is refused; and a message on its way to the dead-letter queue is deleted in one commit and
 * inserted in the next, so that a kill between the two loses it. It also waits for the disk at each commit, which only
 * a power cut asks for.
 */
export const repairFauxqs = async (): Promise<void> => {
  const persistence = await internals<Persistence>('./persistence.js', 'PersistenceManager', [
    'load',
    'transaction',
    'updateMessageReady',
  ]);
  const { load } = persistence;
  persistence.load = function loadWithoutSync(...stores): void {
    this.db.exec('PRAGMA synchronous = NORMAL');
    load.apply(this, stores);
  };
  persistence.updateMessageReady = function updateMessageReady(messageId): void {
    this.db
      .prepare('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?')
      .run(messageId);
  };
  const queue = await internals<Queue>('./sqs/sqsStore.js', 'SqsQueue', ['dequeue']);
  const { dequeue } = queue;
  queue.dequeue = function dequeueInOneTransaction(...args): unknown {
    let received: unknown;
    const work = (): void => {
      received = dequeue.apply(this, args);
    };
    if (this.persistence === undefined) {
      work();
    } else {
      this.persistence.transaction(work);
    }
    return received;
  };
};
