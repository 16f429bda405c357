import { builtInModel } from '../kubernetes/catalogue.ts';
import type { Constraint, Field, Schema, Shape } from '../kubernetes/schema.ts';
import { isRecord } from '../manifest.ts';
import type { Conditions } from './conditions.ts';
import { isTrue, namesAt, nodeAt, nodesAt, own, textAt, type SchemaNode } from './schema-node.ts';
import { identity } from './value-tests.ts';

export interface StructuralOptions {
  readonly conditions: Conditions;
  /** `preserveUnknownFields` of the definition: nothing is unknown. */
  readonly keepUnknown: boolean;
}

const TEXT: Schema = { type: 'string', format: 'text', allowed: null };

/**
 * An `openAPIV3Schema` in the form that objects are checked against. Nodes are read when a value needs them, so that
 * what nobody uses costs nothing.
 *
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function rootSchema(node: SchemaNode, options: StructuralOptions): Schema {
  return partSchema({ ...node, type: 'object', 'x-kubernetes-embedded-resource': true }, options);
}

/** A schema within another. */
export function partSchema(node: SchemaNode, options: StructuralOptions): Schema {
  const constraints: Constraint[] = [options.conditions.constraintOf(node)];
  if (textAt(node, 'type') === 'array') constraints.push(...listConstraints(node));
  constraints.push(...keyConstraints(node));
  return { ...shapeOf(node, options), nullable: isTrue(node, 'nullable'), constraints };
}

function shapeOf(node: SchemaNode, options: StructuralOptions): Shape {
  if (isTrue(node, 'x-kubernetes-int-or-string')) return { type: 'int-or-string' };
  switch (textAt(node, 'type')) {
    case 'object':
      return objectShape(node, options);
    case 'array': {
      const items = nodeAt(node, 'items');
      return { type: 'list', items: items === null ? { type: 'any' } : partSchema(items, options) };
    }
    case 'string':
      return { type: 'string', format: 'text', allowed: null };
    case 'integer':
      return { type: 'integer' };
    case 'number':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    default:
      return { type: 'any' };
  }
}

function objectShape(node: SchemaNode, options: StructuralOptions): Shape {
  const others = own(node, 'additionalProperties');
  if (isRecord(others)) return { type: 'map', values: partSchema(others, options) };
  if (others === true) return { type: 'map', values: { type: 'any' } };
  let fields: ReadonlyMap<string, Field> | null = null;
  return {
    type: 'object',
    open: options.keepUnknown || isTrue(node, 'x-kubernetes-preserve-unknown-fields'),
    fields: () => (fields ??= fieldsOf(node, options)),
  };
}

function fieldsOf(node: SchemaNode, options: StructuralOptions): ReadonlyMap<string, Field> {
  const required = new Set(namesAt(node, 'required'));
  const fields = new Map<string, Field>(
    nodesAt(node, 'properties').map(([name, field]) => [
      name,
      { schema: partSchema(field, options), required: required.has(name) },
    ]),
  );
  if (isTrue(node, 'x-kubernetes-embedded-resource')) addResourceFields(node, fields, options);
  return fields;
}

/** What every object has, whether its schema says so or not. */
function addResourceFields(
  node: SchemaNode,
  fields: Map<string, Field>,
  { conditions }: StructuralOptions,
): void {
  const restricted = nodeAt(nodeAt(node, 'properties') ?? {}, 'metadata');
  const name = nodeAt(nodeAt(restricted ?? {}, 'properties') ?? {}, 'name');
  const constraints = name === null ? [] : [onName(conditions.constraintOf(name))];
  fields.set('apiVersion', { schema: TEXT, required: true });
  fields.set('kind', { schema: TEXT, required: true });
  fields.set('metadata', {
    schema: { ...builtInModel('V1ObjectMeta'), constraints },
    required: fields.get('metadata')?.required ?? false,
  });
}

function onName(constraint: Constraint): Constraint {
  return (metadata) =>
    isRecord(metadata) && typeof metadata['name'] === 'string'
      ? constraint(metadata['name']).map((violation) => ({ ...violation, below: ['name'] }))
      : [];
}

/** A schema may require a field that it does not describe. */
function keyConstraints(node: SchemaNode): Constraint[] {
  const described = nodeAt(node, 'properties') ?? {};
  const others = namesAt(node, 'required').filter((name) => !Object.hasOwn(described, name));
  return others.map(
    (name) => (map) =>
      isRecord(map) && !Object.hasOwn(map, name) ? [{ wanted: `a map with \`${name}\``, whole: true }] : [],
  );
}

function listConstraints(node: SchemaNode): Constraint[] {
  const items = nodeAt(node, 'items');
  const constraints: Constraint[] = [];
  if (items !== null && textAt(items, 'type') !== '' && !isTrue(items, 'nullable')) constraints.push(noNulls);
  const keys = namesAt(node, 'x-kubernetes-list-map-keys');
  const type = textAt(node, 'x-kubernetes-list-type');
  if (type === 'set')
    constraints.push(unique((item) => identity(item), 'different from every item before it'));
  if (type === 'map' && keys.length > 0) {
    const names = keys.map((key) => `\`${key}\``).join(' and ');
    const keyOf = (item: unknown): string | null =>
      isRecord(item) ? JSON.stringify(keys.map((key) => identity(own(item, key) ?? null))) : null;
    constraints.push(unique(keyOf, `different from every item before it in ${names}`));
  }
  return constraints;
}

const noNulls: Constraint = (list) =>
  (list as readonly unknown[]).flatMap((item, index) =>
    item === null ? [{ wanted: 'a value and not null', below: [String(index)] }] : [],
  );

function unique(keyOf: (item: unknown) => string | null, wanted: string): Constraint {
  return (list) => {
    const seen = new Set<string>();
    return (list as readonly unknown[]).flatMap((item, index) => {
      const key = keyOf(item);
      if (key === null) return [];
      const again = seen.has(key);
      seen.add(key);
      return again ? [{ wanted, below: [String(index)] }] : [];
    });
  };
}
