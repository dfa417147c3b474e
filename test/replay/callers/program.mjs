// The program that the instrumentation watches: makes each exchange of its job once with a real SDK,
// as any program would, and prints one line about each. Requests go to the hosts that were recorded;
// only below the SDKs, in fetch, they are led to the replay server.

import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [jobFile, instrumentation] = process.argv.slice(2);
const { sdk, caller, replayUrl, exchanges } = JSON.parse(readFileSync(jobFile, 'utf8'));
const CONCURRENT_CALLS = 4;
const CALL_LIMIT_MS = 20_000;

const current = new AsyncLocalStorage();
const send = globalThis.fetch;
const collector = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;

/** Where an exchange is answered: the host it was recorded at, below its number. */
const placeOf = (number, url) =>
  `${replayUrl}/${number}/${url.protocol.slice(0, -1)}/${url.host}${url.pathname}${url.search}`;

globalThis.fetch = (input, init) => {
  const number = current.getStore();
  const isRequest = input instanceof Request;
  const asked = new URL(isRequest ? input.url : input);
  if (number === undefined || asked.href.startsWith(collector)) return send(input, init);
  const place = placeOf(number, asked);
  return send(isRequest ? new Request(place, input) : place, init);
};

const { runWithContext } = await import(pathToFileURL(instrumentation).href);
const { open } = await import(new URL(`${caller}.mjs`, import.meta.url).href);
const call = await open(sdk, placeOf);

const queue = [...exchanges];
await Promise.all(Array.from({ length: CONCURRENT_CALLS }, work));

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await make(next);
}

async function make(exchange) {
  const labels = { exchange: exchange.number };
  let failure = null;
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no end after 20 s')), CALL_LIMIT_MS);
  });
  try {
    const made = current.run(exchange.number, () =>
      runWithContext({ labels }, async () => call({ ...exchange, url: new URL(exchange.url) })),
    );
    await Promise.race([made, limit]);
  } catch (error) {
    failure = describe(error);
  } finally {
    clearTimeout(timer);
  }
  process.stdout.write(`${JSON.stringify({ number: exchange.number, failure })}\n`);
}

function describe(error) {
  const name = error?.constructor?.name ?? 'Error';
  const status = error?.status ?? error?.statusCode ?? error?.$metadata?.httpStatusCode ?? null;
  return { name, status, message: String(error?.message ?? error).slice(0, 300) };
}
