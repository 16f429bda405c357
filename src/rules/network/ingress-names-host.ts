import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';

const ANY =
  '{kind} `{name}` has a rule without a host, which answers to every name: a domain that somebody else points here gets this application.';
const WILDCARD =
  '{kind} `{name}` answers to every name under a domain, those of other applications too as long as they have no rule of their own.';
const DEFAULT =
  '{kind} `{name}` has a default backend, which answers to every name that no rule has, with this application.';
const NAME_HOST = 'Write the names that the application has under `host`, each in a rule of its own.';
const DROP = 'Remove `defaultBackend`, and write a rule with the host instead.';

export const ingressNamesHost: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    if (formOf(manifest, context) !== 'whole') return [];
    const backends = ['defaultBackend', 'backend'].filter((key) =>
      isRecord(valueAt(manifest.value, ['spec', key])),
    );
    return [
      ...listAt(manifest.value, ['spec', 'rules']).flatMap((rule, index) => hostProblems(rule, index)),
      ...backends.map((key) => ({
        pointer: ['spec', key],
        atKey: true,
        judged: key,
        message: DEFAULT,
        remediation: DROP,
      })),
    ];
  },
};

function hostProblems(rule: unknown, index: number): Problem[] {
  const host = isRecord(rule) ? rule['host'] : undefined;
  const pointer = ['spec', 'rules', String(index)];
  if (host === undefined || host === null || host === '' || host === '*')
    return [{ pointer, judged: host ?? null, message: ANY, remediation: NAME_HOST }];
  if (typeof host !== 'string' || !host.startsWith('*.')) return [];
  return [{ pointer: [...pointer, 'host'], judged: host, message: WILDCARD, remediation: NAME_HOST }];
}
