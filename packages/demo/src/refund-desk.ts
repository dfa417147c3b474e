// What the demo's agent knows: its tools as the model sees them, its capabilities, its handbook.

import type { Tool } from '@anthropic-ai/sdk/resources/messages';

export const TOOLS: Tool[] = [
  {
    name: 'load_capability',
    description: 'Load a capability to get its instructions. There is one: refunds.',
    input_schema: {
      type: 'object',
      properties: { id: { type: 'string', description: 'The capability to load.' } },
      required: ['id'],
    },
  },
  {
    name: 'lookup_refund_policy',
    description: 'Look up the refund policy for an order.',
    input_schema: {
      type: 'object',
      properties: { order_id: { type: 'string' } },
      required: ['order_id'],
    },
  },
];

export const SKILLS: Readonly<Record<string, string>> = {
  refunds: 'Use the refund policy tool before answering refund questions.',
};

export const HANDBOOK = `You answer from this handbook and say nothing that is not in it.

Refunds. An order may be sent back within 30 days of delivery, in any condition that lets it be
sold again. The whole price is paid back the way it was paid, within five working days of the
parcel's arrival. Postage back is free when the fault is ours and 4.90 EUR when it is not.

Exceptions. Orders above 500 EUR, orders that are a gift, and the third return within a month are
decided by a person. Food, seeds and anything made to measure cannot be sent back.

Tone. Say yes first when the answer is yes. Never promise a date that the handbook does not name.`;
