// A program that has a tokenizer among its packages. Argument: the module that counts with it.

const { countTokens } = await import(process.argv[2]);
const messages = [{ role: 'user', content: 'hello world, how are you?' }];
const counts = [];
for (const model of ['gpt-4o', 'gpt-4', 'claude-sonnet-4-5']) {
  const { message_tokens, estimated, tokenizer } = await countTokens({ model, messages });
  counts.push({ model, message_tokens, estimated, tokenizer });
}
console.log(JSON.stringify(counts));
