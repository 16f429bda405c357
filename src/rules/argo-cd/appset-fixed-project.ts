import type { ManifestRule } from '../../engine/rule.ts';
import { valueAt } from '../../manifests/workload.ts';
import { generatorsOf } from '../support/appset.ts';

const PROJECT = ['spec', 'template', 'spec', 'project'];
/** Whoever may write to what these read decides what they give. */
const FOREIGN: ReadonlySet<string> = new Set(['git', 'scmProvider', 'pullRequest', 'plugin']);

export const appsetFixedProject: ManifestRule = {
  scope: 'manifest',
  judge({ value }) {
    const project = valueAt(value, PROJECT);
    const foreign = generatorsOf(value).find(({ type }) => FOREIGN.has(type));
    if (typeof project !== 'string' || !project.includes('{{') || foreign === undefined) return [];
    return [{ pointer: PROJECT, judged: project, values: { generator: foreign.type } }];
  },
};
