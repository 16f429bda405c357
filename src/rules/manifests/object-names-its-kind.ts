import { posix } from 'node:path';
import { lineOf } from '../../engine/line-edit.ts';
import type { FileRule, JudgedFile, Problem } from '../../engine/rule.ts';
import {
  apiVersionsPublishedWith,
  publishedKindsIn,
  publishedVersions,
} from '../../manifests/custom-resources/published.ts';
import { apiVersionsWith, kindsServedIn } from '../../manifests/kubernetes/catalogue.ts';
import { isKustomizationPath } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import type { YamlDocument } from '../../manifests/yaml-document.ts';

const NO_VERSION =
  'A document of `{path}` has `kind: {objectKind}` and no `apiVersion`. Nobody can tell what it is, so that whatever deploys ' +
  'the file stops there.';
const ADD = 'Add `apiVersion: {elsewhere}`.';
const ADD_ONE_OF = 'Add `apiVersion:` with one of {elsewhere}.';

/** Files of Helm, which have an `apiVersion` of their own or say what somebody puts into objects. */
const OF_HELM = /^(?:Chart\.ya?ml|(?:[\w.-]+[-_.])?values(?:[-_.][\w.-]+)?\.ya?ml|index\.ya?ml)$/i;

export const objectNamesItsKind: FileRule = {
  scope: 'file',
  judge(file) {
    const name = posix.basename(file.path);
    if (file.yaml === null || file.template || OF_HELM.test(name) || isKustomizationPath(file.path))
      return [];
    return file.yaml.documents.flatMap((document) => judgeDocument(document, file));
  },
};

function judgeDocument(document: YamlDocument, file: JudgedFile): Problem[] {
  const { value } = document;
  if (!isRecord(value)) return [];
  const version = asText(value['apiVersion']);
  const kind = asText(value['kind']);
  if ((version === null) === (kind === null)) return [];
  if (version !== null) return isMeant(value, version) ? [withoutKind(document, version)] : [];
  return kind !== null && isRecord(value['metadata']) ? withoutVersion(document, kind, file) : [];
}

/** An API version that is known, of something that looks like an object. */
function isMeant(value: Readonly<Record<string, unknown>>, version: string): boolean {
  if (value['kind'] !== undefined && value['kind'] !== null && value['kind'] !== '') return false;
  const metadata = value['metadata'];
  if (!isRecord(metadata) || asText(metadata['name']) === null) return false;
  if (kindsServedIn(version).length > 0) return true;
  const [group = '', name = ''] = version.split('/');
  return publishedKindsIn(group).some((kind) => publishedVersions(group, kind)?.versions.includes(name));
}

function withoutKind(document: YamlDocument, version: string): Problem {
  const range = document.rangeOf(['apiVersion'], 'key');
  return { range, judged: document.value, values: { version } };
}

function withoutVersion(document: YamlDocument, kind: string, file: JudgedFile): Problem[] {
  const { value } = document;
  const written = isRecord(value) ? value['apiVersion'] : undefined;
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  if (written !== undefined && written !== null && written !== '') return [];
  if (!isRecord(metadata) || asText(metadata['name']) === null) return [];
  const versions = [...apiVersionsWith(kind), ...apiVersionsPublishedWith(kind)];
  const [only] = versions;
  if (only === undefined) return [];
  const range = document.rangeOf(['kind'], 'key');
  const line = lineOf(file, range.start.line) ?? '';
  const certain = versions.length === 1 && written === undefined && line.startsWith('kind:');
  return [
    {
      range,
      judged: value,
      message: NO_VERSION,
      remediation: versions.length === 1 ? ADD : ADD_ONE_OF,
      values: { objectKind: kind, elsewhere: versions.join(', ') },
      ...(certain ? { suggestion: insertedAbove(only, range.start.line, line) } : {}),
    },
  ];
}

function insertedAbove(version: string, line: number, text: string): Problem['suggestion'] & object {
  return { startLine: line, endLine: line, text: `apiVersion: ${version}\n${text}` };
}
