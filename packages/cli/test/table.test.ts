// Tables and trees fit their terminal, and lose nothing but what they say they lose.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSql } from '../src/sql-view.ts';
import { renderTable, type TableColumn } from '../src/table.ts';
import { openTerminal } from '../src/terminal.ts';
import { renderTree, type TreeRow } from '../src/trace-tree.ts';

const seat = (columns: number) =>
  openTerminal({ columns, write: () => {} }, { write: () => {} }, {});
const widest = (text: string) => Math.max(...text.split('\n').map((line) => [...line].length));

interface Row {
  readonly name: string;
  readonly note: string;
  readonly tokens: number;
}

const COLUMNS: TableColumn<Row>[] = [
  { title: 'name', align: 'left', text: (row) => row.name, shrink_to: 10 },
  { title: 'tokens', align: 'right', text: (row) => String(row.tokens) },
  { title: 'note', align: 'left', text: (row) => row.note, shrink_to: 8, drop: 1 },
];

describe('tables', () => {
  it('never exceed the terminal, and never cut a number', () => {
    const row = fc.record({
      name: fc.string({ unit: 'binary', maxLength: 200 }),
      note: fc.string({ maxLength: 200 }),
      tokens: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 8 }),
        fc.integer({ min: 60, max: 200 }),
        (rows, width) => {
          const text = renderTable(seat(width), COLUMNS, rows);
          expect(widest(text)).toBeLessThanOrEqual(width);
          for (const { tokens } of rows) expect(text).toContain(String(tokens));
        },
      ),
    );
  });

  it('show what telemetry says as text: no line breaks, no commands to the terminal', () => {
    const rows = [{ name: 'a\u001b[2J\nb', note: '', tokens: 1 }];
    expect(renderTable(seat(80), COLUMNS, rows).split('\n')[1]).toBe('a\ufffd[2J\ufffdb       1');
  });

  it('line numbers up on the right', () => {
    const rows = [
      { name: 'a', note: '', tokens: 5 },
      { name: 'b', note: '', tokens: 12345 },
    ];
    expect(renderTable(seat(80), COLUMNS, rows)).toBe(
      ['name  tokens  note', 'a          5', 'b      12345'].join('\n'),
    );
  });
});

describe('what does not fit', () => {
  const note =
    'a note of many words that does not fit beside the row and is shown whole beneath it';
  const columns: TableColumn<Row>[] = [
    { title: 'name', align: 'left', text: (row) => row.name, shrink_to: 10 },
    { title: 'wide', align: 'left', text: () => 'w'.repeat(40), drop: 1 },
    { title: 'tokens', align: 'right', text: (row) => String(row.tokens) },
    { title: 'note', align: 'left', text: (row) => row.note, beneath: () => '    ' },
  ];

  it('stands beneath its row, whole, before anything is left out', () => {
    const lines = renderTable(seat(80), columns, [{ name: 'a', note, tokens: 5 }]).split('\n');
    expect(lines[1]).toMatch(/^a +w{40} +5$/);
    expect(
      lines
        .slice(2)
        .map((line) => line.trim())
        .join(' '),
    ).toBe(note);
  });

  it('is named where it is left out', () => {
    const name = 'n'.repeat(60);
    const text = renderTable(seat(60), columns, [{ name, note: '', tokens: 123_456_789 }]);
    expect(text).toContain('(no room for: wide)');
    expect(text).not.toContain('www');
  });

  it('is not cut where nobody looks', () => {
    const pipe = openTerminal({ write: () => {} }, { write: () => {} }, { COLUMNS: '60' });
    const text = renderTable(pipe, columns, [{ name: 'n'.repeat(300), note, tokens: 5 }]);
    expect(text.split('\n')[1]).toBe(`${'n'.repeat(300)}  ${'w'.repeat(40)}       5  ${note}`);
  });
});

describe('answers of sql', () => {
  const answer = {
    columns: [
      { name: 'trace_id', type: 'String' },
      { name: 'rule', type: 'String' },
      { name: 'output', type: 'Nullable(UInt64)' },
    ],
    rows: [
      ['0af7651916cd43dd8448eb211c80319c', 'r'.repeat(100), null],
      ['1af7651916cd43dd8448eb211c80319c', 'short', 7],
    ],
  };

  it('are a table where it fits', () => {
    expect(renderSql(seat(200), answer).split('\n')).toHaveLength(3);
  });

  it('have a line for each column where it does not, and no value is cut', () => {
    const shown = renderSql(seat(80), answer).split('\n');
    expect(shown.slice(0, 4)).toEqual([
      'Row 1',
      'trace_id  0af7651916cd43dd8448eb211c80319c',
      `rule      ${'r'.repeat(100)}`,
      'output    –',
    ]);
    expect(shown.slice(5)[3]).toBe('output    7');
  });
});

describe('trees', () => {
  let start = 0n;
  const row = (span_id: string, parent_span_id: string, more: Partial<TreeRow> = {}): TreeRow => ({
    span_id,
    parent_span_id,
    event_id: '',
    agent_span_id: '',
    kind: 'agent',
    name: span_id,
    start_ns: start++,
    duration_ms: 5,
    role: 'none',
    counted: false,
    note: '',
    tokens: {
      input_total: null,
      cache_read: null,
      cache_write: null,
      output_total: null,
      reasoning: null,
    },
    cost_usd: null,
    ...more,
  });
  const names = (rows: readonly TreeRow[]) =>
    renderTree(seat(80), rows)
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/ {2,}.*/, ''));

  it('hang each row under its parent, in order of start, whatever the order of arrival', () => {
    const [a, b, c, d] = [row('a', ''), row('b', 'a'), row('c', 'b'), row('d', 'a')];
    const shown = ['a', '├ b', '│ └ c', '└ d'];
    expect(names([a, b, c, d])).toEqual(shown);
    expect(names([d, c, b, a])).toEqual(shown);
  });

  it('hang a row whose parent is missing under its agent, or at the top', () => {
    expect(
      names([row('a', ''), row('b', 'gone', { agent_span_id: 'a' }), row('c', 'gone')]),
    ).toEqual(['a', '└ b', 'c']);
  });

  it('show of two that started in the same tick the one that ended first', () => {
    const [a, b, c] = [row('a', ''), row('b', 'a'), row('c', 'a', { duration_ms: 1 })];
    expect(names([a, b, { ...c, start_ns: b.start_ns }])).toEqual(['a', '├ c', '└ b']);
  });

  it('show rows whose parents lead in a circle', () => {
    expect(names([row('a', 'b'), row('b', 'a'), row('c', 'c')])).toHaveLength(3);
  });

  it('show unknown tokens of a call as dashes, never as zero', () => {
    const text = renderTree(seat(80), [
      row('a', '', { kind: 'llm', role: 'unknown', counted: true }),
    ]);
    expect(text.split('\n')[1]?.match(/–/g)).toHaveLength(6);
    expect(text.split('\n')[1]).not.toMatch(/\s0\s/);
  });
});
