import { posix } from 'node:path';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { exposedSecretsIn } from '../../manifests/credentials/secret-objects.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { isSealedSecret } from '../../manifests/sealed-secret.ts';
import { shellWord } from '../support/shell.ts';
import { isSecret } from '../support/sops-demand.ts';

export const noPlainSecretBesideSealedSecret: RepositoryRule = {
  scope: 'repository',
  widen: (path) =>
    /secret/i.test(path) && /\.(?:ya?ml|json)$/i.test(path) && posix.dirname(path) !== '.'
      ? { under: posix.dirname(path), containing: 'SealedSecret' }
      : null,
  judge(files, { snapshot }) {
    // Only what has the word is parsed: of all the files of a repository, few have.
    const manifestsWith = (word: RegExp): Manifest[] =>
      [...files].flatMap(([path, open]) => {
        const content = snapshot.files.get(path)?.content ?? null;
        return content !== null && /\.(?:ya?ml|json)$/i.test(path) && word.test(latin1(content))
          ? open().manifests
          : [];
      });
    const sealed = manifestsWith(/SealedSecret/).filter(isSealedSecret);
    if (sealed.length === 0) return [];
    return manifestsWith(/\bSecret(?:List)?\b/)
      .filter(isSecret)
      .flatMap((secret) => {
        const twin = sealed.find((one) => isTwin(secret, one));
        return twin === undefined ? [] : exposedIn(secret, twin);
      });
  },
};

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

function exposedIn(secret: Manifest, twin: Manifest): Problem[] {
  const name = secret.namespace === null ? (secret.name ?? '') : `${secret.namespace}/${secret.name ?? ''}`;
  return exposedSecretsIn(secret.value).map(({ place, key, value }) => ({
    path: secret.path,
    range: secret.rangeOf(place, 'key'),
    judged: value,
    values: { name, key, sealed: twin.path },
    remediation:
      `Rotate it, seal the new value (\`kubeseal --format yaml < secret.yaml > ${shellWord(twin.path)}\`), and delete ` +
      `the Secret from \`{path}\`.`,
    related: [
      {
        message: 'the SealedSecret',
        location: { path: twin.path, range: twin.rangeOf(['metadata', 'name']) },
      },
    ],
  }));
}

/** The same name, in the same namespace or, where that is not written, the same folder. */
function isTwin(secret: Manifest, sealed: Manifest): boolean {
  if (secret.name === null || secret.name !== sealed.name) return false;
  if (secret.namespace !== null && sealed.namespace !== null) return secret.namespace === sealed.namespace;
  return posix.dirname(secret.path) === posix.dirname(sealed.path);
}
