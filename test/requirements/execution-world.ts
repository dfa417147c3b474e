// What the requirements on executions are asked of: a program with the instrumentation, one that was
// killed, and runs told as OTLP whose times are known to the nanosecond.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A planner that hands over to a writer, a run that breaks in a stage, and one that is skipped. */
export const PROGRAM = `
import { flush, log, recordUsage, skip, withAgent, withStage } from '@spanledger/instrumentation';
const links = { report_id: 'r-7', external_platform: 'slack', external_user_id: 'U1', page: 3 };
const context = { links, labels: { team: 'red' }, user_id: 'ada', conversation_id: 'c-1' };
const usage = { model: 'gpt-4o', inputTokens: 1000, outputTokens: 100 };
await withAgent({
  name: 'planner', execution_id: 'x-1', execution_step: 'plan', action_type: 'generate',
  input: { goal: 'a trip' }, context,
}, async () => {
  await withStage('pre_process', async () => log('two rows', { rows: 2 }));
  await withStage('llm_call', async () => recordUsage(usage));
  await withAgent({ name: 'writer', execution_id: 'x-2', input: 'three days in Rome' }, async () => {
    recordUsage({ model: 'gpt-4o-mini', inputTokens: 10, outputTokens: 5 });
  });
});
for (const row of [17, 4711]) {
  await withAgent({ name: 'breaker', execution_id: 'x-' + row }, () =>
    withStage('llm_parse', async () => { throw new RangeError('no column "a' + row + '" in row ' + row); }),
  ).catch(() => {});
}
await withAgent({ name: 'gossip', execution_id: 'x-4' }, async () =>
  skip({ confidence: 0.93, reasoning: 'nobody asked' }));
await flush();
`;

export const KILLED = `
import { flush, recordUsage, withAgent, withStage } from '@spanledger/instrumentation';
const forever = setInterval(() => {}, 1000);
void withAgent({ name: 'dying', execution_id: 'd-1' }, () => withStage('llm_call', () => {
  recordUsage({ model: 'gpt-4o', inputTokens: 1000, outputTokens: 100 });
  return new Promise(() => forever);
}));
await flush();
console.log('told');
`;

/** Runs a program with the instrumentation; with \`kill\` it ends when it has printed. */
export async function run(program: string, url: string, kill = false): Promise<void> {
  const preload = ['--import', '@spanledger/instrumentation/register'];
  const child = spawn(process.execPath, [...preload, '--input-type=module', '--eval', program], {
    cwd: path.join(import.meta.dirname, '..'),
    env: {
      PATH: process.env['PATH'],
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (kill) child.stdout.once('data', () => child.kill('SIGKILL'));
  else child.stdout.resume();
  await once(child, 'close');
}

const MS_NS = 1_000_000n;
const SECOND_NS = 1_000n * MS_NS;

export const TIMED_TRACE = 'a'.repeat(32);

/** A run of ten seconds with three calls in it, two of which overlap: six seconds are the model's. */
export function timedRun(start_ns: bigint): unknown {
  const run = span('timed', '', 0, 10, start_ns, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'timed',
    'spanledger.execution.id': 'x-5',
  });
  const call = (id: string, from_s: number, to_s: number, more: Told = {}) =>
    span(id, 'timed', from_s, to_s, start_ns, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
      ...more,
    });
  const stream = call('second', 3, 6, { 'gen_ai.request.stream': true });
  const spans = [run, call('first', 1, 4), stream, call('third', 8, 9)];
  return { resourceSpans: [{ resource: SERVICE, scopeSpans: [{ scope: {}, spans }] }] };
}

/** The start of a run that nothing was heard of since. */
export function silentRun(start_ns: bigint): unknown {
  const record = {
    timeUnixNano: String(start_ns),
    eventName: 'spanledger.execution.start',
    traceId: 'b'.repeat(32),
    spanId: hex('silent'),
    attributes: attributes({
      'spanledger.execution.id': 'd-2',
      'spanledger.status': 'running',
      'gen_ai.agent.name': 'silent',
    }),
  };
  const scopeLogs = [{ scope: { name: '@spanledger/instrumentation' }, logRecords: [record] }];
  return { resourceLogs: [{ resource: SERVICE, scopeLogs }] };
}

type Told = Readonly<Record<string, string | number | boolean>>;

const SERVICE = { attributes: attributes({ 'service.name': 'timed-service' }) };

function span(
  id: string,
  parent: string,
  from_s: number,
  to_s: number,
  start_ns: bigint,
  told: Told,
): unknown {
  const at = (seconds: number): string => String(start_ns + BigInt(seconds) * SECOND_NS);
  return {
    ...{ traceId: TIMED_TRACE, spanId: hex(id), parentSpanId: parent === '' ? '' : hex(parent) },
    ...{ name: id, kind: 1, startTimeUnixNano: at(from_s), endTimeUnixNano: at(to_s) },
    attributes: attributes(told),
  };
}

function attributes(told: Told): unknown[] {
  return Object.entries(told).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { intValue: String(value) },
  }));
}

function hex(text: string): string {
  return Buffer.from(text.padEnd(8, '.').slice(0, 8)).toString('hex');
}
