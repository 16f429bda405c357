import { nameActions } from './template.ts';

/** Placeholder values are names from the repository: short, on one line, and unable to leave their code span. */
const MAX_NAME = 200;

// Control characters, and the marks that reorder or hide text.

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export function displayName(name: string): string {
  const safe = nameActions(name)
    .replaceAll(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .replaceAll('`', "'");
  return safe.length <= MAX_NAME ? safe : `${safe.slice(0, MAX_NAME)}…`;
}

/** Fills `{placeholder}`s. One that nobody gave stays visible, which the tests of the rule folders refuse. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{([a-zA-Z]+)\}/g, (whole, key: string) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    return value === undefined ? whole : displayName(value);
  });
}
