import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What `kubernetes-models` says of fields that the client's classes know as plain text. */
export interface Refinements {
  /** `Container.imagePullPolicy` to its values. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
  /** Fields of quantities, or of lists and maps of them. */
  readonly quantities: ReadonlySet<string>;
}

/** @param directory of the unpacked package */
export function readRefinements(directory: string): Refinements {
  const enums = new Map<string, readonly string[]>();
  const quantities = new Set<string>();
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!/\/v\w+\/\w+\.d\.ts$|^v1\/\w+\.d\.ts$/.test(file) || file.endsWith('index.d.ts')) continue;
    const [, name = '', body = ''] =
      /export interface I(\w+)[^{]*\{([\s\S]*?)\n\}/.exec(readFileSync(path.join(directory, file), 'utf8')) ??
      [];
    for (const [, field = '', type = ''] of body.matchAll(/^ {4}"([^"]+)"\??: ([^\n]*(?:\n {8}[^\n]*)?)/gm)) {
      const key = `${name}.${field}`;
      if (type.includes('ApiResourceQuantity')) quantities.add(key);
      const values = [...type.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value);
      // Of models with the same name in several groups, what any of them allows is allowed.
      if (values.length > 0) enums.set(key, [...new Set([...(enums.get(key) ?? []), ...values])].sort());
    }
  }
  return { enums, quantities };
}
