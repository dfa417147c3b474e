// Runs as the receiver sees them: what was told while they went on, and what stands on their spans.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAMS, runChild, startSink, type Ended, type Event, type Sink } from './child.ts';

const PRINTED = `stages: 1,2,Error: no
linked: null
skipped: undefined
routed: undefined
logged: undefined
failed: RangeError: x
timed out: TimeoutError: late
called off: AbortError: This operation was aborted
late: done all the same
split: e-1
split and failed: undefined
generation: undefined
generation that failed: undefined
emitter: undefined
emitted elsewhere: undefined
callback: 3
pipeline: undefined
`;

/** Of each run: its events in order, as `name what`. */
const EVENTS: Record<string, string[]> = {
  stages: [
    'start running',
    'stage init',
    'stage_end init',
    'stage llm_call',
    'stage_end llm_call',
    'stage own words',
    'stage_end own words !Error',
    'end success',
  ],
  linked: ['start running', 'end success'],
  'inner of linked': ['start running', 'end success'],
  skipped: ['start running', 'skip', 'status skipped', 'end skipped'],
  routed: ['start running', 'route', 'end success'],
  logged: [
    'start running',
    'log "two rows"',
    'status llm_request',
    'status llm_response',
    'end success',
  ],
  failed: ['start running', 'end failed !RangeError'],
  'timed out': ['start running', 'end timeout !TimeoutError'],
  'called off': ['start running', 'end cancelled !DOMException'],
  late: ['start running', 'status timeout', 'end timeout'],
  split: ['start pending', 'status running', 'log "half way"', 'end success'],
  'split and failed': ['start running', 'end failed !SyntaxError'],
  generation: ['start running', 'end success'],
  'generation that failed': ['start running', 'end failed !_OTHER'],
  emitter: ['start running', 'end success'],
  'emitted elsewhere': ['start running', 'end success'],
  callback: ['start running', 'end success'],
  pipeline: ['start running', 'end success'],
};

/** What the span of a run tells, beside its name and its conversation. */
const TOLD: Record<string, Record<string, unknown>> = {
  linked: {
    'spanledger.status': 'success',
    'spanledger.execution.id': 'run-1',
    'spanledger.execution.step': 'plan',
    'spanledger.action_type': 'analyze',
    'spanledger.link.report_id': 'r-7',
    'spanledger.link.step_id': 3,
    'spanledger.link.external_platform': 'slack',
    'spanledger.link.widget_id': '',
  },
  'inner of linked': {
    'spanledger.status': 'success',
    'spanledger.link.report_id': 'r-7',
    'spanledger.link.step_id': 3,
    'spanledger.link.external_platform': 'slack',
    'spanledger.link.widget_id': '',
  },
  skipped: {
    'spanledger.status': 'skipped',
    'spanledger.skip.confidence': 0.9,
    'spanledger.skip.reasoning': 'not addressed to me',
  },
  routed: { 'spanledger.status': 'success' },
  logged: { 'spanledger.status': 'success', 'spanledger.output.size': 4 },
  failed: {
    'spanledger.status': 'failed',
    'error.type': 'RangeError',
    'spanledger.error.message': 'x',
    'spanledger.error.stack': expect.stringMatching(/^RangeError: x\n +at /),
  },
  late: { 'spanledger.status': 'timeout' },
  split: { 'spanledger.status': 'success', 'spanledger.execution.id': 'e-1' },
  'split and failed': {
    'spanledger.status': 'failed',
    'spanledger.execution.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'error.type': 'SyntaxError',
    'spanledger.error.message': 'where',
    'spanledger.error.stack': expect.stringMatching(/^SyntaxError: where\n +at /),
  },
  generation: {
    'spanledger.status': 'success',
    'spanledger.execution.id': 'g-1',
    'spanledger.generation.id': 'g-1',
    'spanledger.generation.is_update': true,
    'spanledger.generation.model': 'gpt-5',
    'spanledger.generation.retry_count': 1,
    'spanledger.generation.validation_error_count': 1,
    'spanledger.input.size': 11,
    'spanledger.action_type': 'generate',
    'user.id': 'ada',
  },
  'generation that failed': {
    'spanledger.status': 'failed',
    'spanledger.execution.id': expect.any(String),
    'spanledger.generation.id': expect.any(String),
    'spanledger.generation.retry_count': 3,
    'spanledger.action_type': 'generate',
    'error.type': '_OTHER',
    'spanledger.error.message': 'no schema',
  },
};

/** The tools that ran within each run, by the span they lie below. */
const TOOLS: Record<string, string[]> = {
  stages: ['search'],
  split: ['inside'],
  emitter: ['in a listener'],
  'emitted elsewhere': ['in a bound listener'],
  callback: ['in a callback'],
  pipeline: ['in a sink', 'in a sink', 'in a step', 'in a step'],
};

test('without a provider every function gives back the same', async () => {
  const { out, err, code } = await runChild(join(PROGRAMS, 'runs.mjs'), [], {});
  const nothing = PRINTED.replace('linked: null', 'linked: undefined');
  expect({ out, err, code }).toEqual({
    out: nothing.replace('split: e-1', 'split: undefined'),
    err: '',
    code: 0,
  });
});

