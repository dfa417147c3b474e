// When two records can tell of the same call: times that touch, a model in common.

import type { Fact } from '../fact.ts';
import type { Node } from './forest.ts';

/** Clocks and batching within a service move an edge by this much at most. */
export const WITHIN_SERVICE_NS = 10e6;
/** Clocks of different services differ by this much at most. */
export const BETWEEN_SERVICES_NS = 60e9;
/** How many open candidates are looked at: a cap against streams made to cost time. */
export const CANDIDATES_MAX = 64;

/** Whether two records overlap, give or take what clocks may differ. */
export function overlap(a: Node, b: Node): boolean {
  const same = a.fact.service_name === b.fact.service_name;
  const slack = same ? WITHIN_SERVICE_NS : BETWEEN_SERVICES_NS;
  return a.start <= b.end + slack && b.start <= a.end + slack;
}

/** A model in common, whatever prefix a gateway put before it. */
export function shareModel(a: readonly string[], b: readonly string[]): boolean {
  return a.some((model) => b.includes(model));
}

export function modelsOf(fact: Fact): readonly string[] {
  const names = [fact.request_model, fact.response_model].filter((name) => name !== '');
  return [...new Set(names.map(bareModel))];
}

/** `eu.vendor.` before a model: a region and a vendor, in words without a digit’s dash. */
const REGION_AND_VENDOR = /^(?:[a-z]{2,7}\.)?[a-z][a-z0-9]{1,11}\.(?=[a-z])/;

function bareModel(name: string): string {
  const model = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return model.replace(REGION_AND_VENDOR, '');
}
