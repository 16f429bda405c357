import { isRecord } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { itemsOf, type Fields, type Refusal } from './refusal.ts';

/** The expressions of a term about nodes, or of a label selector. */
export function termRefusals(term: unknown, pointer: Pointer): Refusal[] {
  if (!isRecord(term)) return [];
  return ['matchExpressions', 'matchFields'].flatMap((field) =>
    itemsOf(term[field], [...pointer, field]).flatMap(expressionRefusals),
  );
}

function expressionRefusals({ pointer, value }: { pointer: Pointer; value: Fields }): Refusal[] {
  const { operator, values } = value;
  const count = Array.isArray(values) ? values.length : 0;
  if ((operator === 'In' || operator === 'NotIn') && count === 0) {
    const fact = 'compares with values, and there are none';
    return [{ pointer: [...pointer, 'operator'], fact, mend: 'Add `values`.', missing: 'values' }];
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0) {
    const fact = 'are given with an operator that takes none';
    return [
      { pointer: [...pointer, 'values'], atKey: true, fact, mend: 'Remove them, or set `operator: In`.' },
    ];
  }
  if ((operator !== 'Gt' && operator !== 'Lt') || count === 1) return [];
  const fact = 'compares with exactly one number';
  return [
    { pointer: [...pointer, 'operator'], fact, mend: 'Give one number under `values`.', missing: 'values' },
  ];
}
