// What must hold for every input: no error but a refusal, every record counted, a block that is as
// before where its request is refused, and sums that depend on the records alone.

import {
  account,
  Block,
  bundledPriceBook,
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  explain,
  metricSums,
  metricUsage,
  parseRequests,
  readFacts,
  readMetricPoints,
  settle,
  SpanledgerError,
  TOKEN_CLASSES,
  type Fact,
  type Receipt,
} from '@spanledger/ledger';
import type { Telling } from './corpus.ts';
import { send, type Input, type Sent } from './inputs.ts';
import { SLACK_BYTES } from './otlp.ts';
import type { Random } from './random.ts';

/** A law that an input broke, and how. */
export interface Fault {
  readonly law: string;
  readonly detail: string;
}

const SENDER = { org_id: 'fuzz' };
const DECODERS = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;
const book = bundledPriceBook();

class Broken extends Error {
  readonly fault: Fault;

  constructor(law: string, detail: string) {
    super(`${law}: ${detail}`);
    this.fault = { law, detail };
  }
}

/** The first law that the input breaks; null when all hold. */
export function faultOf(input: Input, random: Random, block: Block): Fault | null {
  try {
    block.reset();
    if (input.kind === 'file') readFile(input);
    else judge(input, random, block);
    return null;
  } catch (error) {
    if (error instanceof Broken) return error.fault;
    const { stack = String(error) } = error as Error;
    return { law: 'no crash', detail: stack.split('\n').slice(0, 6).join('\n') };
  }
}

function readFile({ sent }: Input): void {
  for (const { bytes, encoding } of sent) {
    try {
      account(parseRequests(bytes, encoding === 'json' ? 'file.json' : 'file.pb'), book);
    } catch (error) {
      if (!(error instanceof SpanledgerError)) throw error;
    }
  }
}

function judge(input: Input, random: Random, block: Block): void {
  for (const sent of input.sent) decodeOne(sent, block);
  const facts = readFacts(block);
  facts.forEach(checkFact);
  checkMetrics(block);
  if (facts.length === 0) return;
  const sums = sumsOf(facts);
  if (input.kind === 'trace') checkUnchanged(input, random, sums, block);
  if (random.once(16)) explain(facts, book);
}

/** Decodes a request and counts; a refused one must leave nothing behind. */
function decodeOne(sent: Sent, block: Block): void {
  const before = rowsOf(block);
  let receipt: Receipt;
  try {
    receipt = decode(sent, block);
  } catch (error) {
    if (!(error instanceof SpanledgerError) || sent.records !== null) throw error;
    expectEqual('a refused request leaves nothing', before, rowsOf(block));
    return;
  }
  const { accepted, refused, not_used, dialects } = receipt;
  const after = rowsOf(block);
  const spans = after.spans - before.spans;
  const facts = after.facts - before.facts;
  const logs = after.logs - before.logs;
  const points = after.points - before.points;
  if (sent.signal === 'traces') {
    const claimed = [...dialects.values()].reduce((sum, times) => sum + times, 0);
    const silent = dialects.get('') ?? 0;
    expectEqual('accepted spans are rows', accepted, spans);
    expectEqual('each span is of a dialect or of none', accepted, claimed);
    expectEqual('what a dialect reads is a fact', accepted - silent, facts);
  } else {
    const kept = sent.signal === 'logs' ? logs : points;
    expectEqual('accepted records are kept or not used', accepted, kept + not_used);
    if (sent.signal === 'logs') expectEqual('kept log records are facts', logs, facts);
  }
  if (sent.records === null) return;
  const lost = [...refused.values()].reduce((sum, times) => sum + times, 0);
  expectEqual('records in = accepted + refused', accepted + lost, sent.records);
}

const rowsOf = ({ spans, facts, logs, points }: Block) => ({ spans, facts, logs, points });

