import { parse } from 'smol-toml';
import { Fields } from './fields.ts';

/** The file of the repository that a rule file extends, as `./` in front or not; null when it extends none. */
export function extendedPath(path: string, text: string): string | null {
  try {
    const fields = new Fields(path, text);
    const root = parse(text);
    const extended = fields.text(fields.table(root, 'extend', []) ?? {}, 'path', ['extend']);
    return extended === '' ? null : extended.replace(/^\.\//, '');
  } catch {
    return null;
  }
}
