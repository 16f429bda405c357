import type { Document } from 'yaml';
import { NODES } from './nodes.ts';
import type { YamlFlavour } from '../yaml-file.ts';
import { resolvePlain } from '../yaml-scalars.ts';
import { SimpleReader } from './reader.ts';
import { Unclear } from './unclear.ts';
import { VALUES } from './values.ts';

/** Tabs, carriage returns, and characters that YAML calls unprintable or a break. */
const ODD_CHARACTER = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/** The value of each document; null when the text is not simple. */
export function simpleValues(text: string, flavour: YamlFlavour): unknown[] | null {
  if (ODD_CHARACTER.test(text)) return null;
  return unlessUnclear(() => new SimpleReader(text, VALUES, resolvePlain[flavour]).documents());
}

/**
 * The nodes of each document, with their places; null when `simpleValues` would not read the text, or it is not simple where
 * a block ends.
 */
export function simpleNodes(text: string, flavour: YamlFlavour): Document[] | null {
  const roots = unlessUnclear(() => new SimpleReader(text, NODES, resolvePlain[flavour]).documents());
  // Without aliases, nobody needs more of a document.
  return roots?.map((contents) => ({ contents, range: contents.range }) as unknown as Document) ?? null;
}

function unlessUnclear<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error === Unclear.error) return null;
    throw error;
  }
}
