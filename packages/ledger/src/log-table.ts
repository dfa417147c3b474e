// The columns of `otel_logs` while they are filled: the names and types of the collector's
// ClickHouse exporter, then organisation, event id and version.

import { AttributeMap } from './attribute-map.ts';
import { Bytes, Words } from './bytes.ts';
import { bytesColumn, mapColumn, wordsColumn } from './raw-columns.ts';
import { Table } from './table.ts';
import { SharedTextColumn, TextColumn } from './value-columns.ts';

export class LogTable {
  readonly timestamp = new Words();
  readonly traceId = new TextColumn();
  readonly spanId = new TextColumn();
  readonly traceFlags = new Bytes();
  readonly severityText: SharedTextColumn;
  readonly severityNumber = new Bytes();
  readonly serviceName: SharedTextColumn;
  readonly body = new TextColumn();
  readonly resourceSchemaUrl: SharedTextColumn;
  readonly resource: AttributeMap;
  readonly resourceEnds = new Words();
  readonly scopeSchemaUrl: SharedTextColumn;
  readonly scopeName = new TextColumn();
  readonly scopeVersion: SharedTextColumn;
  readonly scope: AttributeMap;
  readonly scopeEnds = new Words();
  readonly attributes: AttributeMap;
  readonly attributeEnds = new Words();
  readonly eventName = new TextColumn();
  readonly org: SharedTextColumn;
  readonly eventId = new TextColumn();
  readonly version = new Words();
  readonly table: Table;

  constructor(registered: ReadonlyMap<string, number>, seed: number, entriesKept: number) {
    this.severityText = new SharedTextColumn(seed);
    this.serviceName = new SharedTextColumn(seed);
    this.resourceSchemaUrl = new SharedTextColumn(seed);
    this.scopeSchemaUrl = new SharedTextColumn(seed);
    this.scopeVersion = new SharedTextColumn(seed);
    this.org = new SharedTextColumn(seed);
    this.resource = new AttributeMap(registered, seed, entriesKept);
    this.scope = new AttributeMap(new Map(), seed, entriesKept);
    this.attributes = new AttributeMap(registered, seed, entriesKept);
    const shared = [
      ...[this.severityText, this.serviceName, this.resourceSchemaUrl],
      ...[this.scopeSchemaUrl, this.scopeVersion, this.org],
    ];
    const texts = [
      this.traceId,
      this.spanId,
      this.body,
      this.scopeName,
      this.eventName,
      this.eventId,
    ];
    const memory = [
      ...[this.resource, this.scope, this.attributes].flatMap((map) => [map.ids, map.values]),
      ...shared.map((column) => column.ids),
      ...texts.map((column) => column.bytes),
      ...[this.timestamp, this.traceFlags, this.severityNumber, this.resourceEnds],
      ...[this.scopeEnds, this.attributeEnds, this.version],
    ];
    const dictionaries = shared.map((column) => column.dictionary);
    this.table = new Table(this.#columns(), memory, dictionaries);
  }

  #columns() {
    return [
      { name: 'Timestamp', column: wordsColumn('DateTime64(9)', this.timestamp) },
      { name: 'TraceId', column: this.traceId },
      { name: 'SpanId', column: this.spanId },
      { name: 'TraceFlags', column: bytesColumn('UInt8', this.traceFlags) },
      { name: 'SeverityText', column: this.severityText },
      { name: 'SeverityNumber', column: bytesColumn('UInt8', this.severityNumber) },
      { name: 'ServiceName', column: this.serviceName },
      { name: 'Body', column: this.body },
      { name: 'ResourceSchemaUrl', column: this.resourceSchemaUrl },
      { name: 'ResourceAttributes', column: mapColumn(this.resource, this.resourceEnds) },
      { name: 'ScopeSchemaUrl', column: this.scopeSchemaUrl },
      { name: 'ScopeName', column: this.scopeName },
      { name: 'ScopeVersion', column: this.scopeVersion },
      { name: 'ScopeAttributes', column: mapColumn(this.scope, this.scopeEnds) },
      { name: 'LogAttributes', column: mapColumn(this.attributes, this.attributeEnds) },
      { name: 'EventName', column: this.eventName },
      { name: 'OrgId', column: this.org },
      { name: 'EventId', column: this.eventId },
      { name: 'Version', column: wordsColumn('UInt64', this.version) },
    ];
  }

  get #maps(): readonly AttributeMap[] {
    return [this.resource, this.scope, this.attributes];
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

/** The columns that the raw log table must have, by name and type. */
export const LOG_COLUMNS: readonly { readonly name: string; readonly type: string }[] =
  new LogTable(new Map(), 0, 0).table.columns.map(({ name, column }) => ({
    name,
    type: column.type,
  }));
