/** A series as an expression selects it. */
export interface Selection {
  readonly name: string;
  readonly labels: readonly string[];
}

const WORDS = /[a-zA-Z_:][a-zA-Z0-9_:]*/g;
const SELECTOR = /([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^}]*)\}/g;
const GROUPING = /\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g;
const LABEL = /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g;

/** The text without strings, so that their content is not taken for names. */
function withoutStrings(expression: string): string {
  return expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
}

/** The series with their matchers, and without those that have none. */
export function selectionsIn(expression: string): readonly Selection[] {
  return [...withoutStrings(expression).matchAll(SELECTOR)].map((match) => ({
    name: match[1] ?? '',
    labels: [...(match[2] ?? '').matchAll(LABEL)].map((label) => label[1] ?? ''),
  }));
}

/** Every name of a series: ours, our recordings', and those of the process. */
export function seriesIn(expression: string): readonly string[] {
  const words = withoutStrings(expression).match(WORDS) ?? [];
  return [
    ...new Set(words.filter((word) => /^(?:gitops_warden|process|nodejs)_|^gitops_warden:/.test(word))),
  ];
}

/** The labels that results are grouped by. */
export function groupingsIn(expression: string): readonly string[] {
  return [...expression.matchAll(GROUPING)].flatMap((match) =>
    (match[1] ?? '')
      .split(',')
      .map((label) => label.trim())
      .filter((label) => label !== ''),
  );
}