describe('registered', () => {
  let sink: Sink;
  let ended: Ended;
  beforeAll(async () => {
    sink = await startSink();
    ended = await runChild(join(PROGRAMS, 'runs.mjs'), [], {
      preload: 'register',
      sinkUrl: sink.url,
    });
  });
  afterAll(() => sink.stop());

  const runOf = (agent: string) => {
    const run = sink.spans.find(
      ({ attributes }) =>
        attributes['gen_ai.operation.name'] === 'invoke_agent' &&
        attributes['gen_ai.agent.name'] === agent,
    );
    if (run === undefined) throw new Error(`no run of ${agent}`);
    return run;
  };
  const eventsOf = (agent: string): Event[] =>
    sink.events.filter(({ span_id }) => span_id === runOf(agent).span_id);

  test('the program prints the same', () => {
    const { out, err, code } = ended;
    expect({ out, err, code }).toEqual({ out: PRINTED, err: '', code: 0 });
  });

  test.each(Object.keys(EVENTS))('%s: what is told while it goes on', (agent) => {
    expect(eventsOf(agent).map(outline)).toEqual(EVENTS[agent]);
    const run = runOf(agent);
    for (const event of eventsOf(agent)) expect(event.trace_id).toBe(run.trace_id);
    const marks = EVENTS[agent]!.slice(1, -1).map((each) => each.split(' ')[0]);
    expect(run.events).toEqual(marks.map((name) => `spanledger.execution.${name}`));
  });

  test.each(Object.entries(TOLD))('%s: what its span tells', (agent, told) => {
    const { attributes } = runOf(agent);
    const own = Object.entries(attributes).filter(
      ([name]) => !/^gen_ai\.(operation|agent|conversation)/.test(name),
    );
    expect(Object.fromEntries(own)).toEqual(told);
  });

  test('a tool belongs to the run it was begun in', () => {
    const below = (agent: string) =>
      sink.spans
        .filter(({ parent_span_id }) => parent_span_id === runOf(agent).span_id)
        .map(({ attributes }) => attributes['gen_ai.tool.name'])
        .filter((name) => name !== undefined)
        .toSorted();
    const found = Object.keys(TOOLS).map((agent) => [agent, below(agent)]);
    expect(Object.fromEntries(found)).toEqual(TOOLS);
  });

  test('fields, candidates and durations come as they are', () => {
    const told = (agent: string, name: string) =>
      eventsOf(agent).find((event) => event.name === `spanledger.execution.${name}`)!.attributes;
    expect(told('logged', 'log')).toMatchObject({
      'spanledger.log.rows': 2,
      'spanledger.log.first': '{"id":1}',
      'spanledger.log.when': '"1970-01-01T00:00:00.000Z"',
      'gen_ai.conversation.id': 'talk logged',
    });
    expect(told('routed', 'route')).toMatchObject({
      'spanledger.route.candidates': ['billing', 'travel'],
      'spanledger.route.chosen': 'travel',
      'spanledger.route.reason': 'a flight',
    });
    expect(told('late', 'end')['spanledger.duration_ms']).toBeGreaterThan(50);
    expect(told('inner of linked', 'start')['spanledger.parent.span_id']).toBe(
      runOf('linked').span_id,
    );
  });
});

test('of a process that is killed, what began is known', async () => {
  const sink = await startSink();
  const { signal } = await runChild(join(PROGRAMS, 'runs.mjs'), ['die'], {
    preload: 'register',
    sinkUrl: sink.url,
    onOutput: (text, kill) => {
      if (text.includes('told')) kill('SIGKILL');
    },
  });
  await sink.stop();
  expect(signal).toBe('SIGKILL');
  const dying = sink.events.filter(({ attributes }) => attributes['gen_ai.agent.name'] === 'dying');
  expect(dying.map(outline)).toEqual(['start running', 'stage llm_call']);
  expect(sink.spans.filter(({ name }) => name === 'invoke_agent dying')).toEqual([]);
});

test('what runs were given and made is told where content is asked for', async () => {
  const sink = await startSink();
  const { code } = await runChild(join(PROGRAMS, 'runs.mjs'), [], {
    preload: 'register',
    sinkUrl: sink.url,
    environment: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' },
  });
  await sink.stop();
  const content = sink.spans.flatMap(({ attributes }) =>
    Object.entries(attributes).filter(([name]) =>
      /^spanledger\.((input|output)|generation\..*(schema|skills|errors))$/.test(name),
    ),
  );
  expect(code).toBe(0);
  expect(Object.fromEntries(content.toSorted())).toEqual({
    'spanledger.generation.agent_schema': '{"name":"a"}',
    'spanledger.generation.validation_errors': '["short"]',
    'spanledger.input': '"make me one"',
    'spanledger.output': '{"rows":1}',
  });
  expect(content.filter(([name]) => name === 'spanledger.output')).toHaveLength(2);
});

test('where events are not wanted, runs are recorded without', async () => {
  const sink = await startSink();
  const { code } = await runChild(join(PROGRAMS, 'runs.mjs'), [], {
    preload: 'register',
    sinkUrl: sink.url,
    environment: { OTEL_LOGS_EXPORTER: 'none' },
  });
  await sink.stop();
  expect({ code, events: sink.events }).toEqual({ code: 0, events: [] });
  expect(sink.spans.filter(({ name }) => name.startsWith('invoke_agent'))).toHaveLength(18);
});

/** `name what !error` */
function outline({ name, body, attributes }: Event): string {
  const what = attributes['spanledger.stage'] ?? attributes['spanledger.status'];
  const error = attributes['error.type'];
  return [
    name.replace('spanledger.execution.', ''),
    ...(what === undefined ? [] : [what]),
    ...(body === null ? [] : [JSON.stringify(body)]),
    ...(error === undefined ? [] : [`!${String(error)}`]),
  ].join(' ');
}
