// A dashboard from rows of panels: gives ids and places, and everything that Grafana wants around them.
// The v1 model on purpose: it loads on every Grafana that the data source supports.

import type { Panel } from './panel.ts';
import { variables } from './variable.ts';

const GRID_WIDTH = 24;
const SCHEMA_VERSION = 39;

export interface Row {
  readonly height: number;
  readonly panels: readonly Panel[];
}

export interface DashboardText {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

export type Dashboard = ReturnType<typeof dashboard>;

/** The panels of a row share its width equally. */
function place(rows: readonly Row[]) {
  let id = 0;
  let y = 0;
  return rows.flatMap(({ height, panels }) => {
    const w = Math.floor(GRID_WIDTH / panels.length);
    const placed = panels.map((panel, index) => {
      id += 1;
      return { id, ...panel, gridPos: { x: index * w, y, w, h: height } };
    });
    y += height;
    return placed;
  });
}

export function dashboard(text: DashboardText) {
  return {
    id: null,
    uid: text.uid,
    title: text.title,
    description: text.description,
    tags: ['spanledger'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: 'now-24h', to: 'now' },
    refresh: '30s',
    fiscalYearStartMonth: 0,
    links: [
      {
        type: 'dashboards',
        title: 'Spanledger',
        tags: ['spanledger'],
        keepTime: true,
        includeVars: true,
        asDropdown: true,
        icon: 'external link',
      },
    ],
    annotations: { list: [] },
    templating: variables(),
    panels: place(text.rows),
  };
}
