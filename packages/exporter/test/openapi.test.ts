// Goal: the description of the API is that of the routes, for programs and for people, and whatever a
// route says of its answer is so. Method: the service over HTTP, and its own table of routes.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { routeList } from '../src/routes/route-list.ts';
import { attributes, call, recently_ns, request, spanId } from './otlp.ts';
import { Service } from './service.ts';

let service: Service;
let api: any;
beforeAll(async () => {
  service = await Service.start();
  api = await service.get('/openapi.json');
  const run = call(spanId(1), {
    startTimeUnixNano: String(recently_ns()),
    attributes: attributes({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'planner',
      'spanledger.execution.id': 'x-1',
    }),
  });
  const called = request(run, call(spanId(2), { parentSpanId: spanId(1) }));
  expect((await service.postJson('/v1/traces', called)).status).toBe(200);
});
afterAll(() => service.stop());

const described = (): string[] =>
  Object.entries<any>(api.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

describe('the description', () => {
  test('has every route of the API and no other', () => {
    const routes = service
      .exporter!.ways.filter((way) => / \/(api\/v1|execution-logs)\//.test(way))
      .map((way) => way.replaceAll(/:(\w+)/g, '{$1}'));
    expect(described().toSorted()).toEqual(routes.toSorted());
  });

  test('names each operation once, says what it is for, and where each parameter stands', () => {
    const ids = new Set<string>();
    for (const [path, methods] of Object.entries<any>(api.paths)) {
      for (const [method, operation] of Object.entries<any>(methods)) {
        ids.add(operation.operationId);
        expect(operation.summary, path).toMatch(/\.$/);
        const inPath = operation.parameters.filter((one: any) => one.in === 'path');
        const placed = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        expect(inPath.map((one: any) => one.name).toSorted()).toEqual(placed.toSorted());
        expect(operation.requestBody !== undefined, path).toBe(method === 'post');
      }
    }
    expect(ids.size).toBe(described().length);
  });

  test('refers to nothing that is not in it', () => {
    const refs = [...JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, at]) => at!);
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of refs) {
      const found = ref.split('/').reduce((at: any, name) => at?.[name], api);
      expect(found, ref).toBeDefined();
    }
  });
});

describe('an answer is as its route says', () => {
  const said = routeList().filter(({ method, answers }) => method === 'GET' && answers);

  test.each(said.map((one) => [one.path, one] as const))('%s', async (path, { answers }) => {
    const asked = path.replaceAll(':execution_id', 'x-1');
    const answer = await vi.waitFor(() => service.get(asked), { timeout: 60_000, interval: 100 });
    expect(answers!.safeParse(answer)).toEqual({ success: true, data: answer });
  });
});

test('whatever texts are asked for, nobody is told of an error of ours', async () => {
  const hostile = `'\\\t\n\0"{x:String}%--\u{1F600}`;
  for (const [path, methods] of Object.entries<any>(api.paths)) {
    if (methods.get === undefined || !/execution|errors|tracking/.test(path)) continue;
    const url = new URL(path.replaceAll(/\{\w+\}/g, encodeURIComponent(hostile)), service.url);
    for (const { name, in: place, schema } of methods.get.parameters) {
      const free = schema.type === 'string' && !schema.pattern && !schema.enum;
      if (place === 'query' && name !== 'org' && free) url.searchParams.set(name, hostile);
      if (name === 'once') url.searchParams.set(name, 'true');
    }
    const { status } = await fetch(url);
    expect([200, 404], url.href).toContain(status);
    const far = Buffer.from(JSON.stringify(['9'.repeat(19), hostile, ''])).toString('base64url');
    if (url.searchParams.size > 3)
      expect((await fetch(`${url.href}&cursor=${far}`)).status).toBe(400);
  }
});

describe('the page', () => {
  test('shows every operation, loads nothing and runs nothing', async () => {
    const response = await fetch(`${service.url}/api`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    for (const way of described()) {
      expect(page).toContain(`<code>${way.split(' ')[1]!}</code>`);
    }
    expect(page).not.toMatch(/<script|<img|<link|src=|https?:/i);
  });
});
