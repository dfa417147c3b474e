// `spanledger up`: the service with its own ClickHouse, in the foreground, until Ctrl-C.

import type { Command } from '../command.ts';
import {
  CLICKHOUSE_OPTION,
  DATA_OPTION,
  exporterEnvironment,
  HOST_OPTION,
  PORT_OPTION,
  WORKERS_OPTION,
} from '../exporter-options.ts';
import { loadExporter } from '../optional.ts';
import { renderPlaces } from '../places.ts';
import { withProgress } from '../progress.ts';
import { listenForSignals, untilAborted } from '../signals.ts';

export const upCommand: Command = {
  name: 'up',
  summary: 'Start the service with its own ClickHouse and keep it in the foreground',
  arguments: [],
  options: [PORT_OPTION, HOST_OPTION, DATA_OPTION, CLICKHOUSE_OPTION, WORKERS_OPTION],
  example: 'spanledger up --port 4318 --data .spanledger',
  run: async ({ terminal, settings, env }, _, options) => {
    const { readConfig, startExporter } = await loadExporter();
    const config = readConfig(exporterEnvironment(env, options));
    const signals = listenForSignals();
    const exporter = await withProgress(terminal, 'starting the service', () =>
      startExporter(config),
    );
    const places = {
      url: exporter.url,
      clickhouse_url: exporter.clickhouse_url,
      play_url: exporter.play_url,
      data_dir: config.clickhouse.url === '' ? config.data_dir : null,
    };
    terminal.print(settings.json ? JSON.stringify(places) : renderPlaces(terminal, places));
    if (!settings.json) terminal.note(terminal.paint('quiet', '\nCtrl-C stops it.'));
    await untilAborted(signals.asked);
    await withProgress(terminal, 'stopping: what was accepted is being stored', () =>
      exporter.stop(),
    );
    signals.release();
    return 'ok';
  },
};
