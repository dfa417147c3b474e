// LangChain and LangGraph: agents, workflows, tools and retrievers get spans; model calls are left
// to the adapter of the provider's client, and told here when there is none.
//
// No callback handler is installed: with one, LangChain gives ids to messages that have none, and
// the program would see them. The methods that every run passes are watched instead.

import { trace, type Attributes, type Context } from '@opentelemetry/api';
import { contextWith } from '../context/agent-context.ts';
import { currentRun, startAgentRun } from '../agents/agent-run.ts';
import { putContent } from '../calls/content.ts';
import { LayeredCall } from '../calls/layered-call.ts';
import { RETRIEVED_COUNT, TOOL_ARGUMENTS_SIZE, TOOL_RESULT_SIZE } from '../own-attributes.ts';
import {
  CJS_ENDINGS,
  patchPoints,
  type MethodCall,
  type PatchPoint,
} from '../hooks/patch-point.ts';
import { fields, list, put, text } from '../calls/request.ts';
import { startRun, type Run } from '../agents/run.ts';
import { safely, warnOnce } from '../safely.ts';
import { UNSUPPORTED_CHANNEL } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import { stageOf } from '../agents/stage.ts';
import { putSize } from '../calls/tool-size.ts';
import { watchMethod, type Visit } from '../calls/watched-method.ts';
import { Answer, langChainFailure, modelRequest, putMessages } from './langchain-messages.ts';

const CORE = '@langchain/core';
const GRAPH = '@langchain/langgraph';
/** Where AgentExecutor lives: in `langchain` before 1, in `@langchain/classic` since. */
const CLASSIC = '@langchain/classic';
const OLD = 'langchain';

const core = (channel: string, file: string, method: string, range = '>=0.2.20 <2.0.0') =>
  patchPoints(channel, CORE, range, `dist/${file}`, method, CJS_ENDINGS);
const graph = (channel: string, file: string, method: string) =>
  patchPoints(channel, GRAPH, '>=0.2.0 <2.0.0', `dist/${file}`, method, CJS_ENDINGS);
const executor = (name: string, range: string) =>
  ['_call', '_streamIterator'].flatMap((method) =>
    patchPoints(
      'executor',
      name,
      range,
      'dist/agents/executor',
      `AgentExecutor.${method}`,
      CJS_ENDINGS,
    ),
  );

export const LANGCHAIN_PATCH_POINTS: readonly PatchPoint[] = [
  ...core('model', 'language_models/chat_models', 'BaseChatModel._generateUncached'),
  ...core('model-stream', 'language_models/chat_models', 'BaseChatModel._streamIterator'),
  ...core('model', 'language_models/llms', 'BaseLLM._generateUncached'),
  ...core('model-stream', 'language_models/llms', 'BaseLLM._streamIterator'),
  ...core('tool', 'tools/index', 'StructuredTool.call'),
  ...core('retriever', 'retrievers/index', 'BaseRetriever.invoke'),
  ...core('sequence', 'runnables/base', 'RunnableSequence.invoke'),
  ...core('sequence', 'runnables/base', 'RunnableSequence._streamIterator'),
  ...core(UNSUPPORTED_CHANNEL, 'tools/index', 'StructuredTool.call', '>=2.0.0'),
  ...graph('graph', 'pregel/index', 'Pregel._streamIterator'),
  ...graph('node', 'pregel/retry', '_runWithRetry'),
  ...executor(OLD, '>=0.2.0 <1.0.0'),
  ...executor(CLASSIC, '>=1.0.0 <2.0.0'),
];

