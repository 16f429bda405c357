import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { credentialsIn } from '../../manifests/credentials/walk.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { adviceOn } from '../support/credential-advice.ts';

/** Objects that hold references and patterns, or values under a rule of their own. */
const OTHER_GROUPS = new Set([
  'external-secrets.io',
  'generators.external-secrets.io',
  'bitnami.com',
  'secrets.hashicorp.com',
  'secrets-store.csi.x-k8s.io',
  'apiextensions.k8s.io',
  'kyverno.io',
  'templates.gatekeeper.sh',
  'admissionregistration.k8s.io',
]);

const IN_A_SECRET =
  'put it into a Secret that is encrypted (SOPS, a SealedSecret) or filled from a store (an ExternalSecret)';

export const noCredentialInManifest: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { kindOf }) {
    if (OTHER_GROUPS.has(manifest.group) || (manifest.kind === 'Secret' && manifest.group === '')) return [];
    return credentialsIn(valueOf(manifest), useIn(manifest)).map(
      ({ pointer, inner, key, kind, value }): Problem => {
        const { what, rotate } = adviceOn(kind, value, kindOf);
        return {
          pointer: inner === null ? pointer : [...pointer, key],
          atKey: true,
          ...(inner === null ? {} : { range: manifest.rangeWithin(pointer, inner) }),
          judged: value,
          values: { what, setting: key === '' ? lastName(pointer) : key },
          remediation: `Rotate it ${rotate}. Then ${mend(manifest, pointer)}`,
        };
      },
    );
  },
};

/** A ConfigMap holds settings; fields of other objects as often name a Secret. */
function useIn({ kind, group }: Manifest): 'setting' | 'field' {
  return (kind === 'ConfigMap' || kind === 'Config') && group === '' ? 'setting' : 'field';
}

/** What the cluster reports is no setting. */
function valueOf({ value }: Manifest): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'status'));
}

function lastName(pointer: Pointer): string {
  return pointer.findLast((step) => !/^\d+$/.test(step)) ?? '';
}

function mend(manifest: Manifest, pointer: Pointer): string {
  const { kind } = manifest;
  if (pointer.includes('env')) {
    return `${IN_A_SECRET}, and take it from there: \`valueFrom: {secretKeyRef: {name: …, key: …}}\` instead of \`value\`.`;
  }
  if (pointer.includes('args') || pointer.includes('command')) {
    return `${IN_A_SECRET}, set it as an environment variable with \`secretKeyRef\`, and write \`$(NAME)\` in the arguments.`;
  }
  if (kind === 'ConfigMap')
    return `${IN_A_SECRET}, and mount or refer to that Secret instead of the ConfigMap.`;
  if (kind === 'HelmRelease') {
    return `${IN_A_SECRET}, and refer to it under \`spec.valuesFrom\` (\`kind: Secret\`, \`valuesKey\`, \`targetPath\`).`;
  }
  if (kind === 'Application' || kind === 'ApplicationSet') {
    return `${IN_A_SECRET} and name that Secret in the chart's values (often \`existingSecret\`), or use a values file that helm-secrets decrypts (\`secrets://…\`).`;
  }
  if (kind === 'Config')
    return 'take the file out of the repository; it belongs on the machine of the person or into a Secret.';
  return `${IN_A_SECRET}, and refer to it by name.`;
}
