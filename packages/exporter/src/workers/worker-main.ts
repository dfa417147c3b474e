// A receiving process: the service starts it and tells it what to do. It ends when the service says
// so, and by itself when the service is gone. Signals of a terminal reach it too and are the
// service's to answer.

import type { Socket } from 'node:net';
import { startWorker, type Worker } from './worker.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => undefined);
}

/** False when the service does not read fast enough; what is sent is kept all the same. */
function tell(message: FromWorker): boolean {
  return process.connected && process.send?.(message) === true;
}

let worker: Promise<Worker> | null = null;

async function end(): Promise<void> {
  await (await worker)?.stop();
  process.exit(0);
}

process.on('message', (message: ToWorker, socket?: Socket) => {
  if (message.kind === 'begin') worker = startWorker(message, tell);
  else if (message.kind === 'drain') void end();
  else if (message.kind === 'ready') void worker?.then((one) => one.ready());
  else {
    tell({ kind: 'taken', number: message.number });
    // A caller that is gone already has no socket.
    if (socket !== undefined) void worker?.then((one) => one.take(socket));
  }
});
process.on('disconnect', () => void end());
