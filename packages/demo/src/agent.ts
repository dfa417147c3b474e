// An ordinary agent program: a planner decides a refund with two tools and hands over to a writer.
// It runs the same with and without telemetry; `withAgent` and `withTool` only name the work.

import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { withAgent, withTool } from '@spanledger/instrumentation';
import { HANDBOOK, SKILLS, TOOLS } from './refund-desk.ts';

/** With --live the providers themselves answer, with models that cost little. */
const live = process.argv.includes('--live');
const model = {
  plan: live ? 'claude-haiku-4-5' : 'claude-sonnet-4-5',
  draft: live ? 'claude-haiku-4-5' : 'claude-sonnet-4-0',
  outline: 'gpt-5-nano',
  small: 'gpt-4o-mini',
  embedding: 'text-embedding-3-small',
};

// Keys and addresses come from the usual environment variables.
const openai = new OpenAI();
const anthropic = new Anthropic();

const request = 'Can I get a refund on order-123?';

/** Works out what the customer may have, one tool at a time, and returns the decision. */
async function plan(question: string): Promise<string> {
  await openai.embeddings.create({ model: model.embedding, input: question });
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }];
  for (let turn = 0; turn < 6; turn += 1) {
    const answer = await anthropic.messages.create({
      model: model.plan,
      max_tokens: 1024,
      cache_control: { type: 'ephemeral' },
      system:
        'You decide refund requests. Load the refunds capability first, then check the policy.',
      tools: TOOLS,
      messages,
    });
    if (answer.stop_reason !== 'tool_use') return textOf(answer.content);
    messages.push({ role: 'assistant', content: answer.content });
    messages.push({ role: 'user', content: await useTools(answer.content) });
  }
  return 'No decision was reached.';
}

function useTools(content: Anthropic.ContentBlock[]): Promise<Anthropic.ToolResultBlockParam[]> {
  const calls = content.filter((block) => block.type === 'tool_use');
  return Promise.all(
    calls.map(async ({ id, name, input }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: await withTool({ name, call_id: id }, () =>
        name === 'load_capability'
          ? loadCapability(input as { id: string })
          : lookUpRefundPolicy(input as { order_id: string }),
      ),
    })),
  );
}

async function loadCapability({ id }: { id: string }): Promise<string> {
  return SKILLS[id] ?? `There is no capability ${id}.`;
}

/** The handbook is long, so a small model says which part of it is about this order. */
async function lookUpRefundPolicy({ order_id }: { order_id: string }): Promise<string> {
  const summary = await openai.chat.completions.create({
    model: model.small,
    messages: [
      { role: 'system', content: HANDBOOK },
      { role: 'user', content: `In two sentences: what applies to a refund of ${order_id}?` },
    ],
  });
  return summary.choices[0]?.message.content ?? 'The handbook does not say.';
}

/** Turns a decision into a letter: an outline, a draft, and a subject line. */
async function write(decision: string): Promise<{ subject: string; draft: string }> {
  const outline = await openai.responses.create({
    model: model.outline,
    reasoning: { effort: 'medium' },
    input: `Outline a short, friendly letter that says: ${decision}`,
  });
  const draft = await anthropic.messages
    .stream({
      model: model.draft,
      max_tokens: 2048,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [
        { role: 'user', content: `Write the letter from this outline:\n${outline.output_text}` },
      ],
    })
    .finalMessage();
  const letter = textOf(draft.content);
  const subject = await writeSubject(letter);
  await writeSubject(letter, 3);
  return { subject, draft: letter };
}

/** Streams a subject line; with a limit it hangs up as soon as there are enough words. */
async function writeSubject(letter: string, words = Infinity): Promise<string> {
  const stream = await openai.chat.completions.create({
    model: model.small,
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: `Write a subject line for this letter:\n${letter}` }],
  });
  let subject = '';
  for await (const chunk of stream) {
    subject += chunk.choices[0]?.delta.content ?? '';
    if (subject.split(' ').length >= words) break;
  }
  return subject;
}

function textOf(content: Anthropic.ContentBlock[]): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

const letter = await withAgent('planner', async () => {
  const decision = await plan(request);
  console.log(`Decision: ${decision.split('\n')[0]}`);
  return withAgent('writer', () => write(decision));
});
console.log(`Letter: ${letter.draft.length} characters, subject "${letter.subject}"`);
