// The network's place: answers at once, so that only the client's own work is left.

export const CHUNKS = 200;

const headers = { 'content-type': 'application/json' };
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 120,
    completion_tokens: 30,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 80 },
    completion_tokens_details: { reasoning_tokens: 10 },
  },
});
const chunk = (index: number): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, delta: { content: `word ${index} ` }, finish_reason: null }],
  })}\n\n`;
const stream = `${Array.from({ length: CHUNKS }, (_, index) => chunk(index)).join('')}data: [DONE]\n\n`;

export const fetchStub: typeof fetch = (_url, init) => {
  const wantsStream = typeof init?.body === 'string' && init.body.includes('"stream":true');
  return Promise.resolve(
    wantsStream
      ? new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
      : new Response(answer, { headers }),
  );
};
