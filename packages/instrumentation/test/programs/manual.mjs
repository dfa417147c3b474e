// The manual interface in use; prints what its functions give back.

import {
  flush,
  runWithContext,
  setContext,
  withAgent,
  withStage,
  withTool,
} from '@spanledger/instrumentation';

const fails = (error) => () => {
  throw error;
};
const outcome = async (step) => {
  try {
    return await step();
  } catch (error) {
    return `${error.constructor.name}: ${error.message}`;
  }
};

console.log(withAgent('sync', () => 42));
console.log(await outcome(() => withAgent('sync-throw', fails(new TypeError('no')))));
console.log(await withAgent('async', async () => 'later'));
console.log(
  await outcome(() => withAgent('async-throw', async () => fails(new RangeError('x'))())),
);
class Lazy extends Promise {
  started = false;
  then(...args) {
    this.started = true;
    return super.then(...args);
  }
}
const lazy = new Lazy(() => {});
console.log(withTool('lazy', () => lazy) === lazy, lazy.started);
const query = (error) => ({
  then: (ok, bad) => setTimeout(() => (error ? bad(error) : ok('rows')), 50),
});
console.log(await withTool('query', () => query(null)));
console.log(await outcome(() => withTool('bad-query', () => query(new SyntaxError('where')))));

await runWithContext({ user_id: 'ada', conversation_id: 'talk-1', labels: { tier: 3 } }, () =>
  withAgent({ name: 'planner', id: 'a-1', version: '2' }, async () => {
    await withTool({ name: 'search', call_id: 'call_1' }, async () => 1);
    await withStage('writing', () =>
      withAgent({ name: 'writer', context: { execution_id: 'run-9' } }, async () => {
        setContext({ organisation: 'acme' });
        await withTool('spell', async () => 1);
      }),
    );
    withTool('after', () => 1);
  }),
);
await flush();
console.log('flushed');
