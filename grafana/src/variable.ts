// The variables that every dashboard has: the data source, then organisation, service, agent, model.
// Each offers the values of the chosen time, and `filter` is the condition that they stand for.

import { DATASOURCE } from './panel.ts';

interface Dimension {
  readonly name: string;
  readonly label: string;
  /** The column of the `usage` view. */
  readonly column: string;
}

export const DIMENSIONS: readonly Dimension[] = [
  { name: 'organisation', label: 'Organisation', column: 'org_id' },
  { name: 'service', label: 'Service', column: 'service_name' },
  { name: 'agent', label: 'Agent', column: 'agent_name' },
  { name: 'model', label: 'Model', column: 'model' },
];

const conditionOf = ({ name, column }: Dimension) =>
  `$__conditionalAll(${column} IN (\${${name}:singlequote}), $${name})`;

/** The condition of all variables, for the WHERE of a panel over `usage`. */
export const filter = DIMENSIONS.map(conditionOf).join('\n  AND ');

function valuesOf(dimension: Dimension, before: readonly Dimension[]): string {
  const conditions = [
    '$__timeFilter(time)',
    `${dimension.column} != ''`,
    ...before.map(conditionOf),
  ];
  return `SELECT DISTINCT ${dimension.column} FROM usage\nWHERE ${conditions.join('\n  AND ')}\nORDER BY 1`;
}

const datasource = {
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  query: DATASOURCE.type,
  current: { text: 'Spanledger', value: 'spanledger-clickhouse', selected: true },
  refresh: 1,
  hide: 0,
  includeAll: false,
  multi: false,
  options: [],
  regex: '',
  skipUrlSync: false,
};

/** A variable offers what is left by the variables before it. */
export function variables(): { list: Record<string, unknown>[] } {
  const queries = DIMENSIONS.map((dimension, index) => {
    const rawSql = valuesOf(dimension, DIMENSIONS.slice(0, index));
    return {
      type: 'query',
      name: dimension.name,
      label: dimension.label,
      datasource: DATASOURCE,
      query: { refId: dimension.name, queryType: 'sql', rawSql },
      definition: rawSql,
      // On every change of the time range.
      refresh: 2,
      sort: 1,
      multi: true,
      includeAll: true,
      allValue: null,
      current: { text: ['All'], value: ['$__all'], selected: true },
      options: [],
      regex: '',
      hide: 0,
      skipUrlSync: false,
    };
  });
  return { list: [datasource, ...queries] };
}
