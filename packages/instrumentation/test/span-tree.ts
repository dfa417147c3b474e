// Spans as people read them: a tree in lines, each with the attributes that a test is about.

import type { Span } from './child.ts';

/** What a line says of a span; null leaves the span out, its children take its place. */
export type Line = (span: Span) => string | null;

/** The trees of all traces, each a list of lines, indented; traces and siblings as they are said. */
export function spanTrees(spans: readonly Span[], line: Line): string[][] {
  const below = (parent: Span, depth: number): string[] =>
    spans
      .filter(({ parent_span_id: id, trace_id: trace }) => {
        return id === parent.span_id && trace === parent.trace_id;
      })
      .flatMap((span) => written(span, depth));
  const written = (span: Span, depth: number): string[] => {
    const said = line(span);
    const children = below(span, said === null ? depth : depth + 1);
    return said === null ? children : ['  '.repeat(depth) + said, ...children];
  };
  const ids = new Set(spans.map(({ span_id }) => span_id));
  const roots = spans.filter(({ parent_span_id: id }) => id === '' || !ids.has(id));
  return roots.map((root) => written(root, 0));
}

/** The name, the figures where there are any, and what went wrong. */
export function figuresLine(span: Span): string {
  const said = span.attributes;
  const figures = [
    said['gen_ai.usage.input_tokens'],
    said['gen_ai.usage.cache_read.input_tokens'],
    said['gen_ai.usage.cache_write.input_tokens'],
    said['gen_ai.usage.output_tokens'],
    said['gen_ai.usage.reasoning.output_tokens'],
  ];
  const used = figures.every((figure) => figure === undefined)
    ? ''
    : ` ${figures.map((figure) => figure ?? '-').join('/')}`;
  const failed = span.status === 2 ? ` !${String(said['error.type'])}` : '';
  return `${span.name}${used}${failed}`;
}
