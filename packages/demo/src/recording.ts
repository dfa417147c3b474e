// Recorded exchanges with model providers: real responses, cut down to what answers a request.
// Where each comes from and its licence stand in the file itself and in recordings/README.md.

import { readdirSync, readFileSync } from 'node:fs';

export interface Recording {
  /** The file's name without its ending. */
  readonly name: string;
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
  readonly status: number;
  readonly content_type: string;
  /** The response body as the provider sent it. */
  readonly body: string;
}

interface RecordingFile {
  readonly request: { readonly path: string; readonly model: string; readonly stream: boolean };
  readonly response: {
    readonly status: number;
    readonly content_type: string;
    readonly body: unknown;
  };
}

const FOLDER = new URL('../recordings/', import.meta.url);

/** Every recording of the folder by name. */
export function readRecordings(): ReadonlyMap<string, Recording> {
  const recordings = new Map<string, Recording>();
  for (const file of readdirSync(FOLDER).sort()) {
    if (!file.endsWith('.json')) continue;
    const name = file.slice(0, -'.json'.length);
    const { request, response } = JSON.parse(
      readFileSync(new URL(file, FOLDER), 'utf8'),
    ) as RecordingFile;
    const body = typeof response.body === 'string' ? response.body : JSON.stringify(response.body);
    recordings.set(name, {
      name,
      path: request.path,
      model: request.model,
      stream: request.stream,
      status: response.status,
      content_type: response.content_type,
      body,
    });
  }
  return recordings;
}
