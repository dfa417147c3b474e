// Where a running service can be found: shown by every command that leaves one running.

import type { Terminal } from './terminal.ts';

export interface Places {
  readonly url: string;
  /** ClickHouse's own HTTP address. */
  readonly clickhouse_url: string;
  /** Where the data lies; null with a ClickHouse of one's own. */
  readonly data_dir: string | null;
}

export function renderPlaces(terminal: Terminal, places: Places): string {
  const rows: [string, string][] = [
    ['OTLP', `${places.url}/v1/traces   (set OTEL_EXPORTER_OTLP_ENDPOINT=${places.url})`],
    ['REST', `${places.url}/api/v1/usage?by=agent,model&last=30m`],
    ['SQL', 'spanledger sql "SELECT * FROM calls LIMIT 10"'],
    ['/play', `${places.clickhouse_url.replace(/\/$/, '')}/play`],
  ];
  if (places.data_dir !== null) rows.push(['data', places.data_dir]);
  return rows
    .map(([name, place]) => `${terminal.paint('heading', name.padEnd(6))} ${place}`)
    .join('\n');
}
