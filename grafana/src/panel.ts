// The three kinds of panel that the dashboards use, as Grafana's v1 dashboard model wants them.
// Layout is not said here: a dashboard is a list of rows and places them itself.

/** The one data source; its value is chosen by the dashboard's `datasource` variable. */
export const DATASOURCE = { type: 'grafana-clickhouse-datasource', uid: '${datasource}' };
const PLUGIN_VERSION = '4.20.0';

/** Formats of the data source: 0 pivots strings into series labels, 1 is a table as it comes. */
const FORMAT = { timeseries: 0, table: 1 } as const;

export interface Target {
  refId: string;
  datasource: typeof DATASOURCE;
  editorType: 'sql';
  queryType: keyof typeof FORMAT;
  format: number;
  rawSql: string;
  pluginVersion: string;
  fillMode?: { mode: number; value?: number };
}

export interface Panel {
  type: 'timeseries' | 'stat' | 'table';
  title: string;
  description: string;
  datasource: typeof DATASOURCE;
  targets: Target[];
  fieldConfig: { defaults: Record<string, unknown>; overrides: unknown[] };
  options: Record<string, unknown>;
}

export interface PanelText {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly sql: string;
}

export interface SeriesText extends PanelText {
  /** The string column that names the series; without it the value columns do. */
  readonly label?: string;
  /** Amounts are stacked bars that are 0 where nothing happened; ratios are lines with gaps. */
  readonly shape: 'amount' | 'ratio';
}

function target(kind: keyof typeof FORMAT, rawSql: string): Target {
  return {
    refId: 'A',
    datasource: DATASOURCE,
    editorType: 'sql',
    queryType: kind,
    format: FORMAT[kind],
    rawSql,
    pluginVersion: PLUGIN_VERSION,
  };
}

export function timeseries(text: SeriesText): Panel {
  const amount = text.shape === 'amount';
  return {
    type: 'timeseries',
    title: text.title,
    description: text.description,
    datasource: DATASOURCE,
    targets: [
      {
        ...target('timeseries', text.sql),
        ...(amount ? { fillMode: { mode: 2, value: 0 } } : {}),
      },
    ],
    fieldConfig: {
      defaults: {
        unit: text.unit,
        min: 0,
        ...(amount ? {} : { max: 1 }),
        // The series of a pivoted frame are called "<column> <label>"; the label alone reads better.
        ...(text.label ? { displayName: `\${__field.labels.${text.label}}` } : {}),
        custom: amount
          ? {
              drawStyle: 'bars',
              fillOpacity: 80,
              lineWidth: 0,
              stacking: { mode: 'normal', group: 'A' },
            }
          : { drawStyle: 'line', lineWidth: 2, showPoints: 'auto' },
      },
      overrides: [],
    },
    options: {
      legend: {
        displayMode: 'table',
        placement: 'right',
        calcs: amount ? ['sum'] : ['min'],
        showLegend: true,
      },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

export function stat(text: PanelText): Panel {
  return {
    type: 'stat',
    title: text.title,
    description: text.description,
    datasource: DATASOURCE,
    targets: [target('table', text.sql)],
    fieldConfig: { defaults: { unit: text.unit, noValue: 'unknown' }, overrides: [] },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: 'none',
      graphMode: 'none',
      textMode: 'value',
    },
  };
}

export function table(text: PanelText): Panel {
  return {
    type: 'table',
    title: text.title,
    description: text.description,
    datasource: DATASOURCE,
    targets: [target('table', text.sql)],
    fieldConfig: { defaults: { unit: text.unit }, overrides: [] },
    options: { showHeader: true, cellHeight: 'sm' },
  };
}
