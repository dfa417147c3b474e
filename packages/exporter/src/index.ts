// The door of the exporter: the service, in this process.

export type { Bound } from './bound.ts';
export { BOUNDS } from './bounds.ts';
export { isLoopback, readConfig, type Config, type Environment } from './config.ts';
export { startExporter, type Exporter } from './exporter.ts';
export { makeKey, type MadeKey } from './keys.ts';
export { METRICS, type MetricEntry, type MetricName } from './metric-list.ts';
export { SETTINGS, type SettingName } from './settings.ts';
