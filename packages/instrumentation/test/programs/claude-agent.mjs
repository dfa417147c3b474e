// Runs of the Claude Agent SDK, watched when the last argument says so.

import { fileURLToPath, pathToFileURL } from 'node:url';

const [, , sdk, instrumentation] = process.argv;
const { query: bare } = await import(pathToFileURL(sdk).href);
const program = fileURLToPath(new URL('claude-code.mjs', import.meta.url));
const watch = instrumentation && (await import(pathToFileURL(instrumentation).href));
const query = watch ? watch.instrumentClaudeAgent(bare) : bare;
const env = { PATH: process.env.PATH };

const runs = {
  plain: { prompt: 'Hi' },
  tool: { prompt: 'weather' },
  failing: { prompt: 'too long' },
  turns: { prompt: ['Hi', 'and again'] },
  resumed: { prompt: 'Hi', options: { resume: '7f9c24e8-3b12-4fef-91e0-3f64b0dd8a6a' } },
  native: {
    prompt: 'weather',
    options: {
      env: { ...env, CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_LOGS_EXPORTER: 'otlp' },
    },
  },
};

const seen = {};
for (const [name, { prompt, options }] of Object.entries(runs)) {
  const run = query({ prompt, options: { pathToClaudeCodeExecutable: program, env, ...options } });
  const told = [];
  for await (const message of run) {
    if (message.type === 'assistant') seen[name] ??= message.message.content[0].text;
    told.push(message.subtype ?? message.type);
  }
  console.log(JSON.stringify([name, told, typeof run.interrupt]));
}
const left = query({ prompt: 'Hi', options: { pathToClaudeCodeExecutable: program, env } });
for await (const message of left) {
  console.log(JSON.stringify(['left', message.type]));
  break;
}
console.error(JSON.stringify(seen));
process.exit(0);
