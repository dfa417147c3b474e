// Asks the clients of two providers for answers; each prompt is the answer. Arguments: their modules
// and the address of both.

import { flush } from '@spanledger/instrumentation';

const [openai, anthropic, url] = process.argv.slice(2);
const { default: OpenAI } = await import(openai);
const { default: Anthropic } = await import(anthropic);
const chat = new OpenAI({ baseURL: url, apiKey: 'k' });
const claude = new Anthropic({ baseURL: url, apiKey: 'k' });
const messages = (content) => [{ role: 'user', content }];

const ask = (model, content, more = {}) =>
  chat.chat.completions.create({ model, messages: messages(content), ...more });

await ask('whole', 'Four rows were found in the table.');
await ask('refused', "I'm sorry, but I can't help with that.");
await ask('json', 'Here: {"a": 1}', { response_format: { type: 'json_object' } });
for await (const chunk of await ask('streamed', 'Error: it broke', { stream: true })) void chunk;
await ask('calls a tool', '');
await chat.responses.create({ model: 'response', input: 'Two words' });
await claude.messages.create({ model: 'message', max_tokens: 9, messages: messages('') });
await flush();
