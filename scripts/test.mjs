// `npm test`: prepares the clone and runs the whole suite, or what the arguments name. Its last line
// counts the tests, from vitest's own report, for people and programs that read the log of a CI run.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { prepare, prepareSdks, ROOT } from './prepare.mjs';
import { main, runHere } from './step.mjs';

/** A file that fails before its first test (a broken import) counts as one failed test. */
function countTests(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}

await main(async (args) => {
  await prepare();
  await prepareSdks();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spanledger-test-'));
  const reportFile = path.join(folder, 'report.json');
  try {
    const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
    const code = await runHere(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: ROOT,
    });
    if (fs.existsSync(reportFile)) {
      const { passed, failed } = countTests(JSON.parse(fs.readFileSync(reportFile, 'utf8')));
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
    }
    return code;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
