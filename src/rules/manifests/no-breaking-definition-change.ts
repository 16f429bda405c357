import type { Snapshot } from '../../engine/change.ts';
import { openFile } from '../../engine/judged-file.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { narrowings } from '../../manifests/custom-resources/breaking-changes.ts';
import {
  DEFINITION_KIND,
  readDefinition,
  type DefinedVersion,
  type Definition,
} from '../../manifests/custom-resources/definition.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { DEFINITION_KINDS } from '../support/custom-types.ts';

const STORED_GONE =
  'The CustomResourceDefinition `{name}` has no version `{version}` any more, in which the cluster stores the objects that ' +
  'exist: the server refuses the definition.';
const KEEP_STORED =
  'Keep it with `served: false` and `storage: false`, migrate the stored objects, take the version out of ' +
  '`status.storedVersions`, and remove it then.';
const NOT_SERVED =
  'Version `{version}` of the CustomResourceDefinition `{name}` is not served any more. Whatever still names it, in this ' +
  'repository or elsewhere, gets the answer that there is no such kind.';
const MARK_FIRST =
  'Mark it with `deprecated: true` first, and stop serving it when nobody names it any more.';
const NARROWER =
  '`{pointer}` in the CustomResourceDefinition `{name}` {what}, in the version `{version}` that exists already. Objects that ' +
  'do not fit cannot be changed any more, and their syncs fail.';
const NEW_VERSION = 'Give the field a default or leave it optional, or make a new version with a conversion.';

export const noBreakingDefinitionChange: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEFINITION_KINDS,
  judge(manifest, context) {
    const { base } = context;
    if (base === null || base === undefined || formOf(manifest, context) !== 'whole') return [];
    const after = readDefinition(manifest);
    const before = after === null ? null : earlierOf(after, base, context);
    if (after === null || before === null) return [];
    return before.versions.flatMap((version) => changesOf(version, after));
  },
};

function changesOf(before: DefinedVersion, definition: Definition): Problem[] {
  const version = before.name;
  const after = definition.versions.find(({ name }) => name === version);
  const about = { pointer: ['spec', 'versions'], atKey: true, judged: version, values: { version } } as const;
  if (after === undefined && before.stored) {
    return [{ ...about, severity: 'error', message: STORED_GONE, remediation: KEEP_STORED }];
  }
  if (before.served && after?.served !== true) {
    return [
      { ...about, pointer: after?.pointer ?? about.pointer, message: NOT_SERVED, remediation: MARK_FIRST },
    ];
  }
  if (!before.served || before.schema === null || after === undefined || after.schema === null) return [];
  return narrowings(before.schema, after.schema).map(({ pointer, what }) => ({
    pointer: [...after.schemaPointer, ...pointer],
    atKey: true,
    judged: what,
    message: NARROWER,
    remediation: NEW_VERSION,
    values: { version, what },
  }));
}

const known = new WeakMap<Snapshot, Map<string, readonly Definition[]>>();

/** The same definition on the base: in the same file, or wherever it stood alone. */
function earlierOf(after: Definition, base: Snapshot, { renamedFrom }: RuleContext): Definition | null {
  const key = `${after.group}/${after.kind}`;
  const cache = known.get(base) ?? new Map<string, readonly Definition[]>();
  known.set(base, cache);
  let all = cache.get(key);
  if (all === undefined) {
    all = definitionsIn(base, after);
    cache.set(key, all);
  }
  const path = renamedFrom?.get(after.path) ?? after.path;
  return all.find((one) => one.path === path) ?? (all.length === 1 ? (all[0] ?? null) : null);
}

function definitionsIn(base: Snapshot, { group, kind }: Definition): Definition[] {
  return [...base.files.values()].flatMap((version) => {
    const text = version.content === null ? null : Buffer.from(version.content);
    if (text?.includes(DEFINITION_KIND) !== true || !text.includes(group)) return [];
    return openFile(version.path, version, base)
      .file.manifests.map(readDefinition)
      .filter((one) => one !== null)
      .filter((one) => one.group === group && one.kind === kind);
  });
}
