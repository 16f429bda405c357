import type { JudgedFile } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';

/** Objects of files below this are not measured: even aliases make nothing large of them. */
const SMALL = 8 * 1024;

export function isSmall(file: JudgedFile | undefined): boolean {
  return (file?.version.content?.length ?? SMALL) < SMALL;
}

/** The bytes that an object takes as JSON, which is how it is sent to the API server. */
export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? Number(inner) : inner,
  ) as string | undefined;
  return Buffer.byteLength(text ?? '');
}

/** The bytes of a map's values; with `keys`, of its keys as well. */
export function mapBytes(map: unknown, keys = false): number {
  if (!isRecord(map)) return 0;
  return Object.entries(map).reduce(
    (sum, [key, value]) =>
      sum + (typeof value === 'string' ? Buffer.byteLength(value) : 0) + (keys ? Buffer.byteLength(key) : 0),
    0,
  );
}

/** The bytes that a map's values have once their base64 is decoded. */
export function decodedBytes(map: unknown): number {
  if (!isRecord(map)) return 0;
  return Object.values(map).reduce<number>((sum, value) => {
    if (typeof value !== 'string') return sum;
    const bare = value.replaceAll(/[\r\n]/g, '');
    const padding = /={0,2}$/.exec(bare)?.[0].length ?? 0;
    return sum + Math.floor((bare.length * 3) / 4) - padding;
  }, 0);
}
