// From 1.10 on OpenTelemetry's API is one object for CommonJS and another for ES modules: a provider that
// a program registers with either gets its way.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PROGRAMS, runChild } from './child.ts';
import { installation, removeInstallation } from './matrix/installation.ts';

const PROGRAM = 'own-provider-module.mjs';

afterAll(() => removeInstallation());

test('a provider that is registered by import is the one of the program', async () => {
  const { folder, register } = installation('otel-3');
  const program = join(folder, PROGRAM);
  cpSync(join(PROGRAMS, PROGRAM), program);
  const { out, err, code } = await runChild(program, [], {
    flags: ['--import', register],
    environment: { OTEL_LOGS_EXPORTER: 'none' },
  });
  expect({ out, code }).toEqual({ out: 'taken: true\nasked: of the program\n', code: 0 });
  expect(err).toMatch(/^spanledger: the program has its own tracer provider: .*\n$/);
});
