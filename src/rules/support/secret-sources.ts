import type { IndexedObject } from '../../engine/object-index.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';

/** Kinds of which controllers make Secrets, and where the name of the Secret stands in each. */
const SOURCES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  AzureKeyVaultSecret: [['spec', 'output', 'secret', 'name']],
  BitwardenSecret: [['spec', 'secretName']],
  Certificate: [['spec', 'secretName']],
  ClusterExternalSecret: [
    ['spec', 'externalSecretName'],
    ['spec', 'externalSecretSpec', 'target', 'name'],
  ],
  ClusterIssuer: [['spec', 'acme', 'privateKeySecretRef', 'name']],
  DopplerSecret: [['spec', 'managedSecret', 'name']],
  ExternalSecret: [['spec', 'target', 'name']],
  InfisicalSecret: [['spec', 'managedSecretReference', 'secretName']],
  Issuer: [['spec', 'acme', 'privateKeySecretRef', 'name']],
  OnePasswordItem: [],
  SealedSecret: [['spec', 'template', 'metadata', 'name']],
  Secret: [],
  SopsSecret: [],
  VaultDynamicSecret: [['spec', 'destination', 'name']],
  VaultPKISecret: [['spec', 'destination', 'name']],
  VaultStaticSecret: [['spec', 'destination', 'name']],
};
/** These name a Secret in their spec and make none of their own name. */
const NOT_THEIR_OWN: ReadonlySet<string> = new Set(['Certificate', 'ClusterIssuer', 'Issuer']);

export const SECRET_SOURCE_KINDS: readonly string[] = [
  ...Object.keys(SOURCES),
  'Ingress',
  'SecretProviderClass',
  'Service',
];

/** The names of the Secrets that exist because of an object. */
export function secretsOf({ kind, name, value }: IndexedObject): string[] {
  if (kind === 'SopsSecret') return namesIn(listAt(value, ['spec', 'secretTemplates']), 'name');
  if (kind === 'SecretProviderClass') return namesIn(listAt(value, ['spec', 'secretObjects']), 'secretName');
  // cert-manager fills what an annotated Ingress names; OpenShift what a Service asks for.
  if (kind === 'Ingress') return namesIn(listAt(value, ['spec', 'tls']), 'secretName');
  if (kind === 'Service') {
    const annotations = valueAt(value, ['metadata', 'annotations']);
    return isRecord(annotations)
      ? Object.entries(annotations).flatMap(([key, text]) =>
          key.endsWith('serving-cert-secret-name') ? (asText(text) ?? []) : [],
        )
      : [];
  }
  const places = Object.hasOwn(SOURCES, kind) ? SOURCES[kind] : undefined;
  if (places === undefined) return [];
  const named = places.flatMap((pointer) => asText(valueAt(value, pointer)) ?? []);
  return NOT_THEIR_OWN.has(kind) || name === null ? named : [name, ...named];
}

function namesIn(list: readonly unknown[], key: string): string[] {
  return list.flatMap((item) => (isRecord(item) ? (asText(item[key]) ?? []) : []));
}
