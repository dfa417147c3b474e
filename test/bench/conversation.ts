// What conversations with content weigh: each call repeats everything that was said before. The texts
// are this project's own sources and pages, each piece used once, so nothing repeats but the history.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendAll } from '../sender.ts';
import { Service } from '../service.ts';
import type { BenchContext } from './context.ts';

interface Shape {
  readonly turns: number;
  readonly conversations: number;
  /** Whether each turn is a trace of its own, as with a service that is asked once a turn. */
  readonly traceOfEachTurn: boolean;
}

const SHAPES = {
  turns_10: { turns: 10, conversations: 40, traceOfEachTurn: false },
  turns_10_a_trace_each: { turns: 10, conversations: 40, traceOfEachTurn: true },
  turns_40: { turns: 40, conversations: 12, traceOfEachTurn: false },
  turns_40_a_trace_each: { turns: 40, conversations: 12, traceOfEachTurn: true },
} as const satisfies Record<string, Shape>;

export interface ConversationFigures {
  readonly calls: number;
  readonly bytes_per_call_sent: number;
  readonly bytes_per_call_stored: number;
  /** How many times smaller the whole table is than the content that was sent, all parts merged. */
  readonly compaction: number;
  /** The same before anything was merged. */
  readonly compaction_as_inserted: number;
}

const QUESTION_BYTES = 700;
const ANSWER_BYTES = 1_500;
const SYSTEM_BYTES = 2_000;
const SPANS_PER_REQUEST = 8;
const START_NS = 1_795_000_000_000_000_000n;
const TURN_NS = 20_000_000_000n;
const CALL_NS = 900_000_000n;
const MESSAGES = ['gen_ai.system_instructions', 'gen_ai.input.messages', 'gen_ai.output.messages'];

/** Throws when what is read back is not, byte by byte, what was sent. */
export async function benchConversation({
  root,
  progress,
}: BenchContext): Promise<Record<string, unknown>> {
  const corpus = textsOf(root);
  const service = await Service.start({ environment: { SPANLEDGER_TICK_MS: '600000' } });
  try {
    const conversation: Partial<Record<keyof typeof SHAPES, ConversationFigures>> = {};
    for (const name of Object.keys(SHAPES) as (keyof typeof SHAPES)[]) {
      progress(`conversations: ${name}`);
      conversation[name] = await weigh(service, callsOf(name, corpus));
    }
    const at_40 = [conversation.turns_40, conversation.turns_40_a_trace_each];
    const conversation_compaction = Math.min(...at_40.map((one) => one?.compaction ?? 0));
    return { conversation_compaction, conversation };
  } finally {
    await service.stop();
  }
}

/** All the text there is, in one piece. */
function textsOf(root: string): string {
  const folders = ['docs', 'packages/ledger/src', 'packages/store/src', 'packages/exporter/src'];
  const more = ['packages/cli/src', 'packages/instrumentation/src', 'packages/ledger/test/settle'];
  return [...folders, ...more]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(ts|md)$/.test(name))
        .toSorted()
        .map((name) => readFileSync(join(root, folder, name), 'utf8')),
    )
    .join('\n');
}

interface Call {
  readonly traceId: string;
  readonly spanId: string;
  readonly conversation: string;
  readonly start_ns: bigint;
  /** The values of MESSAGES. */
  readonly messages: readonly string[];
}

/** The calls of all conversations in the order of time, turn by turn; ids are of their shape alone. */
function callsOf(name: keyof typeof SHAPES, corpus: string): Call[] {
  const { turns, conversations, traceOfEachTurn }: Shape = SHAPES[name];
  let at = SYSTEM_BYTES;
  const next = (bytes: number): string => {
    if (at + bytes > corpus.length) throw new Error('cannot make conversations: too little text');
    at += bytes;
    return corpus.slice(at - bytes, at);
  };
  const system = JSON.stringify([{ type: 'text', content: corpus.slice(0, SYSTEM_BYTES) }]);
  const histories = Array.from({ length: conversations }, (): unknown[] => []);
  return Array.from({ length: turns }, (_, turn) =>
    histories.map((history, number): Call => {
      history.push(message('user', next(QUESTION_BYTES)));
      const input = JSON.stringify(history);
      const answer = message('assistant', next(ANSWER_BYTES));
      history.push(answer);
      return {
        traceId: identifier(`${name} trace ${number} ${traceOfEachTurn ? turn : ''}`, 32),
        spanId: identifier(`${name} span ${number} ${turn}`, 16),
        conversation: identifier(`${name} conversation ${number}`, 32),
        start_ns: START_NS + BigInt(turn) * TURN_NS + BigInt(number),
        messages: [system, input, JSON.stringify([answer])],
      };
    }),
  ).flat();
}

const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

function identifier(seed: string, digits: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, digits);
}

async function weigh(service: Service, calls: readonly Call[]): Promise<ConversationFigures> {
  for (const table of ['otel_traces', 'genai_content'])
    await service.sql(`TRUNCATE TABLE ${table}`);
  const requests = [];
  for (let i = 0; i < calls.length; i += SPANS_PER_REQUEST) {
    const part = calls.slice(i, i + SPANS_PER_REQUEST);
    requests.push({ body: Buffer.from(JSON.stringify(requestOf(part))), spans: part.length });
  }
  await sendAll(requests, { url: service.url, contentType: 'application/json' });
  await compare(service, calls);
  const inserted = await storedBytes(service);
  await service.sql('OPTIMIZE TABLE genai_content FINAL');
  await compare(service, calls);
  const merged = await storedBytes(service);
  const sent = calls.flatMap(({ messages }) => messages.map((text) => Buffer.byteLength(text)));
  const bytes = sent.reduce((sum, size) => sum + size, 0);
  return {
    calls: calls.length,
    bytes_per_call_sent: Math.round(bytes / calls.length),
    bytes_per_call_stored: Math.round(merged / calls.length),
    compaction: tenths(bytes / merged),
    compaction_as_inserted: tenths(bytes / inserted),
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

async function storedBytes(service: Service): Promise<number> {
  const [row] = await service.sql<{ bytes: number }>(
    `SELECT toUInt32(sum(bytes_on_disk)) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table = 'genai_content'`,
  );
  return row?.bytes ?? 0;
}

function requestOf(calls: readonly Call[]): unknown {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const spans = calls.map((call) => ({
    traceId: call.traceId,
    spanId: call.spanId,
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: String(call.start_ns),
    endTimeUnixNano: String(call.start_ns + CALL_NS),
    attributes: [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.request.model', 'gpt-4o'),
      attribute('gen_ai.conversation.id', call.conversation),
      ...MESSAGES.map((key, index) => attribute(key, call.messages[index] ?? '')),
    ],
  }));
  const resource = { attributes: [attribute('service.name', 'assistant')] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench' }, spans }] }] };
}

/** Every message of every call, as who reads a trace finds it. */
async function compare(service: Service, calls: readonly Call[]): Promise<void> {
  const values = MESSAGES.map((key) => `SpanAttributes['${key}']`).join(', ');
  const rows = await service.sql<{ SpanId: string; messages: string[] }>(
    `SELECT SpanId, [${values}] AS messages FROM spans_with_content`,
  );
  const stored = new Map(rows.map(({ SpanId, messages }) => [SpanId, messages]));
  for (const { spanId, messages } of calls) {
    const read = stored.get(spanId);
    if (read?.join('\0') === messages.join('\0')) continue;
    throw new Error(`cannot read span ${spanId} back as it was sent`);
  }
}
