// Spans of Anthropic's own clients.

import { itReads, type Case } from '../dialect-reading.ts';

const CASES: readonly Case[] = [
  {
    says: 'Anthropic’s own: the stop reason has a name of its own',
    sent: {
      scope: 'com.anthropic.sdk.python',
      attributes: { 'gen_ai.operation.name': 'chat', 'anthropic.message.stop_reason': 'end_turn' },
    },
    fact: {
      dialect: 'anthropic-native',
      kind: 'llm',
      finish_reasons: ['stop'],
      marks: ['answered'],
    },
  },
  {
    says: 'Anthropic’s own: a span without operation is no call',
    sent: {
      scope: 'com.anthropic.sdk.typescript',
      attributes: { 'gen_ai.request.model': 'claude' },
    },
    fact: { dialect: 'anthropic-native', kind: 'other' },
  },
];

itReads('anthropic-native', CASES);
