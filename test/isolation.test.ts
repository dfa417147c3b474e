// Two organisations that share every id: nothing of one is seen, changed, deleted, priced or counted by
// the other, through any way that the service, the command line or SQL has.

import { COMMANDS } from '@spanledger/cli';
import { PUBLIC_VIEWS, SPAN_TABLES } from '@spanledger/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Installation, type Told } from './isolation/installation.ts';
import {
  ACME,
  CALLS,
  GLOBEX,
  logsOf,
  metricsOf,
  TRACE,
  tracesOf,
  type Twin,
} from './isolation/twins.ts';
import { COMMAND_LINES, WAYS, type Request, type World } from './isolation/ways.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.now() - 10 * 60_000;
const START_NS = BigInt(START_MS) * 1_000_000n;
/** Records of the model: spans, the log event; a point of a metric is no call. */
const COUNTED = CALLS + 1;
/** When something was done, which is not what was done. */
const TIMES =
  /"(freshness_ms|at|from|to|\w+_ns|settled_at|created_at|last_used)":("[^"]*"|[\d.]+|null)/g;

let installation: Installation;
const world = new Map<Twin, World>();
const members = new Map<Twin, { read: string; admin: string; user: string; key_ids: string }>();
/** What an organisation was told when it was alone. */
let alone: ReadonlyMap<string, string>;

const other = (twin: Twin): Twin => (twin === ACME ? GLOBEX : ACME);
const member = (twin: Twin) => members.get(twin)!;
const worldOf = (twin: Twin) => world.get(twin)!;
const methodOf = (way: string) => way.split(' ')[0] ?? '';

async function join(twin: Twin): Promise<void> {
  const ingest = await installation.key('ingest', twin.org);
  const read = await installation.key('read', twin.org, true);
  const admin = await installation.key('admin', twin.org);
  const user = `key_${read.key_id}`;
  members.set(twin, { read: read.key, admin: admin.key, user, key_ids: ingest.key_id });
  const named = other(twin).org;
  const bodies = {
    '/v1/traces': tracesOf(twin, named, START_NS),
    '/v1/logs': logsOf(twin, named, START_NS),
    '/v1/metrics': metricsOf(twin, named, START_NS),
  };
  for (const [path, body] of Object.entries(bodies)) {
    expect(await installation.send('POST', path, ingest.key, body)).toEqual({
      ...{ status: 200, text: '{}' },
    });
  }
  await counted(twin);
}

/** Waits for the totals, and says what they are. */
async function counted(twin: Twin): Promise<void> {
  const sql = 'SELECT sum(calls) FROM usage';
  const calls = await installation.until(
    () => installation.send('POST', '/api/v1/sql', member(twin).read, { query: sql }),
    ({ text }) => text.includes(`"${COUNTED}"`),
  );
  expect(calls.text).toContain(`"${COUNTED}"`);
}

async function ask(twin: Twin, way: string, { path, body }: Request): Promise<Told> {
  return installation.send(methodOf(way), path, member(twin).admin, body);
}

/** What the organisation is told everywhere, without the times at which it was worked on. */
async function everything(twin: Twin): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  for (const [way, { asks = () => [] }] of Object.entries(WAYS)) {
    for (const request of asks(worldOf(twin))) {
      const { status, text } = await ask(twin, way, request);
      const name = `${way} ${JSON.stringify(request)}`;
      told.set(name, `${status} ${text.replace(TIMES, '"$1":0')}`);
    }
  }
  return told;
}

beforeAll(async () => {
  installation = await Installation.start(GLOBEX);
  const period = {
    from: new Date(START_MS - HOUR_MS).toISOString(),
    to: new Date(START_MS + HOUR_MS).toISOString(),
  };
  const over = new Date();
  over.setUTCDate(0);
  const month = over.toISOString().slice(0, 7);
  for (const twin of [ACME, GLOBEX]) world.set(twin, { period, month, foreign_key_id: '' });
  await join(ACME);
  alone = await everything(ACME);
  await join(GLOBEX);
  for (const twin of [ACME, GLOBEX]) {
    world.set(twin, { period, month, foreign_key_id: member(other(twin)).key_ids });
  }
});
afterAll(() => installation.stop());

