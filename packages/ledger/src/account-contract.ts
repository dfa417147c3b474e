// The account as JSON: its keys are a contract with everybody who scripts against them.

export interface AccountTokens {
  input_total: number | null;
  input_uncached: number | null;
  cache_read: number | null;
  cache_write: number | null;
  output_total: number | null;
  reasoning: number | null;
}

export interface AccountCall {
  trace_id: string;
  span_id: string;
  signal: string;
  dialect: string;
  role: string;
  counted: boolean;
  rule: string;
  kind: string;
  provider: string;
  request_model: string;
  response_model: string;
  agent: string | null;
  operation: string;
  status: 'ok' | 'error';
  tokens: AccountTokens;
  usage_reason: string | null;
  cost_usd: string | null;
  cost_reason: string | null;
}

export interface AccountTool {
  span_id: string;
  name: string;
  agent: string | null;
  status: 'ok' | 'error';
  duration_ms: number;
}

export interface AccountAgent {
  span_id: string;
  name: string;
  /** The name of the agent above. */
  parent: string | null;
  status: 'ok' | 'error';
  calls: number;
  tokens: AccountTokens;
  cost_usd: string | null;
}

export interface AccountMetric {
  service: string;
  scope: string;
  provider: string;
  model: string;
  tokens: AccountTokens;
  reported_cost_usd: string | null;
  usage_reason: 'metric_only';
  doubts: readonly string[];
}

export interface Account {
  calls: AccountCall[];
  tools: AccountTool[];
  agents: AccountAgent[];
  totals: AccountTokens & { calls: number; cost_usd: string | null };
  coverage: {
    calls: number;
    with_usage: number;
    priced: number;
    /** Why something is not known, or contradicts itself: calls, sums or traces by code. */
    reasons: Record<string, number>;
  };
  /**
   * What metrics tell of services that told no usage in spans or logs: sums without calls, which are
   * not in the totals. Left out where there is nothing.
   */
  metric_only?: AccountMetric[];
  /** What was sent and is in none of the above, by reason; left out where there is nothing. */
  refused?: Refused;
}

export type Refused = Partial<
  Record<'spans' | 'logs' | 'points' | 'entries', Record<string, number>>
>;
