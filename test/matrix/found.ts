// What a run of the matrix found, as it is written down: one record a cell.

import { stripVTControlCharacters } from 'node:util';

export interface FoundCell {
  /** The test file, without its ending: what of the client is used. */
  readonly part: string;
  /** The folder below sdks/. */
  readonly client: string;
  readonly kind: 'mjs' | 'cjs';
  readonly node: 20 | 22 | 24;
  /** The OpenTelemetry of the program, by its name in set-ups.ts. */
  readonly setUp: string;
  readonly result: 'green' | 'red' | 'hole';
  /** Of a hole the reason, of red what differs; null for green. */
  readonly why: string | null;
}

export interface Found {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly platform: string;
  /** Exact versions, by major. */
  readonly nodes: Readonly<Record<string, string>>;
  /** By client: its package and version. */
  readonly clients: Readonly<Record<string, readonly [name: string, version: string]>>;
  /** Of the two lines that programs bring: API and SDK. */
  readonly opentelemetry: Readonly<Record<string, Readonly<Record<'api' | 'sdk', string>>>>;
  readonly cells: readonly FoundCell[];
}

const NAME =
  /^(?<client>\S+) (?<kind>mjs|cjs) node-(?<node>\d+) (?<setUp>[^:\s]+)(?:: (?<hole>.+))?$/;

/** Reads the name of a test; null where it is no cell, or did not run. */
export function cellOf(
  part: string,
  name: string,
  state: string,
  failure: string | null,
): FoundCell | null {
  const { client = '', kind, node, setUp = '', hole } = NAME.exec(name)?.groups ?? {};
  if (client === '' || (state === 'skipped' && hole === undefined)) return null;
  const result = hole !== undefined ? 'hole' : state === 'passed' ? 'green' : 'red';
  return {
    part,
    client,
    kind: kind as FoundCell['kind'],
    node: Number(node) as FoundCell['node'],
    setUp,
    result,
    why: hole ?? (result === 'green' ? null : firstLines(failure ?? 'it did not end')),
  };
}

export const keyOf = ({ part, client, kind, node, setUp }: FoundCell): string =>
  `${part}: ${client} ${kind} node-${node} ${setUp}`;

const KEPT_CHARACTERS = 600;

function firstLines(text: string): string {
  return stripVTControlCharacters(text).slice(0, KEPT_CHARACTERS);
}