export function watchLangChain(): void {
  watchMethod(CORE, 'model', generate);
  watchMethod(CORE, 'model-stream', stream);
  watchMethod(CORE, 'tool', callTool);
  watchMethod(CORE, 'retriever', retrieve);
  watchMethod(CORE, 'sequence', runSequence);
  watchMethod(GRAPH, 'graph', runGraph);
  watchMethod(GRAPH, 'node', runNode);
  watchMethod(OLD, 'executor', runExecutor);
  watchMethod(CLASSIC, 'executor', runExecutor);
  watchMethod(CORE, UNSUPPORTED_CHANNEL, ({ moduleVersion = '' }) => {
    warnOnce(CORE, `${CORE} ${moduleVersion} is not known here; its runs are not recorded`);
    return undefined;
  });
}

interface Model {
  getLsParams?(options: unknown): unknown;
}

function layerFor(model: unknown, options: unknown, active: Context, stream: boolean): LayeredCall {
  const params = safely('a model', () => (model as Model).getLsParams?.(options));
  const asked = modelRequest(model, params, options);
  if (stream) asked.attributes[names.REQUEST_STREAM] = true;
  return new LayeredCall('chat', asked.model, asked.attributes, active);
}

/** Called with a list of prompts, nearly always of one; not called for an answer from the cache. */
function generate(call: MethodCall, active: Context): Visit {
  const [prompts, options] = [call.arguments[0], call.arguments[1]];
  const layers = list(prompts).map(() => layerFor(call.self, options, active, false));
  // They run beside each other in one context: what is billed there may be any of theirs.
  const first = layers[0];
  const each = (end: (layer: LayeredCall, index: number) => void): void => {
    const isBilled = (first?.billed ?? 0) > 0;
    layers.forEach((layer, index) => (isBilled ? layer.discard() : end(layer, index)));
  };
  return {
    inner: first?.inner ?? active,
    done: (value) => {
      const output = fields(value);
      each((layer, index) => {
        const [generation] = list(list(output['generations'])[index]);
        const { message } = fields(generation);
        const answer = new Answer();
        const beside = fields(message)['response_metadata'];
        answer.read(
          message,
          fields(beside)['tokenUsage'] === undefined ? output['llmOutput'] : beside,
        );
        const attributes = answer.attributes();
        putMessages(attributes, names.INPUT_MESSAGES, list(prompts)[index]);
        putMessages(attributes, names.OUTPUT_MESSAGES, message === undefined ? [] : [message]);
        layer.succeed(attributes);
      });
    },
    failed: (error) => each((layer) => layer.fail(langChainFailure(error))),
  };
}

function stream(call: MethodCall, active: Context): Visit {
  const layer = layerFor(call.self, call.arguments[1], active, true);
  const answer = new Answer();
  return {
    inner: layer.inner,
    chunk: (piece) => {
      layer.chunk();
      answer.read(piece);
    },
    done: () => layer.succeed(answer.attributes()),
    failed: (error) => layer.fail(langChainFailure(error), answer.attributes()),
    left: () => layer.abort(answer.attributes()),
  };
}

/** A run that ends as its method ends. */
function visitOf(run: Run | null, inner: Context, done?: (value: unknown) => void): Visit {
  return {
    inner,
    done: (value) => {
      if (done !== undefined) safely('a result', () => done(value));
      run?.end();
    },
    failed: (error) => {
      // An interrupt waits for a person, a command goes to the graph above: neither is a failure.
      if (fields(error)['is_bubble_up'] === true) run?.end();
      else run?.fail(error);
    },
    left: () => run?.end(),
  };
}

