// Everything that is not OTLP: health, metrics and the REST API, on express. One table of routes;
// one shape of error; every answer is filtered by the organisation of the caller's key.

import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from 'express';
import { ERRORS, SpanledgerError } from '@spanledger/ledger';
import { errorCode, retryAfter } from '../receive/answer.ts';
import { checkHost } from '../receive/host.ts';
import { apiPage, PAGE_POLICY } from './api-page.ts';
import { EventStream } from './event-stream.ts';
import { isDeed, writtenDown } from './audit-routes.ts';
import { json } from './json.ts';
import { describeApi } from './openapi.ts';
import { askedOrganisation } from '../keys/asked-organisation.ts';
import { requireOperator } from '../keys/keys.ts';
import { readParameters } from './parameters.ts';
import type { Health } from './health.ts';
import type { Route } from './route.ts';
import type { Stages } from '../stages.ts';
import { Busy } from '../receive/try-later.ts';

export const QUERY_BYTES_MAX = 64 * 1024;
/** What is told by hand may hold prompts and answers. */
export const TOLD_BYTES_MAX = 1024 * 1024;
const METHODS = { GET: 'get', POST: 'post', DELETE: 'delete' } as const;
/** Of the interface: it changes when what a route takes or answers does. */
const VERSION = '1';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface AppOptions {
  readonly stages: Stages;
  readonly routes: readonly Route[];
  readonly health: Health;
}

export function createApp({ stages, routes, health }: AppOptions): Express {
  const { config, keys, questions, requests } = stages;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');

  app.use((request, _response, next) => {
    checkHost(config.keys, request);
    next();
  });
  app.get('/healthz', (_request, response) => void response.json({ status: 'alive' }));
  app.get('/readyz', async (_request, response) => {
    const report = await health.report();
    response.status(report.ready ? 200 : 503).json(report);
  });
  app.get('/metrics', metricsPage(stages));
  describeRoutes(app, routes);
  app.use(jsonBodies(routes));
  for (const route of routes) {
    app[METHODS[route.method]](route.path, async (request, response) => {
      const { authorization } = request.headers;
      const caller = await keys.authenticate(authorization, route.role ?? 'read');
      const { org: named, ...given } = route.method === 'POST' ? bodyOf(request) : request.query;
      const org = askedOrganisation(caller, named, route.of_all === true);
      const own = Object.hasOwn(route.parameters, 'org') && named !== undefined ? { org } : {};
      const all = { ...given, ...own, ...request.params };
      const parameters = readParameters(route.parameters, all);
      // What senders ask and tell waits for its block, and is bounded as what else they send.
      const share = route.role === 'ingest' ? requests : questions;
      share.take(org, 1);
      try {
        const answer = isDeed(route)
          ? await writtenDown(stages, route, caller, org, all, () =>
              route.answer(org, parameters, caller),
            )
          : await route.answer(org, parameters, caller);
        if (answer instanceof EventStream) await answer.send(response);
        else if (typeof answer === 'string') response.type(route.media ?? 'text').send(answer);
        else response.type('application/json').send(json(answer));
      } finally {
        share.give(org, 1);
      }
    });
  }
  for (const [path, methods] of methodsOf(routes)) {
    app.all(path, (_request, response) => {
      response.setHeader('allow', methods);
      throw new SpanledgerError('method_not_allowed', `allowed: ${methods}`);
    });
  }
  app.use((request) => {
    throw new SpanledgerError('not_found', request.path.slice(0, 100));
  });
  app.use(errorHandler(stages));
  return app;
}

/** They tell of the service alone, and so ask for no key. */
function describeRoutes(app: Express, routes: readonly Route[]): void {
  const api = describeApi(routes, VERSION);
  const page = apiPage(api);
  app.get('/openapi.json', (_request, response) => void response.json(api));
  app.get('/api', (_request, response) => {
    response.setHeader('content-security-policy', PAGE_POLICY);
    response.type('html').send(page);
  });
}

/** A body is read within the limit of its role: who may send may send content. */
function jsonBodies(routes: readonly Route[]): RequestHandler {
  const question = express.json({ limit: QUERY_BYTES_MAX });
  const told = express.json({ limit: TOLD_BYTES_MAX });
  const heads = routes
    .filter(({ role }) => role === 'ingest')
    .map(({ path }) => path.split('/:')[0]);
  const takes = new Set(heads.map((path) => `${path}/`));
  return (request, response, next) => {
    const path = `${request.path}/`;
    const large = [...takes].some((head) => path.startsWith(head));
    (large ? told : question)(request, response, next);
  };
}

/** Counters are of all organisations together, so the page is the operator's. */
function metricsPage({ keys, metrics }: Stages): RequestHandler {
  return async (request, response) => {
    requireOperator(await keys.authenticate(request.headers.authorization, 'admin'));
    response.type(METRICS_TYPE).send(metrics.text());
  };
}

/** Every way in that an app has, as in `GET /metrics`. */
export function waysInto(app: Express): readonly string[] {
  const layers = app.router.stack.flatMap(({ route: found }) => found ?? []);
  return layers.flatMap(({ path, stack }) =>
    // What stands for all methods only refuses.
    stack.length > 1 ? [] : stack.map(({ method }) => `${method.toUpperCase()} ${path}`),
  );
}

/** The methods of each path, as the header `allow` has them. */
function methodsOf(routes: readonly Route[]): ReadonlyMap<string, string> {
  const methods = new Map<string, string>();
  for (const { path, method } of routes) {
    const others = methods.get(path);
    methods.set(path, others === undefined ? method : `${others}, ${method}`);
  }
  return methods;
}

function bodyOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw new SpanledgerError('invalid_parameter', 'the body; allowed: a JSON object');
}

function errorHandler({ config, metrics, log }: Stages): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const error = known(thrown);
    const code = errorCode(error);
    const { status, message, next_step } = ERRORS[code];
    if (code === 'unexpected') log.error({ err: error, path: request.path }, 'request failed');
    const retry_after_s = retryAfter(error, config.receive.retry_after_s);
    if (retry_after_s !== null) response.setHeader('retry-after', retry_after_s);
    metrics.count('spanledger_refused_questions_total', { code });
    if (error instanceof Busy) metrics.count('spanledger_busy_total', { limit: error.limit });
    const detail = error instanceof SpanledgerError ? error.detail : '';
    response.status(status).json({ error: { code, message, detail, next_step } });
  };
}

/** What express itself throws, in words of our table. */
function known(thrown: unknown): unknown {
  const type = (thrown as { type?: unknown } | null)?.type;
  if (type === 'entity.too.large') {
    return new SpanledgerError(
      'body_too_large',
      `limit: ${String((thrown as { limit?: unknown }).limit)} bytes`,
    );
  }
  if (type === 'entity.parse.failed') {
    return new SpanledgerError('invalid_parameter', 'the body; allowed: a JSON object');
  }
  if (type === 'encoding.unsupported') return new SpanledgerError('unsupported_content_encoding');
  if (thrown instanceof URIError) return new SpanledgerError('not_found', 'the path is not UTF-8');
  return thrown;
}
