import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { isNoLiteral } from '../../manifests/credentials/literal.ts';
import { kindOfSecretKey } from '../../manifests/credentials/secret-kind.ts';
import { exposedSecretsIn, templateDataOf } from '../../manifests/credentials/secret-objects.ts';
import { credentialsIn } from '../../manifests/credentials/walk.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { isSealedSecret, looksSealed, readSealedSecret } from '../../manifests/sealed-secret.ts';
import { adviceOn } from '../support/credential-advice.ts';
import { secretProblem } from '../support/secret-problems.ts';
import { sopsConfigFor, SOPS_CONFIG_GLOBS } from '../support/sops-context.ts';

const TEMPLATE =
  '{kind} `{name}` keeps `{key}` in plain text in its template: {what}. What a template holds is not encrypted, and ' +
  'anyone who can read this repository can read it.';

const UNSEALED =
  'SealedSecret `{name}` keeps `{key}` in plain text under `spec.encryptedData`: {what}. It was never sealed, and anyone who ' +
  'can read this repository can read it.';

/** Objects that stand for a Secret: only their template can hold a value, the rest is ciphertext or paths. */
const REFERENCE_GROUPS = new Set(['external-secrets.io', 'bitnami.com']);

export const noPlaintextSecret: ManifestRule = {
  scope: 'manifest',
  context: SOPS_CONFIG_GLOBS,
  judge(manifest, context) {
    if (REFERENCE_GROUPS.has(manifest.group)) {
      return [...unsealedProblems(manifest, context), ...templateProblems(manifest, context)];
    }
    if (holdsNoSecret(context)) return [];
    const usesSops = sopsConfigFor(manifest.path, context.snapshot) !== null;
    return exposedSecretsIn(manifest.value).map((one): Problem => ({
      ...secretProblem(one, { path: manifest.path, usesSops, kindOf: context.kindOf }),
      // A place within a text is named by the text and the key.
      pointer: one.inner === null ? one.place : [...one.place, one.field, one.key],
      atKey: true,
      ...(one.inner === null ? {} : { range: manifest.rangeWithin(one.place, one.inner) }),
    }));
  },
};

/** A Secret, a patch of one and a generator all need one of these words; only an escape could hide it. */
const WORDS = /Secret|stringData|secretGenerator|secretTemplates/;
const silent = new WeakMap<object, boolean>();

/** True when the file of a manifest cannot hold a Secret, as far as a look at its text tells. */
function holdsNoSecret({ file }: RuleContext): boolean {
  if (file === undefined || file.text === null) return false;
  let known = silent.get(file);
  if (known === undefined) silent.set(file, (known = !file.text.includes('\\') && !WORDS.test(file.text)));
  return known;
}

/** What stands among the sealed values without being sealed. */
function unsealedProblems(manifest: Manifest, { kindOf }: RuleContext): Problem[] {
  if (!isSealedSecret(manifest)) return [];
  const { values } = readSealedSecret(manifest);
  return [...values].flatMap(([key, value]): Problem[] => {
    if (looksSealed(value) || isNoLiteral(value)) return [];
    const one = { pointer: ['spec', 'encryptedData', key], field: 'stringData', key, value };
    const { what, rotate } = adviceOn(kindOfSecretKey(null, one), value, kindOf);
    return [
      {
        pointer: one.pointer,
        atKey: true,
        judged: value,
        message: UNSEALED,
        values: { key, what },
        remediation: `Rotate it ${rotate}. Then seal the new value: \`kubeseal --format yaml < secret.yaml\`.`,
      },
    ];
  });
}

function templateProblems(manifest: Manifest, { kindOf }: RuleContext): Problem[] {
  return templateDataOf(manifest).flatMap(({ pointer: root, value: data }) =>
    credentialsIn(data, 'setting').map(({ pointer, inner, key, kind, value }): Problem => {
      const { what, rotate } = adviceOn(kind, value, kindOf);
      const place = [...root, ...pointer];
      return {
        pointer: inner === null ? place : [...place, key],
        atKey: true,
        ...(inner === null ? {} : { range: manifest.rangeWithin(place, inner) }),
        judged: value,
        message: TEMPLATE,
        values: { key, what },
        remediation:
          manifest.group === 'bitnami.com'
            ? `Rotate it ${rotate}. Then seal it as well, so that it stands under \`spec.encryptedData\`.`
            : `Rotate it ${rotate}. Then put it into the store, and refer to it in the template: \`{{ .<key> }}\`.`,
      };
    }),
  );
}
