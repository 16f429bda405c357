import { asText, isRecord } from '../manifest.ts';
import type { Pointer } from '../position.ts';
import { isTrue, nodeAt, own, textAt, type SchemaNode } from './schema-node.ts';

export const DEFINITION_GROUP = 'apiextensions.k8s.io';
export const DEFINITION_KIND = 'CustomResourceDefinition';

/** One version of a kind, as its CustomResourceDefinition describes it. */
export interface DefinedVersion {
  readonly name: string;
  readonly served: boolean;
  /** Objects are stored in this version. */
  readonly stored: boolean;
  readonly deprecated: boolean;
  /** What the definition itself says of the deprecation; null when it says nothing. */
  readonly deprecationWarning: string | null;
  /** The `openAPIV3Schema`; null when there is none. */
  readonly schema: SchemaNode | null;
  /** Way to the version, from the root of the definition. */
  readonly pointer: Pointer;
  /** Way to the schema, or to where it would stand. */
  readonly schemaPointer: Pointer;
}

/** A CustomResourceDefinition, of `apiextensions.k8s.io/v1` or `v1beta1`. */
export interface Definition {
  readonly path: string;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** `preserveUnknownFields`: the server keeps fields that the schema does not know. */
  readonly keepsUnknown: boolean;
  readonly versions: readonly DefinedVersion[];
}

/** The parts of an object that say what it is. */
export interface DefinitionObject {
  readonly path: string;
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export function isDefinition({ group, kind }: Pick<DefinitionObject, 'group' | 'kind'>): boolean {
  return group === DEFINITION_GROUP && kind === DEFINITION_KIND;
}

/** Null when the object is no definition, or only a part of one, as patches are. */
export function readDefinition(object: DefinitionObject): Definition | null {
  const spec = nodeAt(object.value, 'spec');
  if (!isDefinition(object) || spec === null) return null;
  const names = nodeAt(spec, 'names') ?? {};
  const group = asText(spec['group']);
  const kind = asText(names['kind']);
  const versions = versionsOf(spec);
  if (group === null || kind === null || versions.length === 0) return null;
  const old = object.apiVersion.endsWith('/v1beta1');
  return {
    path: object.path,
    group,
    kind,
    plural: textAt(names, 'plural'),
    keepsUnknown: old ? own(spec, 'preserveUnknownFields') !== false : isTrue(spec, 'preserveUnknownFields'),
    versions,
  };
}

function versionsOf(spec: SchemaNode): DefinedVersion[] {
  const general = nodeAt(nodeAt(spec, 'validation') ?? {}, 'openAPIV3Schema');
  const listed = own(spec, 'versions');
  if (!Array.isArray(listed)) {
    // v1beta1 with one version for all.
    const name = textAt(spec, 'version');
    if (name === '') return [];
    const only = { name, served: true, storage: true };
    return [versionOf(only, ['spec', 'version'], general)];
  }
  return (listed as unknown[]).flatMap((item, index) =>
    isRecord(item) && textAt(item, 'name') !== ''
      ? [versionOf(item, ['spec', 'versions', String(index)], general)]
      : [],
  );
}

function versionOf(item: SchemaNode, pointer: Pointer, general: SchemaNode | null): DefinedVersion {
  const ownSchema = nodeAt(nodeAt(item, 'schema') ?? {}, 'openAPIV3Schema');
  return {
    name: textAt(item, 'name'),
    served: isTrue(item, 'served'),
    stored: isTrue(item, 'storage'),
    deprecated: isTrue(item, 'deprecated'),
    deprecationWarning: asText(item['deprecationWarning']),
    schema: ownSchema ?? general,
    pointer,
    schemaPointer:
      ownSchema === null && general !== null
        ? ['spec', 'validation', 'openAPIV3Schema']
        : [...pointer, 'schema', 'openAPIV3Schema'],
  };
}
