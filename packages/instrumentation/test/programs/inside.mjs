// Looks at its own process: what is loaded, hooked and listened to.

import { createRequire } from 'node:module';
import Module from 'node:module';

const loaded = Object.keys(createRequire(import.meta.url).cache);
console.log(
  JSON.stringify({
    opentelemetry: loaded.some((file) => file.includes('@opentelemetry')),
    hook: loaded.some((file) => file.includes('tracing-hooks')),
    compile: Module.prototype._compile.name,
    kill: process.kill.name,
    exit: process.listenerCount('exit'),
    sigterm: process.listenerCount('SIGTERM'),
  }),
);
