// Parameters travel in an address, which ends at 128 KiB. Lists of ids beyond that are written into the
// statement instead, so that one question serves them all: cut into pieces, each piece reads the hour.

/** Of the texts in a list that travels as a parameter; each byte may be escaped twice. */
const PARAMETER_BYTES_MAX = 8 * 1024;
const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

interface Statement {
  readonly text: string;
  /** What still travels as a parameter. */
  readonly rest: Record<string, unknown>;
}

/** Long lists of texts take the place of `{name:Array(String)}` in the statement. */
export function withLongLists(
  query: string,
  parameters: Readonly<Record<string, unknown>>,
): Statement {
  const rest: Record<string, unknown> = {};
  let text = query;
  for (const [name, value] of Object.entries(parameters)) {
    if (isLongList(value)) text = text.replaceAll(`{${name}:Array(String)}`, () => listText(value));
    else rest[name] = value;
  }
  return { text, rest };
}

function isLongList(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  let bytes = 0;
  for (const item of value as string[]) bytes += item.length;
  return bytes > PARAMETER_BYTES_MAX;
}

function listText(list: readonly string[]): string {
  return `[${list.map(textLiteral).join(',')}]`;
}

function textLiteral(text: string): string {
  return `'${text.replaceAll(/[\\'\0\n\r\t\b\f]/g, (one) => ESCAPED[one] as string)}'`;
}
