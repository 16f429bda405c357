import { posix } from 'node:path';
import { flatDocument } from './flat-file.ts';
import { isRecord } from './manifest.ts';
import { CIPHERTEXT_PREFIX } from './sops-crypt.ts';
import type { YamlDocument } from './yaml-document.ts';
import type { YamlFile } from './yaml-file.ts';
import { parseYaml } from './yaml-parse.ts';

/** How SOPS stores a file; any other extension is `binary`, which it encrypts as one piece. */
export type SopsFormat = 'yaml' | 'json' | 'env' | 'ini' | 'binary';

const FORMATS: Readonly<Record<string, SopsFormat>> = {
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.json': 'json',
  '.env': 'env',
  '.ini': 'ini',
};

export function sopsFormatOf(path: string): SopsFormat {
  const name = posix.basename(path);
  // As Go does it: a file that is named `.env` has an extension.
  const dot = name.lastIndexOf('.');
  return (dot < 0 ? undefined : FORMATS[name.slice(dot)]) ?? 'binary';
}

/** What a reader of SOPS files needs of a file. */
export interface SopsSource {
  readonly path: string;
  readonly text: string | null;
  readonly yaml: YamlFile | null;
}

/**
 * The documents of a file in any format of SOPS. Empty when there are none to read: a text that is no SOPS
 * format and is not encrypted, a template, or a text with syntax errors.
 */
export function sopsDocumentsOf({ path, text, yaml }: SopsSource): readonly YamlDocument[] {
  if (yaml !== null) return yaml.documents.filter((document) => document.value !== undefined);
  if (text === null) return [];
  const format = sopsFormatOf(path);
  if (format === 'env' || format === 'ini') return [flatDocument(text, format)];
  // The binary format is JSON with one encrypted value, whatever the file is called.
  const wrapped = format === 'binary' && text.trimStart().startsWith('{') && text.includes(CIPHERTEXT_PREFIX);
  return wrapped ? parseYaml(path, text).documents.filter((document) => document.value !== undefined) : [];
}

/** The metadata that SOPS writes; null when the document has none. */
export function sopsMetadataOf(document: YamlDocument): Readonly<Record<string, unknown>> | null {
  const root = document.value;
  const metadata = isRecord(root) ? root['sops'] : undefined;
  return isRecord(metadata) && ('mac' in metadata || 'lastmodified' in metadata) ? metadata : null;
}

export function isSopsEncrypted(source: SopsSource): boolean {
  return (
    source.text?.includes(CIPHERTEXT_PREFIX) === true &&
    sopsDocumentsOf(source).some((document) => sopsMetadataOf(document) !== null)
  );
}

/** The document without its metadata. */
export function sopsPayloadOf(document: YamlDocument): unknown {
  if (!isRecord(document.value)) return document.value;
  return Object.fromEntries(Object.entries(document.value).filter(([key]) => key !== 'sops'));
}
