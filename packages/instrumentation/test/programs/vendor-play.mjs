// Plays the scenarios of one client, one after the other, and prints what the program sees of each:
// it must be the same whether the program is watched or not.

let forgotten = null;
process.on('unhandledRejection', (error) => forgotten?.(error));

export async function readAll(stream) {
  const seen = [];
  for await (const chunk of stream) seen.push(chunk);
  return seen;
}

export async function readSome(stream, number) {
  const seen = [];
  for await (const chunk of stream) {
    seen.push(chunk);
    if (seen.length === number) break;
  }
  return seen;
}

/** What Node reports of a promise that the program lets go of. */
export async function forget(make) {
  const reported = new Promise((resolve) => (forgotten = resolve));
  make();
  const error = await reported;
  forgotten = null;
  return { forgotten: error.constructor.name };
}

/** The classes of what is returned, which must be the client's own. */
export function kindOf(promise) {
  return promise.constructor.name;
}

const told = (error) => ({
  thrown: error.constructor.name,
  message: error.message?.replace(/:\d+\b/g, ''),
  status: error.status ?? error.statusCode ?? error.status_code ?? error.$metadata?.httpStatusCode,
});

export async function play(name, sdk, baseURL) {
  const { open, scenarios } = await import(`./${name}-scenarios.mjs`);
  const client = open(sdk, baseURL);
  for (const [model, scenario] of Object.entries(scenarios)) {
    let seen;
    try {
      seen = await scenario(client, model, sdk);
    } catch (error) {
      seen = told(error);
    }
    console.log(JSON.stringify([model, seen]));
  }
}
