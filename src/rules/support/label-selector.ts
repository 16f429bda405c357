import { isRecord } from '../../manifests/manifest.ts';
import { isPlaceholder } from '../../manifests/placeholder.ts';

type Labels = ReadonlyMap<string, ReadonlySet<string>>;

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A label selector whose every part is known. Labels may have several values, where kustomizations differ. */
export interface Selector {
  readonly requirements: readonly Requirement[];
}

/** Labels that Kubernetes itself gives to pods. */
const AUTOMATIC =
  /^(?:(?:batch\.kubernetes\.io\/)?(?:job-name|controller-uid|job-completion-index)|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|pod-template-hash|rollouts-pod-template-hash|controller-revision-hash|pod-template-generation)$/;

/** @returns null when a part is filled in later, or is nothing that the API server takes */
export function readSelector(value: unknown): Selector | null {
  if (!isRecord(value)) return null;
  const { matchLabels = {}, matchExpressions = [] } = value;
  const labels = readLabels(matchLabels);
  if (labels === null || !Array.isArray(matchExpressions)) return null;
  const requirements = [...labels].map(([key, values]) => ({ key, operator: 'In', values: [...values] }));
  for (const expression of matchExpressions as unknown[]) {
    if (!isRecord(expression)) return null;
    const { key, operator, values = [] } = expression;
    if (typeof key !== 'string' || typeof operator !== 'string' || !Array.isArray(values)) return null;
    if (!values.every((one) => typeof one === 'string' && !isOpen(one))) return null;
    requirements.push({ key, operator, values: values as string[] });
  }
  return { requirements };
}

/** @returns null when a label is filled in later */
export function readLabels(value: unknown): Map<string, Set<string>> | null {
  if (value === null || value === undefined) return new Map();
  if (!isRecord(value)) return null;
  const entries = Object.entries(value);
  if (entries.some(([key, one]) => typeof one !== 'string' || isOpen(one) || isOpen(key))) return null;
  return new Map(entries.map(([key, one]) => [key, new Set([one as string])]));
}

function isOpen(text: string): boolean {
  return isPlaceholder(text) || /\$\{|\{\{|\$\(/.test(text);
}

/** Whether the labels may satisfy every requirement. */
export function matches({ requirements }: Selector, labels: Labels): boolean {
  return requirements.every(({ key, operator, values }) => {
    if (AUTOMATIC.test(key)) return true;
    const own = labels.get(key);
    switch (operator) {
      case 'In':
        return own !== undefined && values.some((value) => own.has(value));
      case 'NotIn':
        return own === undefined || [...own].some((value) => !values.includes(value));
      case 'Exists':
        return own !== undefined;
      case 'DoesNotExist':
        return own === undefined;
      default:
        return true;
    }
  });
}

/** The labels that it asks for, `key=value`, for a message. */
export function describeSelector({ requirements }: Selector): string {
  return requirements
    .map(({ key, operator, values }) =>
      operator === 'In' && values.length === 1
        ? `${key}=${values[0] ?? ''}`
        : `${key} ${operator} ${values.join(',')}`,
    )
    .join(', ');
}

/** The values that it asks for. */
export function wordsOf({ requirements }: Selector): string[] {
  return requirements.flatMap(({ values }) => values);
}
