// The axes of the acceptance matrix: which clients, loaded how, on which Node, beside which
// OpenTelemetry. `npm test` runs a cut of it, `npm run test:matrix` the whole.

import { newerNode } from '../child.ts';
import { EACH_LINE, EVERY, type SetUpName } from './set-up-list.ts';

export const KINDS = ['mjs', 'cjs'] as const;
export const NODES = [20, 22, 24] as const;
export type Kind = (typeof KINDS)[number];
export type NodeMajor = (typeof NODES)[number];

/** `mjs 20`, or with the OpenTelemetry of the program, which is none where nothing is said. */
type Place = `${Kind} ${NodeMajor}` | `${Kind} ${NodeMajor} ${SetUpName}`;

export interface Client {
  /** A folder below sdks/. */
  sdk: string;
  /** The oldest Node that it runs on; 20 when left out. */
  needs?: 22;
  /** The one way in which it can be loaded; both when left out. */
  only?: Kind;
  /** Every set-up of OpenTelemetry in the whole matrix; one of each line when left out. */
  everySetUp?: true;
  /** The cells that `npm test` runs. */
  cut: readonly Place[];
}

export interface Cell {
  sdk: string;
  kind: Kind;
  node: NodeMajor;
  setUp: SetUpName;
}

/** Set, to any text, by `npm run test:matrix`. */
export const isWhole = process.env['TEST_MATRIX'] !== undefined;

/** The cells of a client: those of the cut, or every one. */
export function cellsOf(client: Client): Cell[] {
  if (isWhole) {
    const setUps = client.everySetUp === true ? EVERY : EACH_LINE;
    return KINDS.flatMap((kind) =>
      NODES.flatMap((node) => setUps.map((setUp) => ({ sdk: client.sdk, kind, node, setUp }))),
    );
  }
  return client.cut.map((place) => {
    const [kind, node, setUp = 'alone'] = place.split(' ') as [Kind, string, SetUpName?];
    return { sdk: client.sdk, kind, node: Number(node) as NodeMajor, setUp };
  });
}

/** Why a cell cannot run, in words for the page; null when it can. */
export function holeOf(client: Client, cell: Cell, setUpNeeds: NodeMajor): string | null {
  if (client.only !== undefined && client.only !== cell.kind) {
    return cell.kind === 'cjs' ? 'the client has no CommonJS' : 'the client has no ES modules';
  }
  if (cell.node < (client.needs ?? 20)) return 'the client needs Node 22 or newer';
  if (cell.node < setUpNeeds) return 'OpenTelemetry SDK 3 needs Node 22 or newer';
  return nodeBinary(cell.node) === null ? `no Node ${cell.node} for this platform` : null;
}

/** Outside the whole matrix whichever Node runs the tests stands for the oldest. */
export function nodeBinary(major: NodeMajor): string | null {
  const here = Number(process.versions.node.split('.')[0]);
  if (major === here || (major === 20 && !isWhole)) return process.execPath;
  return major === 20 ? null : newerNode(major);
}
