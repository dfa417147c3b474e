// The description of the REST API as a page for people: plain HTML without any script, so that it loads
// nothing from anywhere and shows no data.

import type { ApiDescription, JsonSchema, Operation, Parameter } from './openapi.ts';

/** Nothing may be loaded or run. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #2a6ad0; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 1.8rem; font-size: 1.2rem; border-bottom: 1px solid var(--line); }
nav a { display: inline-block; margin-right: .8rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
summary span { display: block; margin: .1rem 0 0 1.1rem; opacity: .8; }
code, pre { font-family: ui-monospace, monospace; font-size: .92em; }
pre { background: var(--soft); padding: .6rem; border-radius: 6px; overflow-x: auto; }
b.GET, b.POST, b.DELETE { display: inline-block; width: 4.2rem; color: var(--accent); }
b.POST { color: #b06a00; } b.DELETE { color: #c03030; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-top: 1px solid var(--line); }
th { font-weight: 600; border-top: 0; }
`;

export function apiPage(api: ApiDescription): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0]))].toSorted();
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === tag);
    const parts = own.map(({ path, method, operation }) => operationPart(path, method, operation));
    return `<h2 id="${html(tag)}">${html(tag)}</h2>\n${parts.join('\n')}`;
  });
  const links = tags.map((tag) => `<a href="#${html(tag)}">${html(tag)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Spanledger: REST API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Spanledger: REST API</h1>
<p>Each answer is about the organisation of the key, sent as <code>authorization: Bearer KEY</code>. Money is
a decimal in text, unknown is null, and a parameter that is not known is refused by name. The same for
programs: <a href="openapi.json">openapi.json</a>.</p>
<nav>${links.join('\n')}</nav>
${sections.join('\n')}
</body>
</html>
`;
}

function operationPart(path: string, method: string, operation: Operation): string {
  const { summary, description, parameters, requestBody } = operation;
  const verb = method.toUpperCase();
  const body = requestBody?.content['application/json'].schema ?? {};
  const given = [...parameters.map(parameterRow), ...bodyRows(body)];
  const table =
    given.length === 0
      ? ''
      : `<table><tr><th>parameter</th><th>in</th><th>allowed</th></tr>${given.join('')}</table>`;
  return `<details id="${html(operation.operationId)}">
<summary><b class="${verb}">${verb}</b> <code>${html(path)}</code> <span>${html(summary)}</span></summary>
<p>${html(description)}</p>
${table}
${answerPart(operation)}
<pre>${html(exampleOf(path, verb, body))}</pre>
</details>`;
}

function parameterRow({ name, in: place, required, description, schema }: Parameter): string {
  const words = description === '' ? allowedOf(schema) : description;
  return row(required ? `${name} *` : name, place, words);
}

function bodyRows(body: JsonSchema): readonly string[] {
  const properties = (body['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const required = (body['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, schema]) =>
    row(
      required.includes(name) ? `${name} *` : name,
      'body',
      String(schema['description'] ?? allowedOf(schema)),
    ),
  );
}

function row(name: string, place: string, words: string): string {
  return `<tr><td><code>${html(name)}</code></td><td>${html(place)}</td><td>${html(words)}</td></tr>`;
}

/** The fields of an answer, one level deep, where its schema is known. */
function answerPart({ responses }: Operation): string {
  const good = responses['200'] as {
    readonly content: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
  };
  const [media = '', { schema = {} } = {}] = Object.entries(good.content)[0] ?? [];
  const names = Object.keys((schema['properties'] ?? {}) as object);
  const fields = names.map((name) => `<code>${html(name)}</code>`).join(', ');
  return `<p>Answers ${html(media)}${fields === '' ? '' : `: ${fields}`}.</p>`;
}

function allowedOf({ type, enum: values }: JsonSchema): string {
  return Array.isArray(values) ? values.join(', ') : String(type ?? 'a text');
}

function exampleOf(path: string, verb: string, body: JsonSchema): string {
  const key = '-H "authorization: Bearer $SPANLEDGER_KEY"';
  const where = `"$SPANLEDGER_URL${path}"`;
  if (verb !== 'POST') return `curl${verb === 'GET' ? '' : ` -X ${verb}`} ${key} ${where}`;
  const required = (body['required'] ?? []) as readonly string[];
  const given = JSON.stringify(Object.fromEntries(required.map((name) => [name, '…'])));
  return `curl ${key} -H "content-type: application/json" -d '${given}' ${where}`;
}

function html(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
  return text.replaceAll(/[&<>"]/g, (sign) => `&${names[sign]};`);
}
