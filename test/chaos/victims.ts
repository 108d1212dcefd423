import { readFileSync, readdirSync } from 'node:fs';

export type VictimKind = 'function' | 'database' | 'queues' | 'host';

export interface Victim {
  readonly kind: VictimKind;
  readonly pid: number;
}

/** Every process of a stack, found by its parents; Linux only, as `npm start` without Java is. */
export function victimsOf(hostPid: number): readonly Victim[] {
  const parents = new Map<number, number>();
  const commands = new Map<number, string>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const pid = Number(entry);
    const found = readProcess(pid);
    if (!found) continue;
    parents.set(pid, found.parent);
    commands.set(pid, found.command);
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === hostPid || isOurs(parent));
  };
  const children = [...commands].flatMap(([pid, command]): Victim[] => {
    const kind = isOurs(pid) ? kindOf(command) : undefined;
    return kind ? [{ kind, pid }] : [];
  });
  return [...children, { kind: 'host', pid: hostPid }];
}

function kindOf(command: string): VictimKind | undefined {
  if (command.includes('runtime/functions/bootstrap')) return 'function';
  if (command.startsWith('/bin/sh') || command.startsWith('sh ')) return undefined;
  if (command.includes('dynoxide') || command.includes('DynamoDBLocal')) return 'database';
  return command.includes('queues-child') ? 'queues' : undefined;
}

function readProcess(pid: number): { parent: number; command: string } | undefined {
  try {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    // The process ended while it was looked at.
    return undefined;
  }
}
