import type { Problem, RuleContext } from '../../engine/rule.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { replaceInLine } from '../../engine/line-edit.ts';

const USE = 'Use `{replacement}`.';
const USE_AND_ADAPT =
  'Use `{replacement}`, and adapt the fields that changed: `kubectl convert -f {path} --output-version {replacement}`.';
const USE_AND_READ =
  'Use `{replacement}`, and adapt the fields that changed: see the notes on the upgrade of {project}.';
const USE_KIND = 'Write an object of the kind `{otherKind}` of `{replacement}` instead.';
const NO_REPLACEMENT = 'There is no replacement under this name: remove it.';

/** What to write in the place of an API version. */
export interface Replacement {
  /** Null when there is none. */
  readonly replacement: string | null;
  /** True when nothing but the version has to be edited. */
  readonly renamed: boolean;
  /** Another kind that takes the place of this one; null when it keeps its name. */
  readonly otherKind?: string | null;
  /** Of a custom resource: whose it is. */
  readonly project?: string;
}

export function versionProblem(manifest: Manifest, parts: Omit<Problem, 'pointer' | 'judged'>): Problem {
  const { apiVersion, kind } = manifest;
  return {
    pointer: ['apiVersion'],
    judged: [apiVersion, kind],
    ...parts,
    values: { apiVersion, ...parts.values },
  };
}

/** The problem with how to mend it: a suggestion where nothing but the version changes. */
export function replaced(
  manifest: Manifest,
  context: RuleContext,
  { replacement, renamed, otherKind = null, project }: Replacement,
  parts: Pick<Problem, 'message' | 'values' | 'severity'>,
): Problem {
  const adapt = otherKind !== null ? USE_KIND : project === undefined ? USE_AND_ADAPT : USE_AND_READ;
  return versionProblem(manifest, {
    ...parts,
    remediation: replacement === null ? NO_REPLACEMENT : renamed ? USE : adapt,
    values: {
      ...parts.values,
      replacement: replacement ?? '',
      otherKind: otherKind ?? '',
      project: project ?? '',
    },
    ...(renamed && replacement !== null
      ? replaceInLine(manifest, context, ['apiVersion'], manifest.apiVersion, replacement)
      : {}),
  });
}
