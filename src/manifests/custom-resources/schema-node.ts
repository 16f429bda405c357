import { isRecord } from '../manifest.ts';

/** One schema in an `openAPIV3Schema`, as it is written. */
export type SchemaNode = Readonly<Record<string, unknown>>;

export function nodeAt(node: SchemaNode, key: string): SchemaNode | null {
  const value = own(node, key);
  return isRecord(value) ? value : null;
}

/** The schemas of a map, such as `properties`. */
export function nodesAt(node: SchemaNode, key: string): [string, SchemaNode][] {
  return Object.entries(nodeAt(node, key) ?? {}).filter((entry): entry is [string, SchemaNode] =>
    isRecord(entry[1]),
  );
}

/** The schemas of a list, such as `anyOf`. */
export function branchesAt(node: SchemaNode, key: string): SchemaNode[] {
  const value = own(node, key);
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : [];
}

export function namesAt(node: SchemaNode, key: string): string[] {
  const value = own(node, key);
  return Array.isArray(value) ? (value as unknown[]).filter((item) => typeof item === 'string') : [];
}

export function numberAt(node: SchemaNode, key: string): number | null {
  const value = own(node, key);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

export function textAt(node: SchemaNode, key: string): string {
  const value = own(node, key);
  return typeof value === 'string' ? value : '';
}

export function isTrue(node: SchemaNode, key: string): boolean {
  return own(node, key) === true;
}

export function own(node: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(node, key) ? node[key] : undefined;
}
