// Where emitters keep what was said to a model or a run and what came of it, the best first.

export const PROMPTS = [
  ...[
    'spanledger.input',
    'gen_ai.input.messages',
    'gen_ai.prompt',
    'input.value',
    'ai.prompt.messages',
  ],
  ...['ai.prompt', 'traceloop.entity.input', 'gen_ai.tool.call.arguments'],
] as const;

export const RESPONSES = [
  ...['spanledger.output', 'gen_ai.output.messages', 'gen_ai.completion', 'output.value'],
  ...['ai.response.text', 'ai.response.toolCalls', 'traceloop.entity.output'],
  'gen_ai.tool.call.result',
] as const;
