import { CST } from 'yaml';
import type { Range } from './position.ts';
import { clusterLexer } from './yaml-lexer.ts';

/** A comment without its mark. */
export interface Comment {
  readonly text: string;
  readonly range: Range;
}

/** The comments of a YAML text, found by the lexer: what only looks like one inside a string is none. */
export function yamlComments(text: string): Comment[] {
  const comments: Comment[] = [];
  let line = 1;
  let column = 1;
  let isScalar = false;
  for (const source of clusterLexer().lex(text)) {
    if (source === CST.SCALAR) {
      isScalar = true;
      continue;
    }
    if (source === CST.DOCUMENT || source === CST.FLOW_END) continue;
    if (!isScalar && source.startsWith('#')) comments.push(commentAt(source, line, column));
    isScalar = false;
    const lines = source.split('\n');
    line += lines.length - 1;
    column = lines.length === 1 ? column + source.length : (lines.at(-1)?.length ?? 0) + 1;
  }
  return comments;
}

/** Comments of dotenv and INI files, which stand on lines of their own. */
export function lineComments(text: string, marks: '#' | '#;'): Comment[] {
  return text.split('\n').flatMap((raw, index) => {
    const source = raw.replace(/\r$/, '').trimStart();
    if (source === '' || !marks.includes(source.charAt(0))) return [];
    return [commentAt(source, index + 1, raw.length - raw.trimStart().length + 1)];
  });
}

function commentAt(source: string, line: number, column: number): Comment {
  return {
    text: source.replace(/^[#;]+/, '').trim(),
    range: { start: { line, column }, end: { line, column: column + source.length } },
  };
}
