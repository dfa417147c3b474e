// Loads the SDK of a folder of sdks/ as a program would that lies in it.

import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What its ES module exports. */
export const imported = (folder) => import(pathToFileURL(path.join(folder, 'sdk.mjs')).href);

/** A package that is installed for it, by its npm name. */
export const required = (folder, name) => createRequire(path.join(folder, 'package.json'))(name);

/** Reads a stream to its end. */
export async function readAll(stream) {
  for await (const chunk of stream) void chunk;
}

/** Names that hold the program's own keys: what lies in them stays as it is. */
const OPAQUE = new Set(['parameters', 'schema', 'schema_definition', 'arguments', 'metadata']);

/** The names of a request in camel case, as clients take them that send snake case. */
export function camelCased(value) {
  if (Array.isArray(value)) return value.map(camelCased);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      OPAQUE.has(name) ? inner : camelCased(inner),
    ]),
  );
}
