import type { Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { columnsOf, lastLineOf, MAX_ANNOTATION, oneLine, plural, truncate, visible } from './plain.ts';

const MAX_TITLE = 255;
const MAX_PER_REQUEST = 50;
/** Four requests: nobody reads more, and each new head needs all of them anew. */
const MAX_ANNOTATIONS = 200;

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface Annotated {
  readonly annotations: readonly Annotation[];
  /** Findings that found no room. */
  readonly left: number;
}

const LEVELS = { error: 'failure', warning: 'warning', info: 'notice' } as const;

/**
 * Annotations for what was introduced, has a line in the head and no comment. Of very many, those of one file and severity
 * share one, and the least severe are left out.
 *
 * @param inline fingerprints of findings that have a comment
 */
export function annotate(reports: readonly Report[], inline: ReadonlySet<string>): Annotated {
  const seen = new Set(inline);
  const single = reports
    .flatMap((report) => report.findings)
    .flatMap((finding) => {
      if (!finding.introduced || seen.has(finding.fingerprint)) return [];
      seen.add(finding.fingerprint);
      return annotationOf(finding);
    });
  if (single.length <= MAX_ANNOTATIONS) return { annotations: single, left: 0 };
  const shared = share(single);
  const left = shared.slice(MAX_ANNOTATIONS).reduce((sum, { count }) => sum + count, 0);
  return { annotations: shared.slice(0, MAX_ANNOTATIONS).map(({ annotation }) => annotation), left };
}

/** GitHub takes 50 annotations in a request. At least one batch, so that there is always a request to send. */
export function batchAnnotations(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const batches: Annotation[][] = [];
  for (let start = 0; start < annotations.length; start += MAX_PER_REQUEST) {
    batches.push(annotations.slice(start, start + MAX_PER_REQUEST));
  }
  return batches.length === 0 ? [[]] : batches;
}

/** A version that only an earlier commit has shows no line in the head: it stands in the summary. */
function annotationOf(finding: Finding): Annotation[] {
  const { subject } = finding;
  if (subject.type !== 'file' || subject.commit !== null) return [];
  const { path, range } = subject;
  const base = {
    annotation_level: LEVELS[finding.severity],
    title: truncate(visible(finding.ruleId), MAX_TITLE),
    message: truncate(oneLine(finding.message), MAX_ANNOTATION),
  };
  if (range === null) return [{ path, start_line: 1, end_line: 1, ...base }];
  const columns = columnsOf(range);
  return [
    {
      path,
      start_line: range.start.line,
      end_line: lastLineOf(range),
      ...(columns === null ? {} : { start_column: columns.first, end_column: columns.last }),
      ...base,
    },
  ];
}

interface Shared {
  readonly annotation: Annotation;
  readonly count: number;
}

/** Puts annotations of one file and severity into one each, as long as its message does not become too long. */
function share(single: readonly Annotation[]): Shared[] {
  const groups = new Map<string, Annotation[]>();
  for (const one of single) {
    const key = `${one.annotation_level} ${one.path}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap(packed);
}

function packed(group: readonly Annotation[]): Shared[] {
  const parts: { members: Annotation[]; message: string }[] = [];
  for (const one of group) {
    const line = `Line ${String(one.start_line)}, ${one.title}: ${one.message}`;
    const last = parts.at(-1);
    if (last !== undefined && last.message.length + line.length < MAX_ANNOTATION) {
      last.members.push(one);
      last.message += `\n${line}`;
    } else parts.push({ members: [one], message: truncate(line, MAX_ANNOTATION) });
  }
  return parts.flatMap(({ members, message }) => {
    const [first] = members;
    if (first === undefined) return [];
    if (members.length === 1) return [{ annotation: first, count: 1 }];
    const { path, annotation_level, start_line, end_line } = first;
    const title = `${plural(members.length, 'finding')} in this file`;
    return [
      {
        annotation: { path, annotation_level, start_line, end_line, title, message },
        count: members.length,
      },
    ];
  });
}
