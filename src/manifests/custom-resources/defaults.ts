import { isRecord } from '../manifest.ts';
import { isTrue, nodeAt, own, type SchemaNode } from './schema-node.ts';

/**
 * The object as the API server sees it when it checks it: null counts as absent where the schema does not allow it, and
 * defaults stand where nothing was given.
 *
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable
 */
export function withDefaults(value: unknown, node: SchemaNode | null): unknown {
  if (node === null) return value;
  if (Array.isArray(value)) {
    const items = nodeAt(node, 'items');
    return items === null ? value : (value as unknown[]).map((item) => withDefaults(item, items));
  }
  return isRecord(value) ? fieldsWithDefaults(value, node) : value;
}

function fieldsWithDefaults(
  value: Readonly<Record<string, unknown>>,
  node: SchemaNode,
): Record<string, unknown> {
  const properties = nodeAt(node, 'properties');
  const others = nodeAt(node, 'additionalProperties');
  const complete: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    const field = (properties === null ? null : nodeAt(properties, name)) ?? others;
    // Null for a field that is not known is told as an unknown field.
    const known = field !== null || isTrue(node, 'x-kubernetes-preserve-unknown-fields');
    const absent = item === null && known && !isTrue(field ?? {}, 'nullable');
    if (!absent) complete.push([name, withDefaults(item, field)]);
    else if (field !== null && own(field, 'default') !== undefined) complete.push([name, defaultOf(field)]);
  }
  for (const [name, field] of Object.entries(properties ?? {})) {
    if (Object.hasOwn(value, name) || !isRecord(field) || own(field, 'default') === undefined) continue;
    complete.push([name, defaultOf(field)]);
  }
  return Object.fromEntries(complete);
}

const defaults = new WeakMap<SchemaNode, unknown>();

/** A default may lack fields that have defaults themselves. One value stands wherever the default does. */
function defaultOf(node: SchemaNode): unknown {
  if (!defaults.has(node)) defaults.set(node, withDefaults(own(node, 'default'), node));
  return defaults.get(node);
}
