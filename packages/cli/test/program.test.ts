// What a person meets before any work is done: help, wrong use, a service that is not there.

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS, COMMON_OPTIONS, EXIT_CODES } from '../src/index.ts';
import { run } from './run.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A service that answers every request alike. */
async function answering(
  status: number,
  body: string,
  hear: (authorization: string | undefined) => void = () => {},
): Promise<string> {
  const server = createServer((request, response) => {
    hear(request.headers.authorization);
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('help', () => {
  it('lists every command and exit code', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toContain(command.summary.slice(0, 30));
    for (const exit of Object.values(EXIT_CODES)) expect(out).toContain(exit.meaning);
  });

  it.each(COMMANDS)('of $name shows its arguments, options and an example', async (command) => {
    const { code, out } = await run([command.name, '--help']);
    expect(code).toBe(0);
    for (const { name, optional } of command.arguments) {
      expect(out).toContain(`${optional ? '[' : '<'}${name}`);
    }
    for (const { flags } of [...command.options, ...COMMON_OPTIONS]) expect(out).toContain(flags);
    expect(out).toContain('Example');
    expect(command.example).toMatch(new RegExp(`^spanledger ${command.name}`));
  });

  it('is shown, as wrong use, when there is no command', async () => {
    const { code, err } = await run([]);
    expect(code).toBe(2);
    expect(err).toContain('Commands:');
  });

  it('fits the terminal', async () => {
    const { out } = await run(['--help'], { columns: 80 });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

it('is described: every command in the list of questions, every exit code in the README', async () => {
  const questions = await readFile(new URL('../../../docs/questions.md', import.meta.url), 'utf8');
  for (const { name } of COMMANDS) expect(questions).toContain(`\n| \`${name}\` |`);
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  for (const { code, meaning } of Object.values(EXIT_CODES)) {
    expect(readme).toMatch(new RegExp(`^\\| +${code} \\| ${meaning} +\\|$`, 'm'));
  }
});

it('prints its version', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
});

describe('wrong use', () => {
  it.each([
    [['nothing'], 'unknown_command'],
    [['report', '--nothing'], 'unknown_option'],
    [['account'], 'missing_argument'],
    [['sql'], 'missing_argument'],
    [['sql', 'SELECT 1', 'SELECT 2'], 'excess_arguments'],
    [['report', '--last', 'yesterday'], 'invalid_period'],
    [['report', '--last', '0m'], 'invalid_period'],
    [['verify', '--from', 'then'], 'invalid_time'],
    [['up', '--port', '70000'], 'invalid_port'],
    [['sql', 'SELECT 1', '--url', 'ftp://here'], 'invalid_url'],
    [['trace', 'abc'], 'invalid_trace_id'],
    [['up', '--host', '0.0.0.0'], 'no_keys'],
    [['doctor', '--wait', 'long'], 'invalid_seconds'],
    [['report', '--as-billed', '--as-priced-today'], 'invalid_report'],
    [['report', '--as-billed', '--month', '2026-10', '--last', '7d'], 'invalid_report'],
    [['report', '--as-billed', '--currency', 'EUR'], 'invalid_report'],
    [['report', '--last', '7d', '--from', '2026-10-01'], 'invalid_report'],
    [['report', '--month', '2026-13'], 'invalid_month'],
    [['executions', '--status', 'runing'], 'invalid_status'],
    [['executions', '--since', 'then'], 'invalid_time'],
    [['executions', '--since', '7d', '--last', '1h'], 'invalid_period'],
    [['budgets', 'set', 'x', '--limit', '5', '--watch'], 'invalid_watch'],
    [['verify', '--watch'], 'unknown_option'],
    [['periods', 'freeze'], 'invalid_periods_command'],
    [['periods', 'freeze', '10-2026'], 'invalid_month'],
    [['periods', 'unfreeze', '2026-10'], 'invalid_periods_command'],
  ])('%j is refused with %s and a next step', async (args, code) => {
    const seen = await run(args);
    expect(seen).toMatchObject({ code: 2, out: '' });
    expect(seen.err).toMatch(/^error \[/);
    expect(seen.err).toContain(`[${code}]`);
    expect(seen.err).toMatch(/\nnext {2}\S/);
  });

  it('is JSON with --json', async () => {
    const { code, err } = await run(['report', '--json', '--last', 'x']);
    expect(code).toBe(2);
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'invalid_period',
        message: expect.any(String),
        next_step: expect.any(String),
      },
    });
  });
});

describe('the service', () => {
  const QUESTIONS = [
    ['report'],
    ['trace', '0af7651916cd43dd8448eb211c80319c'],
    ['explain', '0af7651916cd43dd8448eb211c80319c'],
    ['verify'],
    ['sql', 'SELECT 1'],
  ];

  it.each(QUESTIONS)(
    'that is not there ends %s with 3 and the way to start it',
    async (...args) => {
      const url = await answering(200, '{}');
      await Promise.all(
        servers.splice(0).map((server) => new Promise((done) => server.close(done))),
      );
      const { code, err } = await run([...args, '--url', url]);
      expect(code).toBe(3);
      expect(err).toContain(`cannot reach ${url}`);
      expect(err).toContain('spanledger up');
    },
  );

  it.each([
    [401, 4],
    [403, 4],
    [404, 5],
    [400, 2],
    [503, 7],
    [200, 7],
  ])('that answers %i in no JSON ends with %i', async (status, code) => {
    const url = await answering(status, 'no JSON');
    const seen = await run(['sql', 'SELECT 1', '--url', url]);
    expect(seen.code).toBe(code);
    expect(seen.err).toContain('no JSON');
  });

  it.each([
    [['--key', 'k1'], {}, 'Bearer k1'],
    [[], { SPANLEDGER_KEY: 'k2' }, 'Bearer k2'],
    [['--key', 'k1'], { SPANLEDGER_KEY: 'k2' }, 'Bearer k1'],
    [[], {}, undefined],
  ])('gets the key of %j and %j', async (options, env, expected) => {
    const seen: (string | undefined)[] = [];
    const url = await answering(200, '{"columns":[],"rows":[]}', (authorization) =>
      seen.push(authorization),
    );
    expect((await run(['sql', 'SELECT 1', '--url', url, ...options], { env })).code).toBe(0);
    expect(seen).toEqual([expected]);
  });

  it('is heard: its own code, message, detail and next step are shown', async () => {
    const error = { code: 'busy', message: 'cannot now', detail: 'queue', next_step: 'later' };
    const url = await answering(503, JSON.stringify({ error }));
    const { err } = await run(['report'], { env: { SPANLEDGER_URL: url } });
    expect(err).toBe('error [busy] cannot now (queue)\nnext  later\n');
  });
});

describe('colours', () => {
  it.each([
    ['on a terminal', { columns: 100 }, true],
    ['not in a pipe', {}, false],
    ['not with NO_COLOR', { columns: 100, env: { NO_COLOR: '1' } }, false],
    ['not on a dumb terminal', { columns: 100, env: { TERM: 'dumb' } }, false],
  ])('%s', async (_, seat, coloured) => {
    const { err } = await run(['trace', 'abc'], seat);
    expect(err.includes('\u001b[')).toBe(coloured);
  });
});
