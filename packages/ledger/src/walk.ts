// What one request's walk carries from message to message: the block it fills, its organisation, the
// counts, and the resource and scope whose records come next.

import { isUtf8 } from 'node:buffer';

import { type AttributeMap, attributesContent } from './attribute-map.ts';
import { readAttributes } from './attribute-run.ts';
import type { Block } from './block.ts';
import { decodeText } from './bytes.ts';
import { attribute } from './dialect.ts';
import { isOrganisation } from './organisation.ts';
import { MapRecord, textIn } from './record-view.ts';
import { type Receipt, type RefusalReason, Tally, type TouchedTrace } from './receipt.ts';
import type { Sender } from './decode.ts';
import { BYTES, type Wire } from './wire.ts';

const SERVICE_NAME = attribute('service.name');
const ENVIRONMENT_NAME = attribute('deployment.environment.name');
const ENVIRONMENT = attribute('deployment.environment');
/** Heard from a forwarder only; from anyone else it is data like any other. */
const ORGANISATION = attribute('spanledger.org.id');

/** Seeds that keep equal bytes in different places from looking like equal content. */
const RESOURCE_SEED = 0x1b873593;

export interface Scope {
  name: string;
  version: string;
}

export class Walk {
  readonly block: Block;
  readonly wire: Wire;
  readonly #namesOrganisations: boolean;
  /** The organisation of the current resource. */
  org: string;
  /** Why all records of the current resource are refused; null where they are not. */
  refusal: RefusalReason | null = null;
  readonly tally = new Tally();
  readonly record: MapRecord;
  service = '';
  environment = '';
  resourceContent = 0;
  scope: Scope = { name: '', version: '' };
  scopeContent = 0;

  constructor(block: Block, sender: Sender, map: AttributeMap, resource: AttributeMap) {
    this.block = block;
    this.wire = block.wire;
    this.org = sender.org_id;
    this.#namesOrganisations = sender.names_organisations === true;
    this.record = new MapRecord(map, resource, block);
  }

  resourceBytes = 0;
  /** Records seen so far, refused ones included, and what was copied for those admitted. */
  #seen = 0;
  #copied = 0;
  /** Of organisations whose records came before those of the current one. */
  readonly #touched: TouchedTrace[] = [];

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
    if (this.#namesOrganisations) this.#enterOrganisation(map);
    this.service = textIn(map, SERVICE_NAME) ?? '';
    this.environment = textIn(map, ENVIRONMENT_NAME) ?? textIn(map, ENVIRONMENT) ?? '';
    this.resourceBytes = map.values.n - map.firstValue;
    this.resourceContent = attributesContent(map, map.firstId, map.firstValue, RESOURCE_SEED);
  }

  /**
   * The organisation that a forwarder's resource names. Twice is wrong even if both say the same:
   * whoever stamps it may have replaced the first only, and the second is then the sender's own.
   */
  #enterOrganisation(map: AttributeMap): void {
    const named = textIn(map, ORGANISATION);
    this.refusal = named === null ? 'missing_organisation' : null;
    if (named === null) return;
    if (!isOrganisation(named) || map.times(ORGANISATION) > 1) {
      this.refusal = 'invalid_organisation';
      return;
    }
    if (named === this.org) return;
    this.#listTouched();
    this.org = named;
  }

  #listTouched(): void {
    const { touched } = this.block.factTable;
    for (const trace of touched.list(this.org)) this.#touched.push(trace);
    touched.clear();
  }

  /** After the last record of the request. */
  receipt(): Receipt {
    this.#listTouched();
    return this.tally.receipt(this.#touched);
  }

  /** After the last record of a resource. */
  endResource(): void {
    this.block.factTable.endResource(this.org, this.service, this.environment);
    this.block.contentTable.endResource(this.org, this.service);
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
