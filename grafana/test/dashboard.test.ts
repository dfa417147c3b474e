// The committed dashboards as Grafana will read them: what its file provisioning and the data source
// need, and what our own pages promise. Whether the queries run is another test.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const GRAFANA = path.join(import.meta.dirname, '..');
const GENERATED = path.join(GRAFANA, 'generated');

interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  datasource: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { format: number; rawSql: string; datasource: { uid: string }; editorType: string }[];
  fieldConfig: { defaults: { unit?: string; displayName?: string } };
}

interface Variable {
  name: string;
  type: string;
  refresh: number;
  query: string | { rawSql: string };
  current: { value: unknown };
}

interface Dashboard {
  id: null;
  uid: string;
  title: string;
  editable: boolean;
  schemaVersion: number;
  panels: Panel[];
  templating: { list: Variable[] };
}

const dashboards = readdirSync(GENERATED).map(
  (name) =>
    [name, JSON.parse(readFileSync(path.join(GENERATED, name), 'utf8')) as Dashboard] as const,
);

const sqlOf = (variable: Variable) =>
  typeof variable.query === 'string' ? '' : variable.query.rawSql;

function overlap(a: Panel['gridPos'], b: Panel['gridPos']): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

it('has a dashboard, and each its own uid', () => {
  const uids = dashboards.map(([, { uid }]) => uid);
  expect(uids.length).toBeGreaterThan(0);
  expect(new Set(uids).size).toBe(uids.length);
});

describe.each(dashboards)('%s', (_, dashboard) => {
  const { panels, templating } = dashboard;

  it('can be provisioned from a file and not be edited by hand', () => {
    expect(dashboard).toMatchObject({ id: null, editable: false });
    expect(dashboard).not.toHaveProperty('__inputs');
    expect(dashboard.uid).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
  });

  it('places panels side by side inside the page', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      const others = panels.filter((other) => other.gridPos !== gridPos);
      expect(
        others.filter((other) => overlap(other.gridPos, gridPos)).map((other) => other.title),
      ).toEqual([]);
    }
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    '%s says what it shows',
    (_title, panel) => {
      expect(panel.title).not.toBe('');
      expect(panel.description).toMatch(/\.$/);
      expect(panel.fieldConfig.defaults.unit).toBeDefined();
      expect(panel.targets.length).toBeGreaterThan(0);
      for (const target of panel.targets) {
        expect(target).toMatchObject({ editorType: 'sql', datasource: { uid: '${datasource}' } });
        expect(target.format).toBe(panel.type === 'timeseries' ? 0 : 1);
      }
    },
  );

  it('reads only the public views, in the chosen time, for the chosen values', () => {
    const queries = [
      ...panels.flatMap(({ targets }) => targets.map(({ rawSql }) => rawSql)),
      ...templating.list.map(sqlOf).filter((sql) => sql !== ''),
    ];
    for (const sql of queries) {
      const sources = [...sql.matchAll(/\b(?:FROM|(?<!ARRAY )JOIN)\s+(\w+)/g)].map(
        (match) => match[1] ?? '',
      );
      expect(['usage', 'calls', 'runs', 'tools', 'doubts']).toEqual(
        expect.arrayContaining(sources),
      );
      expect(sql).toContain('$__timeFilter(');
      // Without :singlequote a value with a quote would end the string.
      expect(sql.match(/\$\{(?!\w+:singlequote\})/g)).toBeNull();
    }
    for (const { title, targets } of panels)
      for (const { rawSql } of targets)
        for (const name of ['organisation', 'service', 'agent', 'model'])
          expect(rawSql, title).toContain(`\${${name}:singlequote}`);
  });

  it('asks variables again when the time changes', () => {
    const queried = templating.list.filter(({ type }) => type === 'query');
    expect(queried.map(({ name }) => name)).toEqual(['organisation', 'service', 'agent', 'model']);
    expect(queried.every(({ refresh }) => refresh === 2)).toBe(true);
  });

  it('uses the provisioned data source', () => {
    const provisioned = parse(
      readFileSync(path.join(GRAFANA, 'provisioning', 'datasources', 'clickhouse.yaml'), 'utf8'),
    ) as { datasources: { uid: string; type: string }[] };
    const variable = templating.list.find(({ name }) => name === 'datasource');
    expect(variable?.query).toBe(provisioned.datasources[0]?.type);
    expect(variable?.current.value).toBe(provisioned.datasources[0]?.uid);
  });
});
