import type { FileRule, JudgedFile, Problem } from '../../engine/rule.ts';
import { isKustomizationPath } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';

/** What takes the place of each field, and whether the name alone changes. */
const REPLACEMENTS: Readonly<Record<string, { field: string; rename: boolean; advice: string }>> = {
  bases: {
    field: 'resources',
    rename: true,
    advice: 'Move its entries to `resources`: folders and files stand there side by side.',
  },
  imageTags: {
    field: 'images',
    rename: true,
    advice: 'Rename it to `images`; the entries stay as they are.',
  },
  patchesStrategicMerge: {
    field: 'patches',
    rename: false,
    advice: 'Write each entry under `patches`: a file as `- path: FILE`, a patch itself as `- patch: |-`.',
  },
  patchesJson6902: {
    field: 'patches',
    rename: true,
    advice: 'Rename it to `patches`; the entries stay as they are.',
  },
  commonLabels: {
    field: 'labels',
    rename: false,
    advice:
      'Write `labels: [{pairs: {…}, includeSelectors: true}]`, or leave `includeSelectors` out where the selectors of what is ' +
      'deployed already need not change.',
  },
  vars: {
    field: 'replacements',
    rename: false,
    advice: 'Use `replacements`, which copies a field into others and checks that both are there.',
  },
  helmChartInflationGenerator: {
    field: 'helmCharts',
    rename: false,
    advice: 'Use `helmCharts` together with `helmGlobals`.',
  },
};

export const kustomizationDeprecatedField: FileRule = {
  scope: 'file',
  judge(file) {
    const value = file.yaml?.documents[0]?.value;
    if (!isKustomizationPath(file.path) || file.template || !isRecord(value)) return [];
    return Object.entries(REPLACEMENTS).flatMap(([old, { field, rename, advice }]): Problem[] => {
      if (value[old] === undefined || value[old] === null) return [];
      return [
        {
          pointer: [old],
          atKey: true,
          judged: old,
          remediation: advice,
          values: { field },
          ...(rename && value[field] === undefined ? renamed(file, old, field) : {}),
        },
      ];
    });
  },
};

/** The line of the key with the other name, when nothing but the key decides where it stands. */
function renamed(file: JudgedFile, old: string, field: string): Pick<Problem, 'suggestion'> {
  const line = file.yaml?.documents[0]?.rangeOf([old], 'key').start.line;
  const text = line === undefined ? undefined : file.text?.split('\n')[line - 1];
  if (line === undefined || text?.startsWith(`${old}:`) !== true) return {};
  return {
    suggestion: { startLine: line, endLine: line, text: (field + text.slice(old.length)).replace(/\r$/, '') },
  };
}
