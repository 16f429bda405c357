import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';
import { listAt } from '../../manifests/workload.ts';
import { isTemplated } from '../support/argo-application.ts';

const ADDRESSES = ['url', 'apiURL', 'apiUrl', 'baseURL', 'serverUrl'];
const PLAIN = /^http:\/\/(?!localhost\b|127\.|[\w.-]+\.svc(?:\.[\w.-]+)?(?:[:/]|$))/i;
const CREDENTIAL_HEADER = /^(?:proxy-)?authorization$|token|api-?key|secret/i;

interface Fault {
  readonly pointer: Pointer;
  readonly judged: unknown;
  readonly message: string;
  readonly remediation: string;
}

export const argocdSafeNotifications: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const { name, value } = manifest;
    if (name !== 'argocd-notifications-cm' || !isRecord(value['data'])) return [];
    return Object.entries(value['data']).flatMap(([key, text]) =>
      key.startsWith('service.') && typeof text === 'string' ? problemsIn(manifest, ['data', key], text) : [],
    );
  },
};

function problemsIn(manifest: Manifest, pointer: Pointer, text: string): Problem[] {
  const document = parseYaml(manifest.path, text).documents[0];
  const service = document?.value;
  if (document === undefined || !isRecord(service)) return [];
  return [...addressFaults(service), ...headerFaults(service)].map(({ pointer: inner, ...fault }) => ({
    ...fault,
    pointer,
    range: manifest.rangeWithin(pointer, document.rangeOf(inner)),
    values: { service: String(pointer.at(-1)) },
  }));
}

function addressFaults(service: Readonly<Record<string, unknown>>): Fault[] {
  const plain = ADDRESSES.filter((key) => typeof service[key] === 'string' && PLAIN.test(service[key])).map(
    (key) => ({
      pointer: [key],
      judged: service[key],
      message:
        '`{service}` of ConfigMap `{name}` sends notifications over plain HTTP. Whoever sits on the way reads them, and the token ' +
        'that goes with them.',
      remediation: 'Use `https://`.',
    }),
  );
  const unchecked = ['insecureSkipVerify', 'insecure_skip_verify'].filter((key) => service[key] === true);
  return [
    ...plain,
    ...unchecked.map((key) => ({
      pointer: [key],
      judged: true,
      message:
        '`{service}` of ConfigMap `{name}` does not check the certificate of the server that it writes to.',
      remediation: 'Remove `insecureSkipVerify`.',
    })),
  ];
}

/** A value that stands for a key of `argocd-notifications-secret` begins with `$`. */
function headerFaults(service: Readonly<Record<string, unknown>>): Fault[] {
  return listAt(service, ['headers']).flatMap((header, index) => {
    if (!isRecord(header)) return [];
    const { name, value } = header;
    const literal =
      typeof name === 'string' &&
      CREDENTIAL_HEADER.test(name) &&
      typeof value === 'string' &&
      value !== '' &&
      !value.includes('$') &&
      !isTemplated(value);
    return literal
      ? [
          {
            pointer: ['headers', String(index), 'value'],
            judged: value,
            message:
              '`{service}` of ConfigMap `{name}` holds a credential in plain text in a header. Everybody who can read the ' +
              'repository or the ConfigMap has it.',
            remediation:
              'Rotate it, put it into the Secret `argocd-notifications-secret`, and write `$key` here, with the name of its key.',
          },
        ]
      : [];
  });
}
