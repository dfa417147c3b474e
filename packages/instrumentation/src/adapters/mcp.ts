// The Model Context Protocol, client and server, its one package and the split ones: a span for what is
// asked and one for what is answered, in one trace, because the request carries where it belongs.

import { tracingChannel } from 'node:diagnostics_channel';
import { context, propagation, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Context } from '@opentelemetry/api';
import { putContent } from '../calls/content.ts';
import { MCP_SERVER, TOOL_ARGUMENTS_SIZE, TOOL_RESULT_SIZE } from '../own-attributes.ts';
import {
  chunkPoints,
  patchPoints,
  type MethodCall,
  type PatchPoint,
} from '../hooks/patch-point.ts';
import { isRecording } from '../calls/recording.ts';
import { fields, list, put, text, type Fields } from '../calls/request.ts';
import { errorType, startRun, toolIn, type Run } from '../agents/run.ts';
import { safely, warnOnce } from '../safely.ts';
import { UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import { putTools } from '../calls/tool-definitions.ts';
import { putSize } from '../calls/tool-size.ts';
import { watchMethod, type Visit } from '../calls/watched-method.ts';
import { watched } from '../agents/within.ts';

const ONE = '@modelcontextprotocol/sdk';
const SPLIT = ['@modelcontextprotocol/client', '@modelcontextprotocol/server'] as const;
const ONE_RANGE = '>=1.9.0 <2.0.0';
/** Both of the split packages hold a copy of the protocol, in a file named after its content. */
const CHUNK = /^dist\/src-[\w-]+\.[cm]js$/;

const of = (channel: string, method: string): PatchPoint[] => [
  ...['dist/esm', 'dist/cjs'].flatMap((folder) =>
    patchPoints(channel, ONE, ONE_RANGE, `${folder}/shared/protocol`, method, ['.js']),
  ),
  ...SPLIT.flatMap((name) => chunkPoints(channel, name, '>=2.0.0 <3.0.0', CHUNK, method)),
];

export const MCP_PATCH_POINTS: readonly PatchPoint[] = [
  ...of('request', 'Protocol.request'),
  ...of('answer', 'Protocol._onrequest'),
  ...SPLIT.flatMap((name) =>
    chunkPoints(UNSUPPORTED_CHANNEL, name, '>=3.0.0', CHUNK, 'Protocol.request'),
  ),
];

/** What an agent does with a server; the rest is housekeeping. */
const METHODS = new Set(['tools/call', 'tools/list', 'prompts/get', 'resources/read']);

export function watchMcp(): void {
  for (const name of [ONE, ...SPLIT]) {
    watchMethod(name, 'request', ask);
    const { start } = tracingChannel<unknown, object>(`orchestrion:${name}:answer`);
    start.subscribe((message) => {
      safely('a handler', () => wrapHandler(message as MethodCall));
    });
    watchMethod(name, UNSUPPORTED_CHANNEL, ({ moduleVersion = '' }) => {
      warnOnce(name, `${name} ${moduleVersion} is not known here; its calls are not recorded`);
      return undefined;
    });
  }
}

/** What is known of a request on either side. */
function requestOf(method: string, params: Fields): { name: string; attributes: Attributes } {
  const attributes: Attributes = { [names.MCP_METHOD_NAME]: method };
  const target = text(params['name']);
  if (method === 'tools/call') {
    attributes[names.OPERATION_NAME] = 'execute_tool';
    put(attributes, names.TOOL_NAME, target);
    putSize(attributes, TOOL_ARGUMENTS_SIZE, params['arguments']);
    putContent(attributes, names.TOOL_CALL_ARGUMENTS, () => params['arguments']);
  } else if (method === 'prompts/get') put(attributes, names.PROMPT_NAME, target);
  // What a resource is called may say what it holds: it stays away.
  return { name: target === null ? method : `${method} ${target}`, attributes };
}

function ask(call: MethodCall, active: Context): Visit | undefined {
  const asked = fields(call.arguments[0]);
  const method = text(asked['method']);
  if (method === null || !METHODS.has(method)) return undefined;
  const params = fields(asked['params']);
  const { name, attributes } = requestOf(method, params);
  put(attributes, MCP_SERVER, serverAsked(call.self));
  put(attributes, names.MCP_SESSION_ID, sessionOf(call.self));
  putCallId(attributes, active);
  const { run, inner } = startRun(name, attributes, active, SpanKind.CLIENT);
  const carrier: Record<string, string> = {};
  propagation.inject(inner, carrier);
  if (Object.keys(carrier).length > 0) {
    // The program's own objects stay as they are: the request that is sent is another.
    const meta = { ...fields(params['_meta']), ...carrier };
    (call.arguments as unknown[])[0] = { ...asked, params: { ...params, _meta: meta } };
  }
  return {
    inner,
    done: (result) => {
      if (run !== null) safely('a result', () => answered(run, method, fields(result)));
      run?.end();
    },
    failed: (error) => refused(run, error),
  };
}

/** A framework's tool that is this server's, under its name or with the server's before it, is one call. */
function putCallId(attributes: Attributes, active: Context): void {
  const around = toolIn(active);
  const name = attributes[names.TOOL_NAME];
  if (around === null || typeof name !== 'string' || typeof around.id !== 'string') return;
  if (around.name.endsWith(name)) attributes[names.TOOL_CALL_ID] = around.id;
}

function answered(run: Run, method: string, result: Fields): void {
  const attributes: Attributes = {};
  if (method === 'tools/list') putTools(attributes, result['tools']);
  if (method === 'tools/call') {
    const said = result['structuredContent'] ?? result['content'];
    putSize(attributes, TOOL_RESULT_SIZE, textOf(said));
    putContent(attributes, names.TOOL_CALL_RESULT, () => said);
    if (result['isError'] === true) {
      run.span.setStatus({ code: SpanStatusCode.ERROR });
      attributes[names.ERROR_TYPE] = 'tool_error';
    }
  }
  run.put(attributes);
}

/** What a model is given of a result that is one text: the text. */
function textOf(said: unknown): unknown {
  const parts = list(said);
  const { type, text: only } = fields(parts[0]);
  return parts.length === 1 && type === 'text' ? only : said;
}

/** Errors of the protocol have a number. */
function refused(run: Run | null, error: unknown): void {
  if (run === null) return;
  const { code } = fields(error);
  run.span.setStatus({ code: SpanStatusCode.ERROR });
  const isCode = typeof code === 'number' || typeof code === 'string';
  run.span.setAttribute(names.ERROR_TYPE, isCode ? String(code) : errorType(error));
  run.end();
}

interface Client {
  getServerVersion?(): unknown;
}

function serverAsked(client: unknown): string | null {
  const told = safely('a server', () => (client as Client).getServerVersion?.());
  return text(fields(told)['name']);
}

function sessionOf(protocol: unknown): string | null {
  return text(fields(fields(protocol)['transport'])['sessionId']);
}

type Handler = (this: unknown, request: unknown, ...more: unknown[]) => unknown;

const wrapped = new WeakSet<Handler>();

/** A request is answered by the handler that the server keeps for its method: it is followed there. */
function wrapHandler(call: MethodCall): void {
  const method = text(fields(call.arguments[0])['method']);
  const handlers = fields(call.self)['_requestHandlers'];
  if (method === null || !METHODS.has(method) || !(handlers instanceof Map)) return;
  const handler = handlers.get(method) as Handler | undefined;
  if (typeof handler !== 'function' || wrapped.has(handler)) return;
  const server = text(fields(fields(call.self)['_serverInfo'])['name']);
  const { self } = call;
  const following: Handler = function (request, ...more) {
    const handle = () => handler.call(this, request, ...more);
    if (!isRecording()) return handle();
    const started = safely('a request', () => answer(method, request, server, sessionOf(self)));
    if (started === undefined) return handle();
    const { run, inner } = started;
    return watched(
      {
        settled: (result) => {
          if (run !== null) answered(run, method, fields(result));
        },
        end: () => run?.end(),
        fail: (error) => refused(run, error),
      },
      inner,
      handle,
    );
  };
  wrapped.add(following);
  handlers.set(method, following);
}

function answer(method: string, request: unknown, server: string | null, session: string | null) {
  const params = fields(fields(request)['params']);
  const { name, attributes } = requestOf(method, params);
  put(attributes, MCP_SERVER, server);
  put(attributes, names.MCP_SESSION_ID, session);
  const meta = fields(params['_meta']);
  const active = context.active();
  const parent =
    typeof meta['traceparent'] === 'string' ? propagation.extract(active, meta) : active;
  return startRun(name, attributes, parent, SpanKind.SERVER);
}