function callTool(call: MethodCall, active: Context): Visit {
  const tool = fields(call.self);
  const [given, config] = [call.arguments[0], fields(call.arguments[1])];
  const name = text(tool['name']) ?? 'unnamed';
  const attributes: Attributes = {
    [names.OPERATION_NAME]: 'execute_tool',
    [names.TOOL_NAME]: name,
    [names.TOOL_TYPE]: 'function',
  };
  put(attributes, names.TOOL_DESCRIPTION, text(tool['description']));
  // A call of a model is given as such, or, by invoke(), beside the arguments that it holds.
  const asCall = fields(given)['type'] === 'tool_call' ? fields(given) : fields(config['toolCall']);
  put(attributes, names.TOOL_CALL_ID, text(asCall['id']));
  const args = asCall['args'] ?? given;
  putSize(attributes, TOOL_ARGUMENTS_SIZE, args);
  putContent(attributes, names.TOOL_CALL_ARGUMENTS, () => args);
  const { run, inner } = startRun(`execute_tool ${name}`, attributes, active);
  return visitOf(run, inner, (value) => {
    const { tool_call_id: id, content } = fields(value);
    const said = id === undefined ? value : content;
    const result: Attributes = {};
    put(result, names.TOOL_CALL_ID, text(id));
    putSize(result, TOOL_RESULT_SIZE, said);
    putContent(result, names.TOOL_CALL_RESULT, () => said);
    run?.put(result);
  });
}

function retrieve(call: MethodCall, active: Context): Visit {
  const name = text(fields(call.self)['name']) ?? text(call.self?.constructor?.name);
  const attributes: Attributes = { [names.OPERATION_NAME]: 'retrieval' };
  put(attributes, names.DATA_SOURCE_ID, name);
  const { run, inner } = startRun(`retrieval ${name ?? ''}`.trim(), attributes, active);
  return visitOf(run, inner, (value) => {
    run?.span.setAttribute(RETRIEVED_COUNT, list(value).length);
  });
}

/** A chain that nothing surrounds is a workflow, so that its calls have one trace. */
function runSequence(call: MethodCall, active: Context): Visit | undefined {
  if (trace.getSpan(active) !== undefined) return undefined;
  const name = text(fields(call.arguments[1])['runName']) ?? 'RunnableSequence';
  const attributes = { [names.OPERATION_NAME]: 'invoke_workflow', [names.WORKFLOW_NAME]: name };
  const below = contextWith(active, { workflow_name: name });
  const { run, inner } = startRun(`invoke_workflow ${name}`, attributes, below);
  return visitOf(run, inner);
}

function runGraph(call: MethodCall, active: Context): Visit {
  const options = fields(call.arguments[1]);
  const own = fields(call.self);
  const name = text(options['runName']) ?? text(own['name']) ?? 'LangGraph';
  const thread =
    fields(options['configurable'])['thread_id'] ??
    fields(fields(own['config'])['configurable'])['thread_id'];
  return runAgent(name, text(thread), active);
}

function runExecutor(call: MethodCall, active: Context): Visit {
  const config = fields(call.arguments[call.arguments.length - 1]);
  return runAgent(text(config['runName']) ?? 'AgentExecutor', null, active);
}

function runAgent(name: string, conversation: string | null, active: Context): Visit {
  const outer =
    conversation === null ? active : contextWith(active, { conversation_id: conversation });
  // A stage and an id of the agent above are not this one's.
  const below = contextWith(outer, { agent_name: name, agent_id: '', stage: '' });
  const attributes = { [names.OPERATION_NAME]: 'invoke_agent', [names.AGENT_NAME]: name };
  const { run, inner } = startAgentRun(`invoke_agent ${name}`, attributes, below);
  return visitOf(run, inner);
}

const HIDDEN = /^__/;

/** A node is a stage of its graph: the graph's run tells of it, and every span below has its name. */
function runNode(call: MethodCall, active: Context): Visit | undefined {
  const name = text(fields(call.arguments[0])['name']);
  if (name === null || HIDDEN.test(name)) return undefined;
  const run = currentRun();
  const stage = run === null ? null : stageOf(run, name);
  return {
    inner: contextWith(active, { stage: name }),
    done: (outcome) => {
      // What a node throws is handed on beside its result.
      const { error } = fields(outcome);
      const failed = error !== undefined && fields(error)['is_bubble_up'] !== true;
      if (failed) stage?.fail(error);
      else stage?.end();
    },
    failed: (error) => stage?.fail(error),
  };
}
