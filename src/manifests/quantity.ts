const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3})?$/;
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Longer ones are no quantities that anybody writes. */
const MAX_DIGITS = 40;

/**
 * A quantity as the API server reads it (`500m`, `1Gi`, `2e3`, 2); null when it is none.
 *
 * @returns the number of units: cores, bytes
 */
export function parseQuantity(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return null;
  const [, sign, whole = '', fraction = '', suffix = ''] = QUANTITY.exec(value) ?? [];
  const digits = whole.length + fraction.length;
  if (sign === undefined || digits === 0 || digits > MAX_DIGITS) return null;
  return Number(`${sign}${whole || '0'}.${fraction || '0'}e${String(exponentOf(suffix))}`) * factorOf(suffix);
}

function exponentOf(suffix: string): number {
  if (/^[eE][+-]?\d/.test(suffix)) return Number(suffix.slice(1));
  return DECIMAL[suffix] ?? 0;
}

function factorOf(suffix: string): number {
  return 1024 ** (BINARY.indexOf(suffix) + 1);
}
