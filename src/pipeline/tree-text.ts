import type { FileVersion } from '../engine/change.ts';
import { decodeText } from '../engine/judged-file.ts';
import type { ConfigProblem } from '../engine/policy.ts';
import type { TextFile } from './text-file.ts';

/** The first of these files that a tree has. A second one, and one that is no text, are problems. */
export async function textInTree(
  paths: readonly string[],
  find: (path: string) => Promise<FileVersion | null>,
): Promise<{ readonly file: TextFile | null; readonly problems: readonly ConfigProblem[] }> {
  const problems: ConfigProblem[] = [];
  const found: TextFile[] = [];
  for (const path of paths) {
    const version = await find(path);
    if (version === null) continue;
    const plain = version.mode === 'file' || version.mode === 'executable';
    const text = plain && version.content !== null ? decodeText(version.content) : null;
    if (text === null) problems.push({ path, line: null, message: 'is not a readable text file' });
    else found.push({ path, text });
  }
  const [file, other] = found;
  if (file !== undefined && other !== undefined) {
    problems.push({
      path: other.path,
      line: null,
      message: `stands beside ${file.path}, which is the one that counts`,
    });
  }
  return { file: file ?? null, problems };
}
