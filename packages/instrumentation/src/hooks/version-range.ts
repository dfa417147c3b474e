// Whether a version lies in a range of npm's: CommonJS without types, hence by `require`.

import { createRequire } from 'node:module';

type Satisfies = (version: string, range: string) => boolean;

export const satisfies: Satisfies = createRequire(import.meta.url)('semifies') as Satisfies;
