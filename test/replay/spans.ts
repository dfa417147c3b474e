// Receives what the instrumentation sends, and tells the spans of one exchange from those of others
// by the label that its program set.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const LABEL = 'spanledger.label.exchange';

interface ScopeSpans {
  readonly scope?: unknown;
  readonly schemaUrl?: string;
  readonly spans?: readonly Span[];
}

interface Span {
  readonly spanId: string;
  readonly name: string;
  readonly attributes?: readonly { readonly key: string; readonly value: unknown }[];
}

export interface ResourceSpans {
  readonly resource?: unknown;
  readonly scopeSpans?: readonly ScopeSpans[];
}

export interface SpanSink {
  readonly url: string;
  /** The spans of an exchange as an OTLP request in JSON; null where there are none. */
  requestOf(exchange: number): string | null;
  /** Names of spans that no exchange's label stands on. */
  readonly strays: readonly string[];
  stop(): Promise<void>;
}

export async function startSpanSink(): Promise<SpanSink> {
  const byExchange = new Map<string, ResourceSpans[]>();
  const strays: string[] = [];
  const seen = new Set<string>();
  const keep = (resource: unknown, { scope, schemaUrl, spans = [] }: ScopeSpans): void => {
    for (const span of spans) {
      // A request that is sent again at an exit repeats its spans.
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      const exchange = labelOf(span);
      if (exchange === null) strays.push(span.name);
      else {
        const one = { scope, ...(schemaUrl === undefined ? {} : { schemaUrl }), spans: [span] };
        const known = byExchange.get(exchange) ?? [];
        byExchange.set(exchange, [...known, { resource, scopeSpans: [one] }]);
      }
    }
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as {
        resourceSpans?: ResourceSpans[];
      };
      for (const { resource, scopeSpans = [] } of body.resourceSpans ?? []) {
        for (const scoped of scopeSpans) keep(resource, scoped);
      }
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requestOf(exchange) {
      const resourceSpans = byExchange.get(String(exchange));
      return resourceSpans === undefined ? null : JSON.stringify({ resourceSpans });
    },
    strays,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function labelOf({ attributes = [] }: Span): string | null {
  const found = attributes.find(({ key }) => key === LABEL);
  return found === undefined ? null : String(Object.values(found.value as object)[0]);
}

const CALLED_TOOLS = 'spanledger.tool_calls.names';

/** The tools that the spans of a request say were called; null when none of them says. */
export function calledTools(otlp: string): readonly string[] | null {
  const { resourceSpans } = JSON.parse(otlp) as { resourceSpans: readonly ResourceSpans[] };
  const spans = resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap((scoped) => scoped.spans ?? []),
  );
  const attributes = spans.flatMap((span) => span.attributes ?? []);
  const said = attributes.find(({ key }) => key === CALLED_TOOLS)?.value as Names | undefined;
  return said?.arrayValue?.values?.map(({ stringValue = '' }) => stringValue) ?? null;
}

interface Names {
  readonly arrayValue?: { readonly values?: readonly { readonly stringValue?: string }[] };
}
