// Writes the dashboards' JSON into `generated`, which is committed because Grafana reads files.
// With --check it writes nothing, and fails when the committed files are not what it would write.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spendDashboard } from './spend-dashboard.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'generated');

const FILES: Readonly<Record<string, unknown>> = {
  'spend.json': spendDashboard,
};

const textOf = (content: unknown) => `${JSON.stringify(content, null, 2)}\n`;

function committed(): Map<string, string> {
  const names = readdirSync(FOLDER);
  return new Map(names.map((name) => [name, readFileSync(path.join(FOLDER, name), 'utf8')]));
}

function differing(): string[] {
  const there = committed();
  const wanted = Object.entries(FILES).filter(
    ([name, content]) => there.get(name) !== textOf(content),
  );
  const left = [...there.keys()].filter((name) => !(name in FILES));
  return [...wanted.map(([name]) => name), ...left];
}

function write(): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of committed().keys()) if (!(name in FILES)) rmSync(path.join(FOLDER, name));
  for (const [name, content] of Object.entries(FILES))
    writeFileSync(path.join(FOLDER, name), textOf(content));
}

if (process.argv.includes('--check')) {
  const files = differing();
  if (files.length > 0) {
    process.stderr.write(`grafana/generated is not up to date: ${files.join(', ')}\n`);
    process.exitCode = 1;
  }
} else {
  write();
}
