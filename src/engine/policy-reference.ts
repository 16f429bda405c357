/** A policy file in another repository of the same owner. */
export interface PolicyReference {
  readonly owner: string;
  readonly repository: string;
  readonly path: string;
  /** A branch, a tag or a commit; null for the default branch. */
  readonly ref: string | null;
}

const PATTERN =
  '^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}:[A-Za-z0-9_+.-]+(?:/[A-Za-z0-9_+.-]+)*(?:@[A-Za-z0-9_+.-]+(?:/[A-Za-z0-9_+.-]+)*)?$';

const reference = { type: 'string', maxLength: 400, pattern: PATTERN };

/** References of one file. */
const MAX_REFERENCES = 10;

/** JSON Schema of the setting `extends`. */
export const EXTENDS_SCHEMA = {
  description:
    'Policies of the same owner that this one builds on, as OWNER/REPO:path@ref; later ones count before earlier ones, and what this file says itself before all of them.',
  type: ['string', 'array'],
  if: { type: 'string' },
  then: reference,
  else: { minItems: 1, maxItems: MAX_REFERENCES, items: reference },
};

/** The references of a policy, as they are written. */
export function referencesOf(file: { readonly extends?: string | string[] }): readonly string[] {
  return file.extends === undefined ? [] : [file.extends].flat();
}

/** @returns null for what is no reference, or would lead out of the repository */
export function readReference(text: string): PolicyReference | null {
  const match = /^([^/]+)\/([^:]+):([^@]+)(?:@(.+))?$/.exec(text);
  if (match === null) return null;
  const [, owner = '', repository = '', path = '', ref] = match;
  const parts = [repository, ...path.split('/'), ...(ref ?? 'x').split('/')];
  if (parts.some((part) => part === '.' || part === '..')) return null;
  return { owner, repository, path, ref: ref ?? null };
}

/** Whether two accounts are the same: GitHub does not tell letters apart by their case. */
export function isSameOwner(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
