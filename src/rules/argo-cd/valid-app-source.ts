import { asText, isRecord } from '../../manifests/manifest.ts';
import type { Problem } from '../../engine/rule.ts';
import { listAt } from '../../manifests/workload.ts';
import { applicationSpecs, isTemplated, sourcesOf, type Part } from '../support/argo-application.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

const ADVICE = 'Set `path` for a folder in Git, or `chart` and `targetRevision` for a Helm chart.';

export const validAppSource = ofWholeObjects((manifest) =>
  applicationSpecs(manifest).flatMap((spec) => {
    // A template patch may add what the template lacks.
    const complete = manifest.kind === 'Application' || !hasTemplatePatch(manifest.value);
    const sources = sourcesOf(spec);
    const refs = new Set(sources.flatMap(({ value }) => asText(value['ref']) ?? []));
    return [
      ...(complete ? missingSource(spec, sources) : []),
      ...ignoredSource(spec),
      ...sources.flatMap((source) => [
        ...sourceProblems(source, complete),
        ...unknownRefs(source, complete ? refs : null),
      ]),
    ];
  }),
);

function hasTemplatePatch(value: Readonly<Record<string, unknown>>): boolean {
  return isRecord(value['spec']) && value['spec']['templatePatch'] !== undefined;
}

function missingSource(spec: Part, sources: readonly Part[]): Problem[] {
  if (sources.length > 0 || spec.value['sourceHydrator'] !== undefined) return [];
  return [
    {
      pointer: spec.pointer,
      atKey: true,
      message: '{kind} `{name}` has neither `source` nor `sources`, so Argo CD has nothing to deploy.',
      remediation: 'Add `source` with a `repoURL` and a `path` or `chart`.',
    },
  ];
}

function ignoredSource(spec: Part): Problem[] {
  if (listAt(spec.value, ['sources']).length === 0 || !isRecord(spec.value['source'])) return [];
  return [
    {
      pointer: [...spec.pointer, 'source'],
      atKey: true,
      judged: spec.value['source'],
      message: '{kind} `{name}` has both `source` and `sources`. Argo CD ignores `source`.',
      remediation: 'Move it into `sources`, and remove `source`.',
    },
  ];
}

function sourceProblems({ pointer, value }: Part, complete: boolean): Problem[] {
  const has = (key: string): boolean => asText(value[key]) !== null;
  const path = asText(value['path']);
  const problems: Problem[] = [];
  if (has('chart') && path !== null) {
    problems.push({
      pointer: [...pointer, 'path'],
      atKey: true,
      judged: path,
      message:
        'A source of {kind} `{name}` has both `path` and `chart`. A source is either a folder in Git or a Helm chart.',
      remediation: 'Remove the one that is not meant.',
    });
  }
  if (path?.startsWith('/') === true) {
    problems.push({
      pointer: [...pointer, 'path'],
      judged: path,
      message: 'The `path` of {kind} `{name}` begins with a slash. Argo CD refuses an absolute path.',
      remediation: 'Write it from the root of the repository, without the slash.',
    });
  }
  if (!complete) return problems;
  if (!has('repoURL')) problems.push(lacking(pointer, 'repoURL', 'Add the address of the repository.'));
  if (!has('chart') && !has('path') && !has('ref')) {
    problems.push({
      pointer,
      atKey: true,
      message:
        'A source of {kind} `{name}` has neither `path` nor `chart`, so Argo CD does not know what to deploy.',
      remediation: ADVICE,
    });
  }
  if (has('chart') && !has('targetRevision')) {
    problems.push(
      lacking(pointer, 'targetRevision', 'Add the version of the chart, such as `targetRevision: 1.2.3`.'),
    );
  }
  return problems;
}

function lacking(pointer: Part['pointer'], field: string, remediation: string): Problem {
  return {
    pointer: [...pointer, field],
    values: { field },
    message: 'A source of {kind} `{name}` has no `{field}`. Argo CD refuses it.',
    remediation,
  };
}

/** `$values/prod.yaml` is a file of the source whose `ref` is `values`. */
function unknownRefs({ pointer, value }: Part, refs: ReadonlySet<string> | null): Problem[] {
  if (refs === null || !pointer.includes('sources')) return [];
  return listAt(value, ['helm', 'valueFiles']).flatMap((file, index): Problem[] => {
    const ref = typeof file === 'string' && !isTemplated(file) ? /^\$([\w-]+)\//.exec(file)?.[1] : undefined;
    if (ref === undefined || refs.has(ref) || ref.startsWith('ARGOCD_')) return [];
    return [
      {
        pointer: [...pointer, 'helm', 'valueFiles', String(index)],
        judged: file,
        values: { ref },
        message:
          '{kind} `{name}` takes a values file from `${ref}`, but no source has `ref: {ref}`. The sync fails.',
        remediation: 'Add the source with `ref: {ref}`, or correct the name.',
      },
    ];
  });
}
