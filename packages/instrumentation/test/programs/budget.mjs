// Work before which a budget is asked for; prints what came of each piece.

import { runWithContext, withAgent, withBudget } from '@spanledger/instrumentation';

const [url] = process.argv.slice(2);

const outcome = async (name, step) => {
  const begun = performance.now();
  const said = await step().catch((error) => {
    const budgets = (error.budgets ?? []).join(',');
    return `${error.name} ${error.reason ?? error.message} [${budgets}]`;
  });
  const slow = performance.now() - begun > 5_000 ? ' slow' : '';
  console.log(`${name}: ${String(said)}${slow}`);
};
const at = (path) => ({ url: `${url}/${path}`, key: 'a key', wait_ms: 200 });
const work = () => 'done';

await outcome('allowed', () => withBudget({ ...at('yes'), wait_ms: 5_000 }, async () => work()));
await outcome('its own error', () =>
  withBudget({ ...at('yes'), wait_ms: 5_000 }, () => Promise.reject(new RangeError('x'))),
);
await outcome('stopped in a run', () =>
  withAgent('router', () =>
    withBudget({ ...at('no'), wait_ms: 5_000, agent: 'writer', model: 'm', tool: 't' }, work),
  ),
);
await outcome('stopped outside of all', () =>
  runWithContext({ conversation_id: 'c1', agent_name: 'planner', user_id: 'ann' }, () =>
    withBudget({ ...at('no'), wait_ms: 5_000 }, work),
  ),
);
for (const path of ['hangs', 'refuses', 'babbles', 'breaks']) {
  await outcome(`${path}, open`, () => withBudget(at(path), work));
  await outcome(`${path}, closed`, () => withBudget({ ...at(path), on_failure: 'closed' }, work));
}
await outcome('no options', () => withBudget(undefined, work));
await outcome('a part of a millisecond', () =>
  withBudget({ ...at('yes'), wait_ms: 4_999.5, on_failure: 'closed' }, work),
);
