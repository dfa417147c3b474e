// Runs that tell of themselves; prints what the functions give back. Each scenario is an agent's name.

import { AsyncResource } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { pipeline, Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import {
  currentExecution,
  endExecution,
  flush,
  generationLog,
  log,
  recordUsage,
  route,
  runWithContext,
  setOutput,
  setStatus,
  skip,
  startExecution,
  withAgent,
  withStage,
  withTool,
} from '@spanledger/instrumentation';

const outcome = async (step) => {
  try {
    return await step();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
class TimeoutError extends Error {
  name = 'TimeoutError';
}

const SCENARIOS = {
  stages: () =>
    withAgent('stages', async () => {
      const init = withStage('init', () => 1);
      const called = await withStage('llm_call', async () => withTool('search', () => 2));
      const failed = await outcome(() => withStage('own words', () => Promise.reject(Error('no'))));
      return [init, called, failed].join();
    }),
  linked: () =>
    withAgent(
      {
        name: 'linked',
        execution_id: 'run-1',
        execution_step: 'plan',
        action_type: 'analyze',
        context: {
          links: { report_id: 'r-7', step_id: 3, external_platform: 'slack', widget_id: null },
        },
      },
      () => withAgent('inner of linked', () => currentExecution()?.execution_id),
    ),
  skipped: () =>
    withAgent('skipped', () => skip({ confidence: 0.9, reasoning: 'not addressed to me' })),
  routed: () =>
    withAgent('routed', () =>
      route({ candidates: ['billing', 'travel'], chosen: 'travel', reason: 'a flight' }),
    ),
  logged: () =>
    withAgent('logged', () => {
      log('two rows', { rows: 2, first: { id: 1 }, when: new Date(0), gone: undefined });
      setOutput('four');
      setStatus('llm_request');
      setStatus('llm_response');
    }),
  failed: () => outcome(() => withAgent('failed', () => Promise.reject(new RangeError('x')))),
  'timed out': () =>
    outcome(() => withAgent('timed out', () => Promise.reject(new TimeoutError('late')))),
  'called off': () =>
    outcome(() =>
      withAgent('called off', (controller = new AbortController()) => {
        controller.abort();
        return Promise.reject(controller.signal.reason);
      }),
    ),
  late: () =>
    withAgent({ name: 'late', timeout_ms: 5 }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return 'done all the same';
    }),
  split: async () => {
    const execution = startExecution({ name: 'split', status: 'pending', execution_id: 'e-1' });
    execution.setStatus('running');
    const inside = execution.run(() => withTool('inside', () => currentExecution()?.execution_id));
    execution.log('half way');
    endExecution('e-1', { output: { rows: 1 } });
    execution.end({ error: 'too late to matter' });
    return inside;
  },
  'split and failed': () => {
    const execution = startExecution('split and failed');
    endExecution(execution, { error: new SyntaxError('where') });
  },
  generation: () => {
    const generation = generationLog.start({
      id: 'g-1', user_id: 'ada', prompt: 'make me one', is_update: true, model: 'gpt-5',
    }); // prettier-ignore
    generation.run(() => recordUsage({ model: 'gpt-5', inputTokens: 10, outputTokens: 2 }));
    generationLog.complete('g-1', {
      generated_agent_schema: { name: 'a' }, retry_count: 1, validation_errors: ['short'],
    }); // prettier-ignore
  },
  'generation that failed': () => {
    const generation = generationLog.start({ agent: 'generation that failed' });
    generationLog.fail(generation, 'no schema', { retry_count: 3 });
  },
  emitter: () =>
    withAgent('emitter', async () => {
      const emitter = new EventEmitter();
      emitter.on('go', () => withTool('in a listener', () => 1));
      setTimeout(() => emitter.emit('go'), 1);
      await once(emitter, 'go');
    }),
  'emitted elsewhere': async () => {
    const emitter = new EventEmitter();
    withAgent('emitted elsewhere', () => {
      emitter.on(
        'go',
        AsyncResource.bind(() => withTool('in a bound listener', () => 1)),
      );
    });
    emitter.emit('go');
  },
  callback: () =>
    withAgent('callback', () =>
      promisify((done) =>
        setImmediate(() =>
          done(
            null,
            withTool('in a callback', () => 3),
          ),
        ),
      )(),
    ),
  pipeline: () =>
    withAgent('pipeline', () =>
      promisify(pipeline)(
        Readable.from(['a', 'b']),
        async function* (source) {
          for await (const part of source) yield withTool('in a step', () => part);
        },
        new Writable({
          objectMode: true,
          write: (part, _encoding, done) => withTool('in a sink', () => done()),
        }),
      ),
    ),
};

for (const [name, run] of Object.entries(SCENARIOS)) {
  const value = await runWithContext({ conversation_id: `talk ${name}` }, run);
  console.log(`${name}: ${value}`);
}
await flush();
if (process.argv[2] === 'die') {
  // What is running now is seen, though nothing of it ever ends.
  void withAgent('dying', () => withStage('llm_call', () => new Promise(() => {})));
  await flush();
  console.log('told');
  setInterval(() => {}, 1000);
}
