// The columns of `otel_traces` while they are filled: the names and types of the collector's
// ClickHouse exporter, then organisation and version.

import { AttributeMap } from './attribute-map.ts';
import { Bytes, Words } from './bytes.ts';
import { Dictionary } from './dictionary.ts';
import {
  arrayColumn,
  bytesColumn,
  mapArray,
  mapColumn,
  sharedTextArray,
  wordsColumn,
} from './raw-columns.ts';
import { Table } from './table.ts';
import { SharedTextColumn } from './value-columns.ts';

export const SPAN_KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
export const STATUS_CODES = ['Unset', 'Ok', 'Error'];

export class SpanTable {
  readonly timestamp = new Words();
  readonly traceId = new Bytes();
  readonly spanId = new Bytes();
  readonly parentSpanId = new Bytes();
  readonly traceState = new Bytes();
  readonly spanName: SharedTextColumn;
  readonly spanKind: SharedTextColumn;
  readonly serviceName: SharedTextColumn;
  readonly resource: AttributeMap;
  readonly resourceEnds = new Words();
  readonly scopeName = new Bytes();
  readonly scopeVersion = new Bytes();
  readonly attributes: AttributeMap;
  readonly attributeEnds = new Words();
  readonly duration = new Words();
  readonly statusCode: SharedTextColumn;
  readonly statusMessage = new Bytes();
  readonly eventEnds = new Words();
  readonly eventTime = new Words();
  readonly eventNames: Dictionary;
  readonly eventName = new Words();
  readonly eventAttributes: AttributeMap;
  readonly eventAttributeEnds = new Words();
  readonly linkEnds = new Words();
  readonly linkTraceId = new Bytes();
  readonly linkSpanId = new Bytes();
  readonly linkTraceState = new Bytes();
  readonly linkAttributes: AttributeMap;
  readonly linkAttributeEnds = new Words();
  readonly org: SharedTextColumn;
  readonly version = new Words();
  readonly table: Table;

  constructor(registered: ReadonlyMap<string, number>, seed: number, entriesKept: number) {
    const none: ReadonlyMap<string, number> = new Map();
    this.spanName = new SharedTextColumn(seed);
    this.spanKind = fixedTexts(SPAN_KINDS, seed);
    this.serviceName = new SharedTextColumn(seed);
    this.resource = new AttributeMap(registered, seed, entriesKept);
    this.attributes = new AttributeMap(registered, seed, entriesKept);
    this.statusCode = fixedTexts(STATUS_CODES, seed);
    this.eventNames = new Dictionary(seed);
    this.eventAttributes = new AttributeMap(none, seed, entriesKept);
    this.linkAttributes = new AttributeMap(none, seed, entriesKept);
    this.org = new SharedTextColumn(seed);
    this.table = new Table(this.#columns(), this.#memory(), [
      this.spanName.dictionary,
      this.spanKind.dictionary,
      this.serviceName.dictionary,
      this.statusCode.dictionary,
      this.eventNames,
      this.org.dictionary,
    ]);
  }

  #columns() {
    const text = 'String';
    const time = 'DateTime64(9)';
    return [
      { name: 'Timestamp', column: wordsColumn(time, this.timestamp) },
      { name: 'TraceId', column: bytesColumn(text, this.traceId) },
      { name: 'SpanId', column: bytesColumn(text, this.spanId) },
      { name: 'ParentSpanId', column: bytesColumn(text, this.parentSpanId) },
      { name: 'TraceState', column: bytesColumn(text, this.traceState) },
      { name: 'SpanName', column: this.spanName },
      { name: 'SpanKind', column: this.spanKind },
      { name: 'ServiceName', column: this.serviceName },
      { name: 'ResourceAttributes', column: mapColumn(this.resource, this.resourceEnds) },
      { name: 'ScopeName', column: bytesColumn(text, this.scopeName) },
      { name: 'ScopeVersion', column: bytesColumn(text, this.scopeVersion) },
      { name: 'SpanAttributes', column: mapColumn(this.attributes, this.attributeEnds) },
      { name: 'Duration', column: wordsColumn('UInt64', this.duration) },
      { name: 'StatusCode', column: this.statusCode },
      { name: 'StatusMessage', column: bytesColumn(text, this.statusMessage) },
      { name: 'Events.Timestamp', column: arrayColumn(time, this.eventEnds, this.eventTime) },
      {
        name: 'Events.Name',
        column: sharedTextArray(this.eventEnds, this.eventNames, this.eventName),
      },
      {
        name: 'Events.Attributes',
        column: mapArray(this.eventEnds, this.eventAttributes, this.eventAttributeEnds),
      },
      { name: 'Links.TraceId', column: arrayColumn(text, this.linkEnds, this.linkTraceId) },
      { name: 'Links.SpanId', column: arrayColumn(text, this.linkEnds, this.linkSpanId) },
      { name: 'Links.TraceState', column: arrayColumn(text, this.linkEnds, this.linkTraceState) },
      {
        name: 'Links.Attributes',
        column: mapArray(this.linkEnds, this.linkAttributes, this.linkAttributeEnds),
      },
      { name: 'OrgId', column: this.org },
      { name: 'Version', column: wordsColumn('UInt64', this.version) },
    ];
  }

  #memory() {
    const maps = [this.resource, this.attributes, this.eventAttributes, this.linkAttributes];
    const shared = [this.spanName, this.spanKind, this.serviceName, this.statusCode, this.org];
    return [
      ...maps.flatMap((map) => [map.ids, map.values]),
      ...shared.map((column) => column.ids),
      ...[this.timestamp, this.traceId, this.spanId, this.parentSpanId, this.traceState],
      ...[this.resourceEnds, this.scopeName, this.scopeVersion, this.attributeEnds],
      ...[this.duration, this.statusMessage, this.version],
      ...[this.eventEnds, this.eventTime, this.eventName, this.eventAttributeEnds],
      ...[this.linkEnds, this.linkTraceId, this.linkSpanId, this.linkTraceState],
      this.linkAttributeEnds,
    ];
  }

  get #maps(): readonly AttributeMap[] {
    return [this.resource, this.attributes, this.eventAttributes, this.linkAttributes];
  }

  get repaired(): number {
    return this.#maps.reduce((sum, map) => sum + map.keys.repaired, this.table.repaired);
  }

  get size_bytes(): number {
    return this.#maps.reduce((sum, map) => sum + map.keys.size_bytes, this.table.size_bytes);
  }

  reset(entriesKept: number): void {
    this.table.reset(entriesKept);
    for (const map of this.#maps) map.reset();
  }
}

/** A column whose ids are known: 0 is '', then the texts in order. */
function fixedTexts(texts: readonly string[], seed: number): SharedTextColumn {
  const column = new SharedTextColumn(seed);
  for (const text of texts) column.dictionary.internText(text);
  return column;
}

/** The columns that the raw span table must have, by name and type. */
export const TRACE_COLUMNS: readonly { readonly name: string; readonly type: string }[] =
  new SpanTable(new Map(), 0, 0).table.columns.map(({ name, column }) => ({
    name,
    type: column.type,
  }));
