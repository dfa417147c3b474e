// Loaded before everything: writes down whom the process talks to, by whatever way, and prints it at the
// end.

import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

const seen = new Set();
const note = (what) => seen.add(what);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const [first] = Array.isArray(given[0]) ? given[0] : given;
  const { host, port, path } = typeof first === 'object' ? first : { port: first, host: given[1] };
  note(
    path === undefined || path === null || port !== undefined
      ? `tcp ${host}:${port}`
      : `unix ${path}`,
  );
  return connect.apply(this, given);
};
for (const [name, owner] of [
  ['lookup', dns],
  ['resolve', dns],
  ['lookup', dns.promises],
  ['resolve', dns.promises],
]) {
  const original = owner[name];
  owner[name] = (host, ...rest) => {
    note(`dns ${host}`);
    return original.call(owner, host, ...rest);
  };
}
const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function (...given) {
  note('udp');
  return send.apply(this, given);
};
const spawn = childProcess.spawn;
childProcess.spawn = (command, ...rest) => {
  note(`process ${command}`);
  return spawn(command, ...rest);
};
process.on('exit', () => console.log(`TALKED TO ${JSON.stringify([...seen].sort())}`));
