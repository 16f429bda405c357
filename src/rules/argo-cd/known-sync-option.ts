import { nearestName } from '../../engine/document-schema.ts';
import { replaceInLine } from '../../engine/line-edit.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { listAt } from '../../manifests/workload.ts';
import { applicationSpecs, isTemplated } from '../support/argo-application.ts';

const SWITCH = ['true', 'false'];
// https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
const OPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ApplyOutOfSyncOnly', SWITCH],
  ['ClientSideApplyMigration', SWITCH],
  ['CreateNamespace', SWITCH],
  ['Delete', ['false', 'confirm', 'true']],
  ['FailOnSharedResource', SWITCH],
  ['Force', SWITCH],
  ['Prune', ['false', 'confirm', 'true']],
  ['PruneLast', SWITCH],
  ['PrunePropagationPolicy', ['foreground', 'background', 'orphan']],
  ['Replace', SWITCH],
  ['RespectIgnoreDifferences', SWITCH],
  ['ServerSideApply', SWITCH],
  ['SkipDryRunOnMissingResource', SWITCH],
  ['Validate', SWITCH],
]);

export const knownSyncOption: ManifestRule = {
  scope: 'manifest',
  judge: (manifest, context) =>
    applicationSpecs(manifest).flatMap(({ pointer, value }) =>
      listAt(value, ['syncPolicy', 'syncOptions']).flatMap((option, index) =>
        typeof option === 'string' && !isTemplated(option)
          ? problemsOf(option).map((problem) => {
              const place = [...pointer, 'syncPolicy', 'syncOptions', String(index)];
              const { option: wrong = '', near } = problem.values ?? {};
              const edit = near === undefined ? {} : replaceInLine(manifest, context, place, wrong, near);
              return { ...problem, pointer: place, judged: option, ...edit };
            })
          : [],
      ),
    ),
};

function problemsOf(option: string): Problem[] {
  const [name = '', value, ...rest] = option.split('=');
  const allowed = OPTIONS.get(name);
  if (allowed === undefined) {
    const near = nearestName(name, [...OPTIONS.keys()]);
    return [
      near === null
        ? { values: { option: name } }
        : { values: { option: name, near }, remediation: 'Did you mean `{near}`?' },
    ];
  }
  if (value !== undefined && rest.length === 0 && allowed.includes(value)) return [];
  return [
    {
      values: { option: name },
      message:
        'The sync option `{option}` of {kind} `{name}` has a value that Argo CD does not know, and is ignored.',
      remediation: `Write \`{option}=\` and one of ${allowed.map((one) => `\`${one}\``).join(', ')}.`,
    },
  ];
}