function decode({ signal, encoding, bytes }: Sent, block: Block): Receipt {
  const padded = new Uint8Array(bytes.length + SLACK_BYTES);
  padded.set(bytes);
  return DECODERS[signal]({ bytes: padded, length: bytes.length, encoding }, block, SENDER);
}

const COUNTS = [
  ...(['input_tokens', 'output_tokens', 'total_tokens', 'cache_read_tokens'] as const),
  ...(['cache_write_tokens', 'reasoning_tokens'] as const),
];

function checkFact(fact: Fact): void {
  for (const name of COUNTS) {
    const count = fact[name];
    if (count !== null && !(Number.isSafeInteger(count) && count >= 0)) {
      throw new Broken('a count is a whole number or null', `${name} = ${count}`);
    }
  }
}

function checkMetrics(block: Block): void {
  if (block.points === 0) return;
  const points = readMetricPoints(block);
  const once = metricUsage(metricSums(points));
  const twice = metricUsage(metricSums([...points, ...points].reverse()));
  expectEqual('metric sums do not change', textOf(once), textOf(twice));
}

function sumsOf(facts: readonly Fact[]): string {
  const { rows, executions } = settle(facts, book);
  const counted = rows.filter((row) => row.counted);
  const sums = TOKEN_CLASSES.map((name) => {
    const known = counted.map((row) => row[name]).filter((count) => count !== null);
    for (const count of known) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new Broken('a settled count is a whole number', `${name} = ${count}`);
      }
    }
    return `${name} ${known.length === 0 ? '-' : known.reduce((sum, count) => sum + count, 0)}`;
  });
  const cost = counted.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0n), 0n);
  return [`calls ${counted.length}`, ...sums, `cost ${cost}`, `runs ${executions.length}`].join(
    '; ',
  );
}

/** Other orders, other requests, everything twice, and a stranger's records between. */
function checkUnchanged(
  { tellings, sent }: Input,
  random: Random,
  sums: string,
  block: Block,
): void {
  // Of two spans with one id that end in the same millisecond the bytes decide, so these keep theirs.
  const first = sent.find(({ signal }) => signal === 'traces');
  const encoding = hasRivals(tellings) ? first?.encoding : undefined;
  const shuffled = (all: readonly Telling[]): Sent[] =>
    send(random, random.shuffled(all), encoding);
  const ways: readonly (readonly [law: string, again: () => Sent[]])[] = [
    ['shuffled', () => shuffled(tellings)],
    ['split', () => random.shuffled(tellings).flatMap((one) => send(random, [one], encoding))],
    ['repeated', () => shuffled([...tellings, ...tellings])],
    ['interleaved', () => shuffled([...tellings, ...tellings.map(strangersOf)])],
  ];
  for (const [way, again] of ways) {
    block.reset();
    for (const one of again()) decode(one, block);
    const facts = readFacts(block).filter(({ service_name }) => service_name !== STRANGER);
    expectEqual(`sums do not change when ${way}`, sumsOf(facts), sums);
  }
}

/** Whether two records that differ bear the same ids. */
function hasRivals(tellings: readonly Telling[]): boolean {
  const ids = tellings.map(({ record }) => `${record['traceId']} ${record['spanId']}`);
  return new Set(ids).size < ids.length;
}

const STRANGER = 'a stranger';

/** The same record of another service, with ids of its own. */
function strangersOf({ resource, scope, record, signal }: Telling): Telling {
  const name = { key: 'service.name', value: { stringValue: STRANGER } };
  const others = ((resource['attributes'] ?? []) as { key: string }[]).filter(
    ({ key }) => key !== 'service.name',
  );
  return { signal, scope, record, resource: { ...resource, attributes: [...others, name] } };
}

function expectEqual(law: string, found: unknown, expected: unknown): void {
  const [one, other] = [textOf(found), textOf(expected)];
  if (one !== other) throw new Broken(law, `${one}\nis not\n${other}`);
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
