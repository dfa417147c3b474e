// A block: the rows of many requests on their way to ClickHouse. A request is in it whole or not at
// all. After `parts` it must not change until they are sent, because they alias its memory.

import { Bytes } from './bytes.ts';
import { ContentTable } from './content-table.ts';
import { addDays } from './days.ts';
import { attributeNames } from './dialect.ts';
import { Draft } from './draft.ts';
import type { Fact } from './fact.ts';
import { FactTable } from './fact-table.ts';
import { KnownTexts } from './known-texts.ts';
import { decodeLimits, type DecodeLimits } from './limits.ts';
import { LogTable } from './log-table.ts';
import type { MetricPoint } from './metric-point.ts';
import { MetricTable } from './metric-table.ts';
import { Shapes } from './shape.ts';
import { SpanTable } from './span-table.ts';
import type { TableMark } from './table.ts';
import { Wire } from './wire.ts';

export type BlockTable =
  'otel_traces' | 'genai_facts' | 'genai_content' | 'otel_logs' | 'genai_metric_points';

export interface BlockMark {
  readonly spans: TableMark;
  readonly facts: TableMark;
  readonly content: TableMark;
  readonly logs: TableMark;
  readonly points: TableMark;
}

/** Fixed, so that equal requests give equal bytes; a service gives its own against crafted keys. */
const DEFAULT_SEED = 0x2545f491;

export class Block {
  readonly limits: DecodeLimits;
  readonly spanTable: SpanTable;
  readonly factTable: FactTable;
  readonly contentTable: ContentTable;
  readonly logTable: LogTable;
  readonly metricTable: MetricTable;
  readonly draft = new Draft();
  readonly wire = new Wire();
  /** What was learnt of earlier records; it holds for later ones and outlives a reset. */
  readonly shapes = new Shapes();
  readonly texts = new KnownTexts();
  /** Where a JSON body becomes protobuf. */
  readonly scratch = new Bytes(4096);
  /** Where the texts of a scope lie while they are hashed. */
  readonly scopeText = new Bytes();

  constructor(limits: Partial<DecodeLimits> = {}, options: { readonly seed?: number } = {}) {
    const seed = options.seed ?? DEFAULT_SEED;
    this.limits = decodeLimits(limits);
    const registered = new Map(attributeNames().map((name, number) => [name, number]));
    const kept = this.limits.dictionary_entries_kept;
    this.spanTable = new SpanTable(registered, seed, kept);
    this.factTable = new FactTable(this.limits, seed);
    this.contentTable = new ContentTable(seed);
    this.logTable = new LogTable(registered, seed, kept);
    this.metricTable = new MetricTable(seed, kept);
  }

  get spans(): number {
    return this.spanTable.table.rows;
  }

  get facts(): number {
    return this.factTable.table.rows;
  }

  get logs(): number {
    return this.logTable.table.rows;
  }

  /** Points of metrics that tell tokens or cost. */
  get points(): number {
    return this.metricTable.table.rows;
  }

  get size_bytes(): number {
    const { spanTable, factTable, contentTable, logTable, metricTable } = this;
    const beside = logTable.size_bytes + metricTable.size_bytes + contentTable.table.size_bytes;
    return spanTable.size_bytes + factTable.table.size_bytes + beside;
  }

  /** Values that were not UTF-8 and went into a dictionary repaired, since the block was made. */
  get repaired(): number {
    const { spanTable, factTable, logTable, metricTable } = this;
    return spanTable.repaired + factTable.table.repaired + logTable.repaired + metricTable.repaired;
  }

  mark(): BlockMark {
    return {
      spans: this.spanTable.table.mark(),
      facts: this.factTable.table.mark(),
      content: this.contentTable.table.mark(),
      logs: this.logTable.table.mark(),
      points: this.metricTable.table.mark(),
    };
  }

  rollback(mark: BlockMark): void {
    this.spanTable.table.rollback(mark.spans);
    this.factTable.table.rollback(mark.facts);
    this.contentTable.table.rollback(mark.content);
    this.logTable.table.rollback(mark.logs);
    this.metricTable.table.rollback(mark.points);
  }

  /** The days, counted from 1970, of the spans and log records that came after the mark. */
  days(since: BlockMark): Set<number> {
    const days = new Set<number>();
    const { spanTable, logTable } = this;
    addDays(days, spanTable.timestamp, since.spans[0] ?? 0, spanTable.table.rows);
    addDays(days, logTable.timestamp, since.logs[0] ?? 0, logTable.table.rows);
    return days;
  }

  /** Empties the block for new rows; its memory stays. */
  reset(): void {
    const kept = this.limits.dictionary_entries_kept;
    this.spanTable.reset(kept);
    this.factTable.table.reset(kept);
    this.contentTable.table.reset(kept);
    this.logTable.reset(kept);
    this.metricTable.reset(kept);
    this.scratch.reset();
  }

  /** One Native block of the table's rows, in pieces; none when it has no rows. */
  parts(table: BlockTable): Uint8Array[] {
    if (table === 'otel_traces') return this.spanTable.table.parts();
    if (table === 'genai_facts') return this.factTable.parts();
    if (table === 'genai_content') return this.contentTable.table.parts();
    return (table === 'otel_logs' ? this.logTable : this.metricTable).table.parts();
  }
}

/** Reads the facts of a block back, for accounts without a store and for tests. */
export function readFacts(block: Block): Fact[] {
  return block.factTable.read();
}

/** Reads the metric points of a block back, for the same. */
export function readMetricPoints(block: Block): MetricPoint[] {
  return block.metricTable.read();
}
