// Events of runs in programs that own their OpenTelemetry set-up: they go where its log records go.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAMS, runChild } from './child.ts';

const run = (how: string) =>
  runChild(join(PROGRAMS, 'own-logger.mjs'), [how], {
    preload: 'hook',
    environment: { OTEL_METRICS_EXPORTER: 'none' },
  });

test('the logger that the program registered gets them, with the span of the run', async () => {
  const { out, err, code } = await run('');
  expect({ err, code }).toEqual({ err: '', code: 0 });
  expect(out.trim().split('\n')).toEqual([
    'spanledger.execution.start running true',
    'spanledger.execution.stage init true',
    'spanledger.execution.log a line true',
    'spanledger.execution.stage_end init true',
    'spanledger.execution.end success true',
    '42 3',
  ]);
});

test('one that throws changes nothing', async () => {
  const { out, code } = await run('throws');
  expect({ out, code }).toEqual({ out: '42 3\n', code: 0 });
});
