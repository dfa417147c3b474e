// The table of routes without a service, for pages that are made from it.

import type { Readers } from '../keys/readers.ts';
import type { Stages } from '../stages.ts';
import type { Route } from './route.ts';
import { createRoutes } from './routes.ts';

/** Whatever is asked of it is it again: routes need a service when they answer, and not before. */
const NO_SERVICE: unknown = new Proxy(() => undefined, {
  get: () => NO_SERVICE,
  apply: () => NO_SERVICE,
});

export function routeList(): readonly Pick<Route, 'method' | 'path' | 'meaning' | 'answers'>[] {
  return createRoutes(NO_SERVICE as Stages, NO_SERVICE as Readers);
}
