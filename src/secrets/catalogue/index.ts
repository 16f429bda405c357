import { BUSINESS, GENERAL } from './business.ts';
import { CLOUD } from './cloud.ts';
import { CODE_HOSTING } from './code-hosting.ts';
import { DATA_AND_AI } from './data-and-ai.ts';
import type { Kind } from './kind.ts';
import { MESSAGING } from './messaging.ts';

export type { Kind, KindLevel } from './kind.ts';

/** Every kind of credential that is looked for, by its id. */
export const KINDS: ReadonlyMap<string, Kind> = new Map(
  [...CODE_HOSTING, ...CLOUD, ...DATA_AND_AI, ...MESSAGING, ...BUSINESS, ...GENERAL].map((kind) => [
    kind.id,
    kind,
  ]),
);

/**
 * Kinds that gitleaks finds by patterns and gitops-warden by structure: rules that read the object say more than a
 * pattern over its text.
 */
export const STRUCTURAL_KINDS: ReadonlyMap<string, string> = new Map([
  ['kubernetes-secret-yaml', 'no-plaintext-secret'],
]);
