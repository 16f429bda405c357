import { runGit, type GitContext } from './git-process.ts';
import { decodePath, encodePath, splitNul } from './path-bytes.ts';

const MAX_LIST_BYTES = 64 * 1024 * 1024;
const OPTIONS = ['-l', '-z', '--full-name', '--no-textconv', '--no-recurse-submodules', '--no-color'];

/** What is searched for: a text as it stands, or lines that match a POSIX extended regular expression. */
export type Query = string | { readonly pattern: string };

/**
 * Paths of the regular files that contain something.
 *
 * @param where a full commit id, or `--cached` for the index
 */
export async function grepFiles(
  where: string,
  query: Query,
  under: string,
  context: GitContext,
): Promise<string[]> {
  // A folder whose name is no UTF-8 cannot be handed over as an argument; the filter below serves it as well.
  const plain = under !== '' && encodePath(under).equals(Buffer.from(under, 'utf8'));
  const cached = where === '--cached';
  const { stdout } = await runGit(
    [
      'grep',
      ...OPTIONS,
      ...(cached ? [where] : []),
      ...(typeof query === 'string' ? ['-F', '-e', query] : ['-E', '-e', query.pattern]),
      ...(cached ? [] : [where]),
      '--',
      ...(plain ? [under] : []),
    ],
    context,
    { exitCodes: [0, 1], maxOutputBytes: MAX_LIST_BYTES },
  );
  // Found in a commit, the path follows its id and a colon.
  const skipped = cached ? 0 : where.length + 1;
  const paths = splitNul(stdout).map((field) => decodePath(field.subarray(skipped)));
  return under === '' ? paths : paths.filter((path) => path === under || path.startsWith(`${under}/`));
}
