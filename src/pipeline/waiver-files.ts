import type { FileVersion } from '../engine/change.ts';
import { decodeText } from '../engine/judged-file.ts';
import type { ConfigProblem } from '../engine/policy.ts';
import type { Waiver } from '../engine/waiver.ts';
import { isWaiverFile, readWaiverFile } from '../engine/waiver-file.ts';
import type { ConfigKind } from './config-files.ts';

/** The waivers that a repository keeps for a time. */
export const WAIVER_FILES: ConfigKind<readonly Waiver[]> = {
  holds: isWaiverFile,
  read: (files, _policy, knownRules) => Promise.resolve(readAll(files, [...knownRules.keys()])),
};

function readAll(
  files: readonly FileVersion[],
  knownRules: readonly string[],
): { value: readonly Waiver[]; problems: readonly ConfigProblem[] } {
  const [first, second] = files;
  const beside: ConfigProblem[] =
    second === undefined
      ? []
      : [
          {
            path: second.path,
            line: null,
            message: `stands beside \`${first?.path ?? ''}\`; keep one of them`,
          },
        ];
  if (first === undefined || second !== undefined) return { value: [], problems: beside };
  const plain = first.mode === 'file' || first.mode === 'executable';
  const text = plain && first.content !== null ? decodeText(first.content) : null;
  if (text === null) {
    return {
      value: [],
      problems: [{ path: first.path, line: null, message: 'is not a readable text file' }],
    };
  }
  const read = readWaiverFile(first.path, text, knownRules);
  return { value: read.value ?? [], problems: read.problems };
}
