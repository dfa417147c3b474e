// What one request's walk carries from message to message: the block it fills, its organisation, the
// counts, and the resource and scope whose records come next.

import { isUtf8 } from 'node:buffer';

import { type AttributeMap, attributesContent } from './attribute-map.ts';
import { readAttributes } from './attribute-run.ts';
import type { Block } from './block.ts';
import { decodeText } from './bytes.ts';
import { attribute } from './dialect.ts';
import { MapRecord, textIn } from './record-view.ts';
import { type RefusalReason, Tally } from './receipt.ts';
import { BYTES, type Wire } from './wire.ts';

const SERVICE_NAME = attribute('service.name');
const ENVIRONMENT_NAME = attribute('deployment.environment.name');
const ENVIRONMENT = attribute('deployment.environment');

/** Seeds that keep equal bytes in different places from looking like equal content. */
const RESOURCE_SEED = 0x1b873593;

export interface Scope {
  name: string;
  version: string;
}

export class Walk {
  readonly block: Block;
  readonly wire: Wire;
  readonly org: string;
  readonly tally = new Tally();
  readonly record: MapRecord;
  service = '';
  environment = '';
  resourceContent = 0;
  scope: Scope = { name: '', version: '' };
  scopeContent = 0;

  constructor(block: Block, org: string, map: AttributeMap, resource: AttributeMap) {
    this.block = block;
    this.wire = block.wire;
    this.org = org;
    this.record = new MapRecord(map, resource, block);
  }

  resourceBytes = 0;
  /** Records seen so far, refused ones included, and what was copied for those admitted. */
  #seen = 0;
  #copied = 0;

  /** Whether another record is within the number a request may have. */
  admit(limit: number): boolean {
    return this.#seen++ < limit;
  }

  /** Accounts for the resource and scope that a row repeats; a reason when that is too much. */
  copy(bytes: number): RefusalReason | null {
    this.#copied += bytes;
    return this.#copied > this.block.limits.copied_bytes_per_request
      ? 'copied_bytes_per_request'
      : null;
  }

  attributes(end: number, tag: number, map: AttributeMap): void {
    readAttributes(this.wire, end, tag, map, this.block.limits, this.tally);
  }

  /** A Resource message: its attributes, appended to the map's current record. */
  resource(end: number, map: AttributeMap): void {
    const { wire } = this;
    while (wire.p < end) {
      if (wire.u8[wire.p] === 0x0a) this.attributes(end, 0x0a, map);
      else wire.skip(known(wire, wire.tag(end), RESOURCE_TYPES), end);
    }
  }

  /** After the last of a resource's attributes: what its records need of it. */
  closeResource(map: AttributeMap): void {
    this.service = textIn(map, SERVICE_NAME) ?? '';
    this.environment = textIn(map, ENVIRONMENT_NAME) ?? textIn(map, ENVIRONMENT) ?? '';
    this.resourceBytes = map.values.n - map.firstValue;
    this.resourceContent = attributesContent(map, map.firstId, map.firstValue, RESOURCE_SEED);
  }

  /** After the last record of a resource. */
  endResource(): void {
    this.block.factTable.endResource(this.org, this.service, this.environment);
  }

  /** An InstrumentationScope message; its attributes go to `map`, where a table has them. */
  scopeMessage(end: number, map: AttributeMap | null): void {
    const { wire, scope } = this;
    while (wire.p < end) {
      if (wire.u8[wire.p] === 0x1a && map !== null) {
        this.attributes(end, 0x1a, map);
        continue;
      }
      const tag = known(wire, wire.tag(end), SCOPE_TYPES);
      if (tag === 0x0a) scope.name = this.text(end);
      else if (tag === 0x12) scope.version = this.text(end);
      else wire.skip(tag, end);
    }
  }

  /** The text at the cursor; bytes that are no UTF-8 are repaired and counted. */
  text(end: number): string {
    const { wire } = this;
    const length = wire.length(end);
    const start = wire.p;
    wire.p = start + length;
    const text = decodeText(wire.u8, start, wire.p);
    if (text.includes('\ufffd') && !isUtf8(wire.u8.subarray(start, wire.p))) {
      this.tally.adjust('invalid_utf8');
    }
    return text;
  }
}

const RESOURCE_TYPES = [-1, BYTES];
const SCOPE_TYPES = [-1, BYTES, BYTES, BYTES];

/** Checks the wire type of a field that the list knows; answers the tag. */
export function known(wire: Wire, tag: number, types: readonly number[]): number {
  const type = types[tag >>> 3];
  if (type !== undefined && type >= 0) wire.expect(tag, type);
  return tag;
}
