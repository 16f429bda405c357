import { Lexer } from 'yaml';

/** What the package's lexer keeps to itself; `test/manifests/yaml-parse.test.ts` notices when a release changes it. */
interface Internals {
  /** Columns by which a line has to be indented to go on with what it stands in. */
  indentNext: number;
  charAt(distance: number): string | undefined;
  parseLineStart(): Generator<string, unknown>;
  parseFlowCollection(): Generator<string, unknown>;
  parseQuotedScalar(): Generator<string, unknown>;
}

/**
 * A lexer that reads flow collections and quoted texts as the cluster's parser does: their lines may be indented by as
 * little as one likes, because brackets and quotes say where they end. Empty lines and comments end nothing either.
 */
export function clusterLexer(): Lexer {
  const lexer = new Lexer();
  const internals = lexer as unknown as Internals;
  keepIndentOverEmptyLines(internals);
  for (const method of ['parseFlowCollection', 'parseQuotedScalar'] as const) {
    const original = internals[method].bind(lexer);
    internals[method] = function* (): Generator<string, unknown> {
      const indent = internals.indentNext;
      internals.indentNext = 0;
      const next: unknown = yield* original();
      internals.indentNext = indent;
      return next;
    };
  }
  return lexer;
}

/** The package takes the column of an empty line, or of a comment, for that of the value which comes below it. */
function keepIndentOverEmptyLines(lexer: Internals): void {
  const original = lexer.parseLineStart.bind(lexer);
  lexer.parseLineStart = function* (): Generator<string, unknown> {
    const indent = lexer.indentNext;
    const mayBeMarker = /[-.]/.test(lexer.charAt(0) ?? '');
    const next = yield* original();
    const first = lexer.charAt(0);
    if (next === 'doc' && !mayBeMarker && (first === '#' || first === '\n' || first === '\r'))
      lexer.indentNext = indent;
    return next;
  };
}
