// Wires the service, listens, and stops in reverse order: refuse, drain, settle, roll up, close.

import { randomUUID } from 'node:crypto';
import { Block, bundledPriceBook } from '@spanledger/ledger';
import { openStore } from '@spanledger/store';
import { createApp } from './app.ts';
import { ArenaPool } from './arena.ts';
import { openClickHouse } from './clickhouse-source.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { DirtyTraces } from './dirty-traces.ts';
import { Grouper } from './group.ts';
import { Health } from './health.ts';
import { createLogger, type Logger } from './log.ts';
import { Metrics } from './metrics.ts';
import { runJob, takeRequest } from './pipeline.ts';
