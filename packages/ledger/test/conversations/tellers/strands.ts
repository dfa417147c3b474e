// AWS Strands in Python and JavaScript: agents that repeat what they used in their whole life, event
// loop cycles, calls without an id and with the framework where the provider belongs.

import type { Figures } from '../conversation.ts';
import { agentsOf } from '../conversation.ts';
import { inputOf, outputOf, totalOf, written } from '../provider-words.ts';
import { genAiTool, lost, NO_LIFETIMES, one, over, sumOf } from '../speech.ts';
import { isoTime, type Attributes } from '../tape.ts';
import type { Around, Teller } from '../teller.ts';

const usage = (figures: Figures): Attributes => ({
  'gen_ai.usage.prompt_tokens': inputOf(figures),
  'gen_ai.usage.input_tokens': inputOf(figures),
  'gen_ai.usage.completion_tokens': outputOf(figures),
  'gen_ai.usage.output_tokens': outputOf(figures),
  'gen_ai.usage.total_tokens': totalOf(figures),
  'gen_ai.usage.cache_read.input_tokens': figures.read || null,
  'gen_ai.usage.cache_read_input_tokens': figures.read || null,
  'gen_ai.usage.cache_creation.input_tokens': written(figures) || null,
  'gen_ai.usage.cache_write_input_tokens': written(figures) || null,
});

const session = ({ conversation }: Around): Attributes => ({
  'gen_ai.system': 'strands-agents',
  'session.id': conversation.id,
  'user.id': conversation.user,
});

/** What agents of this name had used before, which the same agent object keeps adding up. */
const lifetime = (name: string, { conversation, agent }: Around): Figures => {
  const same = agentsOf(conversation.root).filter((other) => other.name === name);
  const before = same.filter((other) => other.start_ms <= agent.start_ms);
  return sumOf(...before);
};

function tellerOf(scope: string, about: Partial<Teller>): Teller {
  return {
    emitter: '',
    versions: '',
    evidence: 'captures',
    dialect: 'strands',
    providers: ['openai', 'bedrock'],
    embeddings: false,
    audio: false,
    not_carried: [
      NO_LIFETIMES,
      lost('response_id', 'the id is not written'),
      lost('reasoning', 'no attribute for it'),
      lost('usage', 'the stream brought no usage', 'stream_without_usage', {
        usage_sent: false,
      }),
    ],
    ...about,
    agent: (agent, around) =>
      one(
        over(agent, scope, `invoke_agent ${agent.name}`, {
          ...session(around),
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': agent.name,
          ...usage(lifetime(agent.name, around)),
        }),
      ),
    turn: (turn, around) =>
      one(
        over(turn, scope, 'execute_event_loop_cycle', {
          ...session(around),
          'gen_ai.operation.name': 'execute_event_loop_cycle',
          'event_loop.cycle_id': `cycle-${turn.start_ms}`,
        }),
      ),
    call: (call, around) => {
      const asked = {
        ...session(around),
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': call.model,
        'gen_ai.event.start_time': isoTime(call.start_ms),
      };
      const attributes = call.failed
        ? asked
        : {
            ...asked,
            ...(call.usage_sent ? usage(call.figures) : {}),
            'gen_ai.server.time_to_first_token': call.first_ms - call.start_ms,
          };
      const choice = { name: 'gen_ai.choice', at_ms: call.end_ms };
      const finish = { finish_reason: 'end_turn', message: '[{"text": "Sunny"}]' };
      return one(
        over(call, scope, 'chat', attributes, {
          status: call.failed ? 'error' : 'ok',
          events: call.failed ? [] : [{ ...choice, attributes: finish }],
        }),
      );
    },
    tool: genAiTool(scope, (tool, around) => ({
      ...session(around),
      'gen_ai.tool.status': tool.failed ? 'error' : 'success',
    })),
  };
}

export const strandsPython = tellerOf('strands.telemetry.tracer', {
  emitter: 'Strands (Python)',
  versions: '1.62',
});

export const strandsJs = tellerOf('@strands-agents/sdk@1.19.0', {
  emitter: 'Strands (JavaScript)',
  versions: '1.19',
  evidence: 'captures',
});

export const agentCore = tellerOf('strands.telemetry.tracer', {
  emitter: 'Bedrock AgentCore',
  versions: 'with Strands 1.62',
  evidence: 'reference',
  providers: ['bedrock'],
  resource: {
    'cloud.resource_id': 'arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/app',
    'aws.service.type': 'gen_ai_agent',
  },
});
