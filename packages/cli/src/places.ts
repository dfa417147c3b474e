// Where a running service can be found: shown by every command that leaves one running.

import { labelledLine } from './labelled-line.ts';
import { DEFAULT_URL } from './settings.ts';
import type { Terminal } from './terminal.ts';

export interface Places {
  readonly url: string;
  /** ClickHouse's own HTTP address. */
  readonly clickhouse_url: string;
  /** A page for SQL in a browser, or null. */
  readonly play_url: string | null;
  /** Where the data lies; null with a ClickHouse of one's own. */
  readonly data_dir: string | null;
}

const QUERY = '"SELECT * FROM calls LIMIT 10"';

export function renderPlaces(terminal: Terminal, places: Places): string {
  const rows: [string, string][] = [
    ['OTLP', `${places.url}/v1/traces`],
    ['REST', `${places.url}/api/v1/usage?by=agent,model&last=30m`],
    ['SQL', terminal.hint(`spanledger sql ${QUERY}${urlOption(places.url)}`)],
  ];
  if (places.play_url !== null) rows.push(['/play', places.play_url]);
  if (places.data_dir !== null) rows.push(['Data', places.data_dir]);
  return rows.map(([label, text]) => labelledLine(terminal, label, [{ text }])).join('\n');
}

/** Needed where the service is not where every command looks first. */
function urlOption(url: string): string {
  return url === DEFAULT_URL ? '' : ` --url ${url}`;
}
