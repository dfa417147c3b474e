// What Grafana's page and the ClickHouse data source do to a query before ClickHouse sees it, for the
// macros and the variable format that our dashboards use. Anything else is left over, and refused.

export interface View {
  readonly from: Date;
  readonly to: Date;
  readonly interval_s: number;
  /** Chosen values by variable; an empty list is "All". */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
const quoted = (value: string) => `'${value.replaceAll("'", String.raw`\'`)}'`;

function argumentsFrom(sql: string, open: number): { args: string[]; end: number } {
  let depth = 0;
  let start = open + 1;
  const args: string[] = [];
  for (let at = open; at < sql.length; at += 1) {
    const letter = sql[at];
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth === 0 || (letter === ',' && depth === 1)) {
      args.push(sql.slice(start, at).trim());
      start = at + 1;
    }
    if (depth === 0) return { args, end: at + 1 };
  }
  throw new Error(`unclosed bracket in ${sql.slice(open, open + 80)}`);
}

function expandCall(sql: string, macro: string, expand: (args: string[]) => string): string {
  const at = sql.indexOf(`${macro}(`);
  if (at < 0) return sql;
  const { args, end } = argumentsFrom(sql, at + macro.length);
  return expandCall(sql.slice(0, at) + expand(args) + sql.slice(end), macro, expand);
}

export function expand(rawSql: string, view: View): string {
  const valuesOf = (name: string) => {
    const values = view.values[name];
    if (values === undefined) throw new Error(`unknown variable ${name}`);
    return values;
  };
  let sql = expandCall(rawSql, '$__conditionalAll', ([condition = '', variable = '']) =>
    valuesOf(variable.slice(1)).length === 0 ? '1=1' : condition,
  );
  sql = sql.replace(/\$\{(\w+):singlequote\}/g, (_, name: string) =>
    valuesOf(name).map(quoted).join(','),
  );
  sql = expandCall(sql, '$__timeFilter', ([column = '']) => {
    const bounds = [view.from, view.to].map((date) => `toDateTime(${seconds(date)})`);
    return `${column} >= ${bounds[0]} AND ${column} <= ${bounds[1]}`;
  });
  sql = expandCall(
    sql,
    '$__timeInterval',
    ([column = '']) =>
      `toStartOfInterval(toDateTime(${column}), INTERVAL ${view.interval_s} second)`,
  );
  if (sql.includes('$')) throw new Error(`not expanded: ${sql.slice(sql.indexOf('$'))}`);
  return sql;
}
