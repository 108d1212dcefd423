import { Server } from 'node:net';
import { startFauxqs } from 'fauxqs';
import { repairFauxqs } from './fauxqs-repairs.ts';

/**
 * Runs fauxqs in a process of its own and tells its parent the port. It ends with its parent: the channel closes however
 * the parent dies.
 */

// fauxqs always asks for 0.0.0.0 and has no setting for it; what it serves must not be reachable from other machines.
const listen: unknown = Reflect.get(Server.prototype, 'listen');
if (typeof listen !== 'function') {
  throw new TypeError('This Node has no Server.prototype.listen.');
}
Reflect.set(Server.prototype, 'listen', function listenOnLoopback(this: Server, ...args: unknown[]): unknown {
  const [options, ...rest] = args;
  const loopback = typeof options === 'object' && options !== null ? { ...options, host: '127.0.0.1' } : options;
  return Reflect.apply(listen, this, [loopback, ...rest]);
});

const [dataDir, portText, region] = process.argv.slice(2);
if (dataDir === undefined || portText === undefined || region === undefined || process.send === undefined) {
  throw new Error('Give the data folder, the port and the region, and start this file with an IPC channel.');
}
process.on('disconnect', () => process.exit(0));
if (!process.connected) {
  process.exit(0);
}

await repairFauxqs();
const server = await startFauxqs({
  port: Number(portText),
  dataDir,
  host: '127.0.0.1',
  defaultRegion: region,
  logger: false,
});
process.send({ port: server.port });
