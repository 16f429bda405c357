import { posix } from 'node:path';
import type { FileVersion, Snapshot } from '../../engine/change.ts';
import { openFile } from '../../engine/judged-file.ts';
import type { JudgedFile, Problem, RepositoryRule } from '../../engine/rule.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { isSealedSecret, opensAs, readSealedSecret, type Sealed } from '../../manifests/sealed-secret.ts';
import { shellWord } from '../support/shell.ts';

const COPIED =
  'SealedSecret `{name}` has the same ciphertext as `{was}` in `{other}`, with another {what}. A value is bound to what it was ' +
  'sealed for, so the controller can decrypt only one of the two.';

interface Copy extends Sealed {
  readonly manifest: Manifest;
}

export const sealedSecretScopeChanged: RepositoryRule = {
  scope: 'repository',
  // A copy of a sealed value may stand anywhere; only names that speak of secrets are worth the search.
  widen: (path) =>
    /seal|secret/i.test(path) && /\.(?:ya?ml|json)$/i.test(path)
      ? { under: '', containing: 'SealedSecret' }
      : null,
  judge(files, { snapshot, history = [] }) {
    const copies = copiesIn(files, snapshot);
    const known = byValue(
      history
        .filter(mentionsSealing)
        .flatMap((version) => sealedIn(openFile(version.path, version, snapshot).file)),
    );
    const current = byValue(copies);
    return copies.flatMap((copy) => problemOf(copy, known, current) ?? []);
  },
};

function problemOf(
  copy: Copy,
  known: ReadonlyMap<string, readonly Copy[]>,
  current: ReadonlyMap<string, readonly Copy[]>,
): Problem | null {
  for (const value of copy.values.values()) {
    const before = known.get(value) ?? [];
    if (before.some((one) => opensAs(one, copy))) continue;
    const was = before[0];
    if (was !== undefined) return changed(copy, was);
    const twin = current.get(value)?.find((one) => !opensAs(one, copy));
    if (twin !== undefined) return copied(copy, twin);
  }
  return null;
}

function changed(copy: Copy, was: Copy): Problem {
  return { ...about(copy, was), ...mend(copy) };
}

function copied(copy: Copy, twin: Copy): Problem {
  const problem = about(copy, twin);
  return {
    ...problem,
    ...mend(copy),
    message: COPIED,
    values: { ...problem.values, other: twin.manifest.path },
    related: [
      {
        message: 'the other copy',
        location: { path: twin.manifest.path, range: twin.manifest.rangeOf(['metadata']) },
      },
    ],
  };
}

function about(copy: Copy, was: Copy): Problem & { readonly values: Record<string, string> } {
  const { what, pointer } = difference(copy, was);
  return {
    path: copy.manifest.path,
    range: copy.manifest.rangeOf(pointer),
    judged: [...copy.values.values(), copy.scope, copy.namespace, copy.name],
    values: { name: labelOf(copy), was: labelOf(was), what },
  };
}

function mend(copy: Copy): Pick<Problem, 'remediation'> {
  const scope = copy.scope === 'strict' ? '' : `--scope ${copy.scope} `;
  return {
    remediation: `Seal the values anew: \`kubeseal ${scope}--format yaml < secret.yaml > ${shellWord(copy.manifest.path)}\`.`,
  };
}

function difference(copy: Sealed, was: Sealed): { what: string; pointer: Pointer } {
  if (copy.scope !== was.scope) return { what: 'scope', pointer: ['metadata', 'annotations'] };
  if (copy.scope === 'strict' && copy.name !== was.name && copy.name !== null && was.name !== null) {
    return { what: 'name', pointer: ['metadata', 'name'] };
  }
  return { what: 'namespace', pointer: ['metadata', 'namespace'] };
}

function labelOf({ scope, namespace, name }: Sealed): string {
  const full = namespace === null ? (name ?? '(unnamed)') : `${namespace}/${name ?? '(unnamed)'}`;
  return scope === 'strict' ? full : `${full} (${scope})`;
}

function byValue(copies: readonly Copy[]): Map<string, Copy[]> {
  const index = new Map<string, Copy[]>();
  for (const copy of copies) {
    for (const value of copy.values.values()) {
      const there = index.get(value);
      if (there === undefined) index.set(value, [copy]);
      else there.push(copy);
    }
  }
  return index;
}

function copiesIn(files: ReadonlyMap<string, () => JudgedFile>, snapshot: Snapshot): Copy[] {
  return [...files].flatMap(([path, open]) => {
    const version = snapshot.files.get(path);
    return version !== undefined && mentionsSealing(version) ? sealedIn(open()) : [];
  });
}

function mentionsSealing({ path, content }: FileVersion): boolean {
  return (
    content !== null &&
    /^\.(?:ya?ml|json)$/i.test(posix.extname(path)) &&
    Buffer.from(content).includes('SealedSecret')
  );
}

function sealedIn(file: JudgedFile): Copy[] {
  return file.manifests
    .filter(isSealedSecret)
    .map((manifest) => ({ ...readSealedSecret(manifest), manifest }));
}
