// The door of the exporter: the service, in this process.

export type { Bound } from './limits/bound.ts';
export { BOUNDS } from './limits/bounds.ts';
export { isLoopback, readConfig, type Config, type Environment } from './settings/config.ts';
export { startExporter, type Exporter } from './exporter.ts';
export { makeKey, type MadeKey } from './keys/keys.ts';
export { METRICS, type MetricEntry, type MetricName } from './metrics/metric-list.ts';
export { routeList } from './routes/route-list.ts';
export { SETTINGS, type SettingName } from './settings/settings.ts';