describe('no way is forgotten', () => {
  it('every way into the service is in the table, and no other', () => {
    expect(installation.exporter.ways.toSorted()).toEqual(Object.keys(WAYS).toSorted());
  });

  it('every command is in the table, and no other', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(COMMAND_LINES).toSorted());
  });

  it('what was told when alone is about something', () => {
    const answered = [...alone.values()].filter((told) => told.startsWith('200'));
    expect(answered.length).toBeGreaterThan(15);
    expect([...alone.values()].join('\n')).toContain(ACME.secret);
  });
});

describe('an organisation is told the same as when it was alone', () => {
  it('everywhere', async () => {
    const now = await everything(ACME);
    expect([...now.keys()]).toEqual([...alone.keys()]);
    for (const [name, told] of now) expect(told, name).toBe(alone.get(name));
  });

  it.each([ACME, GLOBEX])('and nothing of the other: $org', async (twin) => {
    for (const [name, told] of await everything(twin)) {
      expect(told, name).not.toContain(other(twin).secret);
      expect(told, name).not.toMatch(new RegExp(`"${other(twin).org}"`));
      expect(told, name).not.toContain(String(other(twin).tokens * CALLS));
    }
  });

  it.each([ACME, GLOBEX])('by the command line: $org', async (twin) => {
    for (const lines of Object.values(COMMAND_LINES)) {
      for (const args of lines?.(worldOf(twin)) ?? []) {
        for (const form of [[], ['--json']]) {
          const line = [...args, ...form];
          const { text } = await installation.command(line, member(twin).admin);
          expect(text, line.join(' ')).not.toContain(other(twin).secret);
          expect(text, line.join(' ')).not.toContain(other(twin).org);
        }
      }
    }
  });
});

describe('who asks for another', () => {
  it.each(Object.entries(WAYS).filter(([, way]) => way.open !== true))(
    '%s: is refused by name',
    async (name, { asks, deeds, refused, sends }) => {
      const [request] = asks?.(worldOf(ACME)) ?? deeds?.(worldOf(ACME)) ?? [];
      if (refused !== undefined) {
        const path = name.split(' ')[1] ?? '';
        const { status } = await ask(ACME, name, {
          path,
          ...(path === '/metrics' ? {} : { body: {} }),
        });
        expect(status).toBe(refused);
      }
      if (request === undefined || sends === true) return;
      const { path, body } = request;
      const named =
        methodOf(name) !== 'POST'
          ? { path: `${path}${path.includes('?') ? '&' : '?'}org=${GLOBEX.org}` }
          : { path, body: { ...(body as object), org: GLOBEX.org } };
      const told = await ask(ACME, name, named);
      expect(told.status).toBe(403);
      expect(told.text).not.toContain(GLOBEX.secret);
    },
  );

  it('is told of a foreign key what is told of none', async () => {
    for (const [way, { missing = () => [] }] of Object.entries(WAYS)) {
      const told = [];
      for (const request of missing(worldOf(ACME))) {
        const { status, text } = await ask(ACME, way, request);
        told.push(`${status} ${text.replace(/key [0-9a-f]+/, 'key')}`);
      }
      expect(new Set(told).size, way).toBeLessThanOrEqual(1);
      for (const one of told) expect(one).toMatch(/^404/);
    }
  });
});

