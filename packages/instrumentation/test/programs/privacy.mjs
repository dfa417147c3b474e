// An agent whose prompts, answers, tools and notes all hold secrets. Prints what it sees of its answers.

import { pathToFileURL } from 'node:url';
import {
  flush,
  log,
  privacyCounts,
  recordUsage,
  runWithContext,
  setOutput,
  setPrivacy,
  skip,
  withAgent,
} from '@spanledger/instrumentation';
import { ROUNDS, SECRETS } from './privacy-rounds.mjs';

const [, , sdk, baseURL, which] = process.argv;
const { default: OpenAI } = await import(pathToFileURL(sdk).href);
const client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 });
const { word, ...plain } = SECRETS;
const all = Object.values(plain).join(' and ');
const said = `${all}; {"password": "${word}"}`;
const defaults = Object.fromEntries(
  Object.values(ROUNDS).flatMap((options) => Object.keys(options).map((name) => [name, null])),
);

const messages = [
  { role: 'system', content: `be brief, ${said}` },
  { role: 'user', content: said },
  {
    role: 'assistant',
    tool_calls: [
      {
        id: 'call_0',
        type: 'function',
        function: { name: 'weather', arguments: JSON.stringify({ [SECRETS.mail]: { all } }) },
      },
    ],
  },
  { role: 'tool', tool_call_id: 'call_0', content: JSON.stringify({ nested: [{ all }] }) },
];
const tools = ['weather', 'search'].map((name) => ({
  type: 'function',
  function: { name, description: said, parameters: { type: 'object' } },
}));

async function round(name) {
  const model = name.replaceAll(' ', '-');
  const answer = await client.chat.completions.create({ model, messages, tools });
  console.log(name, answer.choices[0].message);
  const stream = await client.chat.completions.create({
    ...{ model: `${model}-stream`, messages, stream: true },
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  console.log(name, text);
  log(`found ${said}`, { all, deep: { password: word }, [SECRETS.mail]: 1 });
  skip({ reasoning: said });
  recordUsage({ model: `${model}-by-hand`, inputTokens: 1, error: new Error(said) });
  setOutput({ said, password: word });
}

for (const name of which === undefined ? Object.keys(ROUNDS) : [which]) {
  if (which === undefined) setPrivacy({ ...defaults, ...ROUNDS[name] });
  await runWithContext(
    { user_id: SECRETS.mail.slice(0, 3), labels: { round: name, key: SECRETS.key } },
    () => withAgent({ name: 'writer', description: SECRETS.key, input: said }, () => round(name)),
  );
}
await flush();
console.log(JSON.stringify(privacyCounts()));
