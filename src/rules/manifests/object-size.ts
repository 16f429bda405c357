import type { ManifestRule, Problem } from '../../engine/rule.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { decodedBytes, isSmall, jsonBytes, mapBytes } from '../support/object-weight.ts';

const KIB = 1024;
const MIB = KIB * KIB;
/** `TotalAnnotationSizeLimitB` and `MaxSecretSize` of the API server; etcd's `--max-request-bytes`. */
const MAX_ANNOTATIONS = 256 * KIB;
const MAX_DATA = MIB;
const MAX_REQUEST = 1.5 * MIB;

const ANNOTATIONS =
  'The annotations of {kind} `{name}` take {size} together, and the API server takes 256 KiB: it refuses the object.';
const ANNOTATIONS_MEND = 'Move what is long into a ConfigMap.';
const DATA = '{kind} `{name}` holds {size} of data, and the API server takes 1 MiB: it refuses the object.';

export const objectSize: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { file }) {
    if (isSmall(file)) return [];
    return [...annotationProblems(manifest), ...dataProblems(manifest)];
  },
};

function annotationProblems({ value }: Manifest): Problem[] {
  const size = mapBytes(valueAt(value, ['metadata', 'annotations']), true);
  if (size <= MAX_ANNOTATIONS) return [];
  const pointer = ['metadata', 'annotations'];
  return [
    {
      pointer,
      atKey: true,
      judged: size,
      message: ANNOTATIONS,
      remediation: ANNOTATIONS_MEND,
      values: { size: kib(size) },
    },
  ];
}

function dataProblems({ value, kind, group }: Manifest): Problem[] {
  const pointer = ['metadata', 'name'];
  if (group === '' && (kind === 'ConfigMap' || kind === 'Secret')) {
    const plain = mapBytes(value[kind === 'Secret' ? 'stringData' : 'data']);
    const size = plain + decodedBytes(value[kind === 'Secret' ? 'data' : 'binaryData']);
    if (size > MAX_DATA) return [{ pointer, judged: size, message: DATA, values: { size: kib(size) } }];
  }
  const size = jsonBytes(value);
  return size > MAX_REQUEST ? [{ pointer, judged: size, values: { size: kib(size) } }] : [];
}

function kib(bytes: number): string {
  return `${String(Math.ceil(bytes / KIB))} KiB`;
}
