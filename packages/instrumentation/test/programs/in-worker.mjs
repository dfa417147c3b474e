// The openai scenarios, in a worker thread that loads the SDK itself.

import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('./openai.mjs', import.meta.url), {
  argv: process.argv.slice(2),
});
worker.on('error', (error) => {
  throw error;
});
