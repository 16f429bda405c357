import { formOf } from '../../engine/object-form.ts';
import { compilePattern } from '../../engine/re2.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import {
  readDefinition,
  type DefinedVersion,
  type Definition,
} from '../../manifests/custom-resources/definition.ts';
import { boundedPatterns } from '../../manifests/custom-resources/pattern.ts';
import {
  MAX_SCHEMA_NODES,
  schemaFaults,
  TooManySchemas,
} from '../../manifests/custom-resources/schema-faults.ts';
import { TooMuchWork } from '../../manifests/custom-resources/work.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { valueAt } from '../../manifests/workload.ts';
import { customTypesOf, DEFINITION_KINDS } from '../support/custom-types.ts';

const FAULT =
  '`{pointer}` of the CustomResourceDefinition `{name}` {fault}. The server refuses the definition as it is.';
const NO_SCHEMA =
  'Version `{version}` of the CustomResourceDefinition `{name}` has no `schema.openAPIV3Schema`, which the server requires.';
const ADD_SCHEMA =
  'Describe the fields; `type: object` with `x-kubernetes-preserve-unknown-fields: true` takes anything.';
const WRONG_NAME =
  'The CustomResourceDefinition `{name}` must be named `{wanted}`, after its plural and its group: the server refuses it.';
const RENAME = 'Correct `metadata.name`, `spec.names.plural` or `spec.group`.';
const STORED =
  'The CustomResourceDefinition `{name}` stores its objects in {count} of its versions, and the server requires one.';
const STORE_ONE = 'Write `storage: true` in one version and `storage: false` in the others.';
const KEEPS_UNKNOWN =
  'The CustomResourceDefinition `{name}` has `preserveUnknownFields: true`, which the server refuses in a new definition.';
const KEEPS_UNKNOWN_BETA =
  'The CustomResourceDefinition `{name}` keeps unknown fields, so a misspelt one is stored and has no effect, and nobody is told.';
const PRUNE =
  'Write `preserveUnknownFields: false`; `x-kubernetes-preserve-unknown-fields` opens single fields.';
const TOO_LARGE =
  'The schema of version `{version}` in the CustomResourceDefinition `{name}` was not read to its end, because it has more ' +
  'than {limit} parts or takes too much work. Its objects may be wrong without being told.';
const SHORTEN = 'Shorten it.';

export const validCustomResourceDefinition: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEFINITION_KINDS,
  judge(manifest, context) {
    if (formOf(manifest, context) !== 'whole') return [];
    const definition = readDefinition(manifest);
    if (definition === null) return [];
    if (manifest.version === 'v1beta1')
      return definition.keepsUnknown ? [keepsUnknown(KEEPS_UNKNOWN_BETA, 'warning')] : [];
    const { checker } = customTypesOf(context.objects);
    return [
      ...(definition.keepsUnknown ? [keepsUnknown(KEEPS_UNKNOWN, 'error')] : []),
      ...nameProblems(manifest, definition),
      ...storageProblems(definition),
      ...definition.versions.flatMap((version) =>
        versionProblems(manifest, version, (value, node) => checker.checkPart(value, node)),
      ),
    ];
  },
};

function keepsUnknown(message: string, severity: 'error' | 'warning'): Problem {
  return {
    pointer: ['spec', 'preserveUnknownFields'],
    atKey: true,
    judged: true,
    severity,
    message,
    remediation: PRUNE,
  };
}

function nameProblems({ name }: Manifest, { plural, group }: Definition): Problem[] {
  const wanted = `${plural}.${group}`;
  if (name === null || plural === '' || name === wanted) return [];
  return [
    {
      pointer: ['metadata', 'name'],
      judged: name,
      message: WRONG_NAME,
      remediation: RENAME,
      values: { wanted },
    },
  ];
}

function storageProblems({ versions }: Definition): Problem[] {
  const stored = versions.filter((version) => version.stored);
  if (stored.length === 1) return [];
  const count = stored.length === 0 ? 'none' : String(stored.length);
  return [
    {
      pointer: ['spec', 'versions'],
      atKey: true,
      judged: count,
      message: STORED,
      remediation: STORE_ONE,
      values: { count },
    },
  ];
}

const patterns = boundedPatterns((source) => compilePattern(source));

function versionProblems(
  manifest: Manifest,
  { name, pointer, schema, schemaPointer }: DefinedVersion,
  checkPart: Parameters<typeof schemaFaults>[2],
): Problem[] {
  const values = { version: name, limit: MAX_SCHEMA_NODES.toLocaleString('en') };
  if (schema === null) {
    return [{ pointer, judged: null, message: NO_SCHEMA, remediation: ADD_SCHEMA, values }];
  }
  try {
    return schemaFaults(schema, patterns, checkPart).map(({ pointer: below, fault }) => {
      const place: Pointer = [...schemaPointer, ...below];
      return {
        pointer: place,
        atKey: true,
        judged: valueAt(manifest.value, place) ?? null,
        message: FAULT,
        values: { fault },
      };
    });
  } catch (error) {
    if (!(error instanceof TooManySchemas || error instanceof TooMuchWork)) throw error;
    return [{ pointer: schemaPointer, atKey: true, message: TOO_LARGE, remediation: SHORTEN, values }];
  }
}
