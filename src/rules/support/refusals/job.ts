import { isRecord, type Manifest } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { itemsOf, knownText, numberOutside, wholeNumber, type Fields, type Refusal } from './refusal.ts';

const COUNTS = [
  'parallelism',
  'completions',
  'backoffLimit',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'ttlSecondsAfterFinished',
];

/** https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/apis/batch/validation/validation.go, of a Job or of what a CronJob makes. */
export function jobRefusals({ kind, value }: Manifest): Refusal[] {
  const pointer = kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec'];
  const spec = valueAt(value, pointer);
  if (!isRecord(spec)) return [];
  return [
    ...COUNTS.flatMap((field) => numberOutside(spec[field], [0, Infinity], [...pointer, field])),
    ...numberOutside(spec['activeDeadlineSeconds'], [1, Infinity], [...pointer, 'activeDeadlineSeconds']),
    ...indexRefusals(spec, pointer),
    ...policyRefusals(spec, pointer),
  ];
}

function indexRefusals(spec: Fields, pointer: Pointer): Refusal[] {
  const isIndexed = spec['completionMode'] === 'Indexed';
  if (!isIndexed) {
    const mode = spec['completionMode'];
    if (mode !== undefined && mode !== null && mode !== 'NonIndexed') return [];
    return ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy']
      .filter((field) => spec[field] !== undefined && spec[field] !== null)
      .map((field) => ({
        pointer: [...pointer, field],
        atKey: true,
        fact: 'is given, and only a Job with `completionMode: Indexed` has it',
        mend: 'Set `completionMode: Indexed`, or take it out.',
        missing: 'completionMode',
      }));
  }
  const completions = wholeNumber(spec['completions']);
  const failed = wholeNumber(spec['maxFailedIndexes']);
  if (completions === null || failed === null || failed <= completions) return [];
  const fact = 'is more than there are `completions`';
  return [{ pointer: [...pointer, 'maxFailedIndexes'], fact, mend: 'Correct one of the two.' }];
}

function policyRefusals(spec: Fields, pointer: Pointer): Refusal[] {
  const policy = spec['podFailurePolicy'];
  if (!isRecord(policy)) return [];
  const refusals: Refusal[] = [];
  if (valueAt(spec, ['template', 'spec', 'restartPolicy']) === 'OnFailure') {
    const at = [...pointer, 'template', 'spec', 'restartPolicy'];
    const fact = 'is `OnFailure`, and a `podFailurePolicy` needs `Never`';
    refusals.push({ pointer: at, fact, mend: 'Set `restartPolicy: Never`.' });
  }
  if (spec['podReplacementPolicy'] === 'TerminatingOrFailed') {
    const at = [...pointer, 'podReplacementPolicy'];
    const fact = 'is not `Failed`, and beside a `podFailurePolicy` it takes nothing else';
    refusals.push({ pointer: at, fact, mend: 'Set `podReplacementPolicy: Failed`, or take it out.' });
  }
  const names = ['initContainers', 'containers'].flatMap((list) =>
    itemsOf(valueAt(spec, ['template', 'spec', list]), []).map((one) => knownText(one.value['name'])),
  );
  const rules = itemsOf(policy['rules'], [...pointer, 'podFailurePolicy', 'rules']);
  return [...refusals, ...rules.flatMap((rule) => ruleRefusals(rule, spec, names))];
}

function ruleRefusals(
  { pointer, value }: { pointer: Pointer; value: Fields },
  spec: Fields,
  names: readonly (string | null)[],
): Refusal[] {
  const refusals: Refusal[] = [];
  if (value['action'] === 'FailIndex' && (spec['backoffLimitPerIndex'] ?? null) === null) {
    const fact = 'is `FailIndex`, which needs `backoffLimitPerIndex`';
    const mend = 'Add `backoffLimitPerIndex` to the Job.';
    refusals.push({ pointer: [...pointer, 'action'], fact, mend, missing: 'backoffLimitPerIndex' });
  }
  const codes = value['onExitCodes'];
  if (!isRecord(codes)) return refusals;
  const at = [...pointer, 'onExitCodes'];
  const container = knownText(codes['containerName']);
  if (container !== null && container !== '' && names.length > 0 && !names.includes(container)) {
    const fact = 'is no container of the pod';
    const mend = 'Write the name of one of its containers.';
    refusals.push({ pointer: [...at, 'containerName'], fact, mend, missing: 'containers' });
  }
  const zero = Array.isArray(codes['values']) ? (codes['values'] as unknown[]).indexOf(0) : -1;
  if (codes['operator'] === 'In' && zero >= 0) {
    const fact = 'is 0, which is no failure';
    refusals.push({ pointer: [...at, 'values', String(zero)], fact, mend: 'Take it out.' });
  }
  return refusals;
}
