// The manual interface with arguments that no types would let through. Prints for each call how
// often the function ran and what came back.

import {
  endExecution,
  flush,
  generationLog,
  log,
  providerFromModel,
  recordUsage,
  route,
  runWithContext,
  setContext,
  setOutput,
  setStatus,
  skip,
  startExecution,
  trackRun,
  trackRunSync,
  withAgent,
  withStage,
  withTool,
} from '@spanledger/instrumentation';

const throws = () => {
  throw new Error('boom');
};
const getter = (field) => Object.defineProperty({}, field, { get: throws, enumerable: true });
const proxy = new Proxy({}, { get: throws, ownKeys: throws, has: throws, getPrototypeOf: throws });

const VALUES = {
  undefined: undefined,
  null: null,
  number: 7,
  'not a number': NaN,
  bigint: 7n,
  boolean: true,
  empty: '',
  symbol: Symbol('s'),
  function: throws,
  array: [],
  object: {},
  'null prototype': Object.create(null),
  'throwing name': getter('name'),
  'throwing id': { name: 'id', ...{ context: getter('user_id') } },
  'throwing labels': { name: 'labels', context: getter('labels'), labels: getter('tier') },
  'symbol fields': { name: Symbol('n'), id: Symbol('i'), call_id: Symbol('c'), user_id: Symbol() },
  'odd fields': { name: 5, id: 6n, call_id: {}, context: 4, user_id: 7, labels: 'x', type: [] },
  'odd context': { name: 'a', context: { user_id: 8, labels: { deep: {}, s: Symbol(), n: 1n } } },
  proxy,
  'proxy inside': { name: proxy, id: proxy, context: proxy, labels: proxy, user_id: proxy },
};
const CALLS = { withAgent, withTool, withStage, runWithContext, trackRun, trackRunSync };
/** What an agent says of its run, or by hand: each takes one value and gives back nothing. */
const NOTES = {
  setContext,
  skip,
  route,
  setOutput,
  setStatus,
  log: (value) => log(value, value),
  recordUsage,
  'recordUsage of a model': (value) => recordUsage({ model: value, inputTokens: value }),
  providerFromModel: (value) => void providerFromModel(value),
  execution: (value) => {
    const execution = startExecution(value);
    execution.setStatus(value);
    execution.log(value, value);
    execution['skip'](value);
    execution.route(value);
    execution.run(() => setOutput(value));
    endExecution(execution, value);
    execution.end({ status: value, output: value, error: value });
  },
  endExecution: (value) => endExecution(value, value),
  generationLog: (value) => {
    generationLog.complete(generationLog.start(value), value);
    generationLog.fail(generationLog.start({ id: value, prompt: value }), value, value);
    generationLog.complete(value, { generated_agent_schema: value, validation_errors: value });
  },
};
const RESULTS = {
  returns: () => 42,
  throws,
  'throws nothing': () => {
    const nothing = RESULTS.absent;
    throw nothing;
  },
  'returns a proxy': () => proxy,
  'returns a bad thenable': () => getter('then'),
};

const outcome = (step) => {
  try {
    const value = step();
    return typeof value === 'object' ? 'returned an object' : `returned ${value}`;
  } catch (error) {
    return `threw ${error?.message}`;
  }
};

for (const [kind, value] of Object.entries(VALUES)) {
  for (const [name, call] of Object.entries(CALLS)) {
    let runs = 0;
    const what = outcome(() => call(value, () => ((runs += 1), 42)));
    console.log(`${name}(${kind}) ran ${runs}, ${what}`);
    const rejected = await call(value, async () => throws()).catch((error) => error.message);
    console.log(`${name}(${kind}) rejected with ${rejected}`);
  }
  for (const [name, note] of Object.entries(NOTES)) {
    const told = runWithContext({}, () => withAgent('notes', () => outcome(() => note(value))));
    console.log(`${name}(${kind}) ${told}`);
  }
}
for (const [kind, fn] of Object.entries(RESULTS)) {
  for (const [name, call] of Object.entries(CALLS)) {
    let runs = 0;
    const step = () => {
      runs += 1;
      return fn();
    };
    console.log(`${name} ${kind}: ran ${runs}, ${outcome(() => call('fine', step))} ran ${runs}`);
  }
}
await flush();
