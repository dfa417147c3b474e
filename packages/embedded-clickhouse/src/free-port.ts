// A port that was free a moment ago. Somebody may take it before it is used: whoever asked must be
// ready to ask again.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
