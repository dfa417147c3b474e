// Everything that is not OTLP: health, metrics and the REST API, on express. One table of routes;
// one shape of error; every answer is filtered by the organisation of the caller's key.

import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import { ERRORS, SpanledgerError } from '@spanledger/ledger';
import { errorCode } from './answer.ts';
import type { Config } from './config.ts';
import { checkHost } from './host.ts';
import { json } from './json.ts';
import { authenticate } from './keys.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { readParameters } from './parameters.ts';
import type { Health } from './health.ts';
import type { Route } from './route.ts';

const QUERY_BYTES_MAX = 64 * 1024;
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface AppOptions {
  readonly config: Config;
  readonly routes: readonly Route[];
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export function createApp({ config, routes, health, metrics, log }: AppOptions): Express {
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
  app.get('/metrics', (request, response) => {
    authenticate(config.keys, request.headers.authorization, 'admin');
    response.type(METRICS_TYPE).send(metrics.text());
  });
  app.use(express.json({ limit: QUERY_BYTES_MAX }));
  for (const route of routes) {
    const method = route.method === 'GET' ? 'get' : 'post';
    app[method](route.path, async (request, response) => {
      const caller = authenticate(config.keys, request.headers.authorization, route.role ?? 'read');
      const given = route.method === 'GET' ? request.query : bodyOf(request);
      const parameters = readParameters(route.parameters, { ...given, ...request.params });
      response.type('application/json').send(json(await route.answer(caller.org_id, parameters)));
    });
    app.all(route.path, (_request, response) => {
      response.setHeader('allow', route.method);
      throw new SpanledgerError('method_not_allowed', `allowed: ${route.method}`);
    });
  }
  app.use((request) => {
    throw new SpanledgerError('not_found', request.path.slice(0, 100));
  });
  app.use(errorHandler(config, log));
  return app;
}

function bodyOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw new SpanledgerError('invalid_parameter', 'the body; allowed: a JSON object');
}

function errorHandler(config: Config, log: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const error = known(thrown);
    const code = errorCode(error);
    const { status, message, next_step } = ERRORS[code];
    if (code === 'unexpected') log.error({ err: error, path: request.path }, 'request failed');
    if (status === 503) response.setHeader('retry-after', config.receive.retry_after_s);
    const detail = error instanceof SpanledgerError ? error.detail : '';
    response.status(status).json({ error: { code, message, detail, next_step } });
  };
}

/** What express itself throws, in words of our table. */
function known(thrown: unknown): unknown {
  const type = (thrown as { type?: unknown } | null)?.type;
  if (type === 'entity.too.large') {
    return new SpanledgerError('body_too_large', `limit: ${QUERY_BYTES_MAX} bytes`);
  }
  if (type === 'entity.parse.failed') {
    return new SpanledgerError('invalid_parameter', 'the body; allowed: a JSON object');
  }
  if (type === 'encoding.unsupported') return new SpanledgerError('unsupported_content_encoding');
  if (thrown instanceof URIError) return new SpanledgerError('not_found', 'the path is not UTF-8');
  return thrown;
}
