// What the replay server answers, in order: one line per request that the agent program makes.

/** Answer with a recording. */
export interface ServeStep {
  readonly recording: string;
  /** Send so many events of the stream, then wait for the client to go away. */
  readonly hold_after_events?: number;
}

/** Answer the next request for this path and model with a failure of the provider's making. */
export interface FailStep {
  readonly path: string;
  readonly model: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Step = ServeStep | FailStep;

export const AGENT_SCRIPT: readonly Step[] = [
  { recording: 'planner-embeds' },
  {
    path: '/v1/messages',
    model: 'claude-sonnet-4-5',
    status: 429,
    headers: { 'retry-after-ms': '40' },
    body: {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
    },
  },
  { recording: 'planner-loads-skill' },
  { recording: 'planner-looks-up-policy' },
  { recording: 'tool-condenses-handbook' },
  { recording: 'planner-answers' },
  { recording: 'writer-outlines' },
  { recording: 'writer-drafts' },
  { recording: 'writer-subject' },
  { recording: 'writer-second-subject', hold_after_events: 5 },
];
