import type { Environment, Variable } from './variables.ts';
import { valueOf } from './variables.ts';

/**
 * Reads a file whole.
 *
 * @throws when it cannot be read, with the system's `code`
 */
export type ReadFile = (path: string) => Buffer;

/** The value of a secret as it stands at its source. */
export interface GivenSecret {
  /** The variable that is set: `X`, `X_FILE` or an older name. */
  readonly variable: Variable;
  /** Begins a sentence about the value. */
  readonly subject: string;
  readonly content: Buffer;
}

/** The variables that can name a file with the secret. */
type FileVariables = readonly [Variable, ...Variable[]];

/**
 * Finds a secret in the variable itself or in the file that another variable names. Null when it is not given or not
 * readable; the latter is reported. What `absent` says is reported when none of the variables is set.
 */
export type SecretReader = (name: Variable, files: FileVariables, absent?: string) => GivenSecret | null;

const MAX_SECRET_FILE = 64 * 1024;

/** @param report gets one sentence for each problem; none quotes a value */
export function createSecretReader(
  environment: Environment,
  readFile: ReadFile,
  report: (problem: string) => void,
): SecretReader {
  return (name, files, absent) => {
    const set = [name, ...files].filter((one) => valueOf(environment, one) !== null);
    const [variable] = set;
    if (variable === undefined) {
      if (absent !== undefined) report(absent);
      return null;
    }
    if (set.length > 1) {
      report(`${set.join(' and ')} are ${set.length === 2 ? 'both' : 'all'} set: keep one.`);
      return null;
    }
    const value = valueOf(environment, variable) ?? '';
    if (variable === name) return { variable, subject: variable, content: Buffer.from(value) };
    const content = contentOf(value, readFile);
    if (typeof content !== 'string') return { variable, subject: `The file that ${variable} names`, content };
    report(`${variable} names a file that ${content}`);
    return null;
  };
}

/** The bytes, or the rest of a sentence that says what is wrong with the file. */
function contentOf(path: string, readFile: ReadFile): Buffer | string {
  let content: Buffer;
  try {
    content = readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return code === 'EISDIR'
      ? 'is a folder: name the file in it.'
      : `cannot be read (${code}): check the path and its permissions.`;
  }
  if (content.length > MAX_SECRET_FILE) return 'is larger than 64 KiB: no secret is.';
  if (content.toString('latin1').trim() === '') return 'is empty.';
  return content;
}

/** One line of text without the white space around it; null when the content is anything else. */
export function lineIn(content: Buffer): string | null {
  const text = textIn(content);
  return text === null || /[\u0000-\u001f\u007f\u2028\u2029]/.test(text) ? null : text;
}

/** UTF-8 text without the white space and the byte order mark around it; null when the content is not UTF-8. */
export function textIn(content: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content).trim();
  } catch {
    return null;
  }
}
