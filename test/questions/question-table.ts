// Which commands, SQL files and panels answer what a route answers. A test fails when a route that asks
// something, or a file with a question, is in no row.

export interface Ways {
  /** As the command line calls them. */
  readonly commands: readonly string[];
  /** Files of `packages/store/questions/`, without their ending. */
  readonly sql: readonly string[];
  /** Titles of Grafana's panels. */
  readonly panels?: readonly string[];
}

const EXECUTION = ['find_execution', 'executions', 'model_calls', 'span_details', 'span_content'];
const SPENT = ['spending', 'spending_of_users'];
const BY_DAY = ['spending_by_day', 'spending_of_users_by_day'];
const OVER_TIME = ['Spend', 'Tokens', 'Calls', 'Errors'].flatMap((one) => [
  one,
  `${one} by agent`,
  `${one} by model`,
]);

export const QUESTION_WAYS: Readonly<Record<string, Ways>> = {
  'GET /api/v1/usage': {
    commands: ['report'],
    sql: ['usage', 'usage_over_time', 'totals', 'metric_usage'],
    panels: [...OVER_TIME.filter((title) => title !== 'Tokens'), 'Input tokens', 'Output tokens'],
  },
  'GET /api/v1/coverage': {
    commands: ['report', 'doctor'],
    sql: ['coverage'],
    panels: ['Coverage', 'Priced', 'What is doubted', 'Why tokens or cost are unknown'],
  },
  'GET /api/v1/traces/:trace_id': {
    commands: ['trace'],
    sql: ['trace_rows', 'trace_executions'],
  },
  'GET /api/v1/explain/:trace_id': { commands: ['explain'], sql: ['trace_facts'] },
  'GET /api/v1/freshness': { commands: ['doctor'], sql: ['freshness', 'recent_traces'] },
  'GET /api/v1/alerts': { commands: ['alerts'], sql: ['usage', 'usage_over_time', 'tools_called'] },
  'GET /api/v1/alerts/rules': { commands: ['alerts'], sql: [] },
  'GET /api/v1/audit': { commands: ['audit'], sql: [] },
  'GET /api/v1/budgets': { commands: ['budgets'], sql: SPENT },
  'GET /api/v1/budgets/check': { commands: [], sql: SPENT },
  'GET /api/v1/forecast': { commands: ['forecast'], sql: BY_DAY },
  'GET /api/v1/generations': { commands: ['generations'], sql: ['generations'] },
  'GET /api/v1/generations/:id': {
    commands: ['generations'],
    sql: ['generations', 'generation_content'],
  },
  'GET /api/v1/generations-by-user': { commands: ['generations'], sql: ['generations_by_user'] },
  'GET /api/v1/generations-by-day': { commands: ['generations'], sql: ['generations_by_day'] },
  'GET /api/v1/tools': {
    commands: ['tools'],
    sql: ['tool_sets', 'tool_set_content', 'tools_called'],
  },
  'GET /api/v1/tools/combinations': { commands: ['combinations'], sql: ['tool_combinations'] },
  'GET /api/v1/metrics': { commands: [], sql: ['usage'] },
  'GET /api/v1/tool-requests': { commands: ['tools'], sql: ['tool_requests'] },
  'POST /api/v1/count-tokens': { commands: [], sql: ['tool_result_sizes'] },
  'GET /api/v1/quality': { commands: ['poor-responses'], sql: ['quality'] },
  'GET /api/v1/quality/poor': { commands: ['poor-responses'], sql: ['poor_answers'] },
  'GET /api/v1/waste': { commands: ['waste'], sql: ['waste'] },
  'GET /api/v1/why': { commands: ['debug-agent'], sql: ['why_conversation', 'why_habits'] },
  'GET /api/v1/executions': {
    commands: ['executions', 'failed', 'slow'],
    sql: ['executions', 'model_calls', 'recent_runs'],
  },
  'GET /api/v1/executions/live': { commands: ['tail'], sql: ['executions'] },
  'GET /api/v1/errors': { commands: ['errors'], sql: ['error_groups'] },
  'GET /api/v1/tracking-stats': { commands: ['tracking-stats'], sql: ['execution_summary'] },
  'GET /api/v1/executions/:execution_id': {
    commands: ['view-execution', 'interactions'],
    sql: [...EXECUTION, 'execution_events'],
  },
  'GET /api/v1/executions/:execution_id/timeline': {
    commands: ['timeline'],
    sql: ['find_execution', 'execution_events'],
  },
  'GET /api/v1/executions/:execution_id/chain': {
    commands: ['chain'],
    sql: ['find_execution', 'executions', 'span_content'],
  },
  'GET /execution-logs/executions': {
    commands: ['executions'],
    sql: ['executions', 'model_calls', 'span_details'],
  },
  'GET /execution-logs/llm-calls': { commands: ['interactions'], sql: ['model_calls'] },
  'GET /execution-logs/analytics/summary': {
    commands: ['tracking-stats'],
    sql: ['execution_summary', 'usage'],
  },
  'GET /execution-logs/executions/:execution_id': {
    commands: ['view-execution'],
    sql: EXECUTION,
  },
  'GET /api/v1/verify': { commands: ['verify'], sql: [] },
  'GET /api/v1/prices': { commands: ['prices'], sql: [] },
  'GET /api/v1/unpriced': { commands: ['prices'], sql: ['unpriced'] },
  'GET /api/v1/periods': { commands: ['periods'], sql: ['frozen_months', 'month_sums'] },
  'GET /api/v1/bill': { commands: ['report'], sql: ['billed', 'adjustments'] },
  'GET /api/v1/deletions': { commands: ['delete'], sql: [] },
  'GET /api/v1/keys': { commands: ['keys'], sql: [] },
  'POST /api/v1/sql': { commands: ['sql'], sql: [] },
};

/** Files that only what is told by hand asks, before it is stored. */
export const NOT_FOR_PEOPLE: readonly string[] = ['run_place', 'run_start'];
