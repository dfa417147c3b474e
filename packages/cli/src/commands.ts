// Every command, in the order of the help.

import type { Command } from './command.ts';
import { accountCommand } from './commands/account.ts';
import { alertsCommand } from './commands/alerts.ts';
import { auditCommand } from './commands/audit.ts';
import { budgetsCommand } from './commands/budgets.ts';
import { debugAgentCommand } from './commands/debug-agent.ts';
import { completionCommand } from './commands/completion.ts';
import { combinationsCommand } from './commands/combinations.ts';
import { deleteCommand } from './commands/delete.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { errorsCommand } from './commands/errors.ts';
import {
  chainCommand,
  interactionsCommand,
  timelineCommand,
  viewExecutionCommand,
} from './commands/execution-details.ts';
import { executionsCommand, failedCommand, slowCommand } from './commands/executions.ts';
import { explainCommand } from './commands/explain.ts';
import { generationsCommand } from './commands/generations.ts';
import { forecastCommand } from './commands/forecast.ts';
import { keysCommand } from './commands/keys.ts';
import { periodsCommand } from './commands/periods.ts';
import { poorResponsesCommand } from './commands/poor-responses.ts';
import { pricesCommand } from './commands/prices.ts';
import { readersCommand } from './commands/readers.ts';
import { recostCommand } from './commands/recost.ts';
import { reportCommand } from './commands/report.ts';
import { sqlCommand } from './commands/sql.ts';
import { tailCommand } from './commands/tail.ts';
import { toolsCommand } from './commands/tools.ts';
import { traceCommand } from './commands/trace.ts';
import { trackingStatsCommand } from './commands/tracking-stats.ts';
import { wasteCommand } from './commands/waste.ts';
import { upCommand } from './commands/up.ts';
import { verifyCommand } from './commands/verify.ts';

export const COMMANDS: readonly Command[] = [
  demoCommand,
  upCommand,
  reportCommand,
  executionsCommand,
  failedCommand,
  slowCommand,
  errorsCommand,
  viewExecutionCommand,
  timelineCommand,
  chainCommand,
  interactionsCommand,
  trackingStatsCommand,
  tailCommand,
  traceCommand,
  explainCommand,
  poorResponsesCommand,
  debugAgentCommand,
  wasteCommand,
  accountCommand,
  pricesCommand,
  recostCommand,
  periodsCommand,
  alertsCommand,
  budgetsCommand,
  combinationsCommand,
  forecastCommand,
  verifyCommand,
  deleteCommand,
  generationsCommand,
  toolsCommand,
  sqlCommand,
  keysCommand,
  auditCommand,
  readersCommand,
  doctorCommand,
  completionCommand(() => COMMANDS),
];
