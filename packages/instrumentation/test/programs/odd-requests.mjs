// Requests made of objects that no client expects. Prints what the client makes of each.

import { pathToFileURL } from 'node:url';

const [, , sdk, baseURL] = process.argv;
const { default: OpenAI } = await import(pathToFileURL(sdk).href);
const client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 });

const fail = () => {
  throw new Error('not to be looked at');
};
const user = (content) => ({ role: 'user', content });
const circular = user('Hi');
circular.self = circular;
const revoked = Proxy.revocable(user('Hi'), {});
revoked.revoke();

/** What the request is made of, beside its model. */
const REQUESTS = {
  plain: { messages: [user('Hi')] },
  frozen: Object.freeze({ messages: Object.freeze([Object.freeze(user('Hi'))]) }),
  proxied: { messages: new Proxy([new Proxy(user('Hi'), {})], {}) },
  'no prototype': { messages: [Object.assign(Object.create(null), user('Hi'))] },
  'many fields': {
    messages: [{ ...user('Hi'), [Symbol('s')]: 1, extra: undefined, at: new Date(0) }],
  },
  toJSON: { messages: [{ toJSON: () => user('Hi') }] },
  'throwing toJSON': { messages: [{ ...user('Hi'), toJSON: fail }] },
  'odd toJSON': { messages: [{ ...user('Hi'), toJSON: () => ({ ...user('Hi'), toJSON: 1 }) }] },
  'throwing getter': {
    messages: [Object.defineProperty({ role: 'user' }, 'content', { get: fail, enumerable: true })],
  },
  'throwing proxy': { messages: [new Proxy(user('Hi'), { get: fail, ownKeys: fail })] },
  'revoked proxy': { messages: [revoked.proxy] },
  circular: { messages: [circular] },
  bigint: { messages: [user('Hi')], seed: 1n },
  'huge text': { messages: [user('Hi '.repeat(100_000))] },
  'many messages': { messages: Array.from({ length: 2000 }, () => user('Hi')) },
  'circular tools': { messages: [user('Hi')], tools: [circular] },
  'throwing tools': {
    messages: [user('Hi')],
    tools: [new Proxy({}, { get: fail, ownKeys: fail })],
  },
  'throwing schema': {
    messages: [user('Hi')],
    tools: [{ type: 'function', function: { name: 'f', parameters: { toJSON: fail } } }],
  },
  nothing: { messages: null },
  sparse: { messages: Array(3) },
  deep: { messages: [user(JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`))] },
};

for (const [name, asked] of Object.entries(REQUESTS)) {
  try {
    const request = Object.assign(Object.create(Object.getPrototypeOf(asked)), asked, {
      model: 'm-chat',
    });
    const answer = await client.chat.completions.create(request);
    console.log(name, answer.choices[0].message, Object.isFrozen(asked));
  } catch (error) {
    console.log(name, error.constructor.name, error.message);
  }
}