describe('SQL', () => {
  const allowed: readonly string[] = [...PUBLIC_VIEWS, ...SPAN_TABLES];

  it.each([ACME, GLOBEX])('reads its own rows of every view, and no table: $org', async (twin) => {
    const { text } = await installation.sql('SHOW TABLES');
    const tables = text.trim().split('\n');
    expect(tables).toEqual(expect.arrayContaining([...allowed]));
    const { user, read } = member(twin);
    for (const table of tables) {
      const all = await installation.sql(
        `SELECT * FROM \`${table}\` FORMAT JSONEachRow`,
        user,
        read,
      );
      if (!allowed.includes(table)) {
        expect(all.text, table).toContain('ACCESS_DENIED');
        continue;
      }
      expect(all.status, all.text).toBe(200);
      expect(all.text, table).not.toContain(other(twin).secret);
      const column = table.startsWith('otel') || table.startsWith('spans') ? 'OrgId' : 'org_id';
      const owners = await installation.sql(
        `SELECT DISTINCT ${column} FROM \`${table}\``,
        user,
        read,
      );
      expect([`${twin.org}\n`, ''], table).toContain(owners.text);
    }
  });

  it('a key without spans reads no raw spans', async () => {
    const { key, key_id } = await installation.key('read', ACME.org);
    const told = await installation.sql('SELECT * FROM otel_traces', `key_${key_id}`, key);
    expect(told.text).toContain('ACCESS_DENIED');
  });

  it('a revoked key is no user any more', async () => {
    const { key, key_id } = await installation.key('read', ACME.org);
    expect((await installation.sql('SELECT 1', `key_${key_id}`, key)).text).toBe('1\n');
    await installation.send('POST', `/api/v1/keys/${key_id}/revoke`, 'operator', {});
    expect((await installation.sql('SELECT 1', `key_${key_id}`, key)).status).not.toBe(200);
  });
});

it('the same bytes from both are stored for both', async () => {
  const body = tracesOf({ ...ACME, org: '', secret: 'of nobody' }, '', START_NS + 60_000_000_000n);
  const trace_id = 'c3d4'.repeat(8);
  const text = JSON.stringify(body).replaceAll(TRACE, trace_id);
  for (const twin of [ACME, GLOBEX]) {
    const { key } = await installation.key('ingest', twin.org);
    const { status } = await installation.send('POST', '/v1/traces', key, JSON.parse(text));
    expect(status).toBe(200);
    const told = await installation.until(
      () => installation.send('GET', `/api/v1/traces/${trace_id}`, member(twin).read),
      (one) => one.status === 200,
    );
    expect(told.status, twin.org).toBe(200);
  }
});

describe('a forwarder', () => {
  it('names the organisation of each resource; others cannot', async () => {
    const { key } = await installation.key('forwarder', '*');
    const twins = [
      { ...ACME, org: 'initech', secret: 'secret-of-initech' },
      { ...GLOBEX, org: 'hooli', secret: 'secret-of-hooli' },
      { ...GLOBEX, org: 'wrong', secret: 'secret-of-nobody' },
    ];
    const names = ['initech', 'hooli', "it's wrong"];
    const resourceSpans = twins.flatMap(
      (twin, at) =>
        (tracesOf(twin, names[at]!, START_NS) as { resourceSpans: unknown[] }).resourceSpans,
    );
    const sent = await installation.send('POST', '/v1/traces', key, { resourceSpans });
    expect(sent.status).toBe(200);
    expect(sent.text).toContain(`invalid_organisation: ${CALLS + 2}`);
    const stored = await installation.sql(
      `SELECT OrgId, groupUniqArray(SpanAttributes['constructor']) FROM otel_traces FINAL
       WHERE TraceId = '${TRACE}' GROUP BY OrgId ORDER BY OrgId FORMAT TSV`,
    );
    expect(stored.text.trim().split('\n')).toEqual([
      `acme\t['${ACME.secret}']`,
      `globex\t['${GLOBEX.secret}']`,
      "hooli\t['secret-of-hooli']",
      "initech\t['secret-of-initech']",
    ]);
  });
});

// Last, because it takes away what the tests above look at.
it('whatever an admin of one does, the other keeps all it has', async () => {
  // Verification settles and sums what is open first.
  await installation.send('GET', '/api/v1/verify?last=2h', member(ACME).read);
  const before = await everything(ACME);
  for (const [way, { deeds = () => [] }] of Object.entries(WAYS)) {
    for (const request of deeds(worldOf(GLOBEX))) {
      const { status, text } = await ask(GLOBEX, way, request);
      expect([200, 409], `${way} ${text}`).toContain(status);
    }
  }
  const gone = await installation.until(
    () => installation.send('GET', `/api/v1/traces/${TRACE}`, member(GLOBEX).read),
    ({ status }) => status === 404,
  );
  expect(gone.status).toBe(404);
  await installation.send('GET', '/api/v1/verify?last=2h', member(GLOBEX).read);
  const after = await everything(ACME);
  for (const [name, told] of after) expect(told, name).toBe(before.get(name));
});
