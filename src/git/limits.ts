/** Bounds of what is collected. Each one that is hit is reported as not checked. */
export interface Limits {
  readonly maxFileBytes: number;
  /** All contents of one change together. */
  readonly maxTotalBytes: number;
  readonly maxCommits: number;
  /** Versions that only commits between base and head have. */
  readonly maxPastVersions: number;
  /** Files below the folders of a scan. */
  readonly maxFiles: number;
}

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  maxFileBytes: 16 * MEBIBYTE,
  maxTotalBytes: 512 * MEBIBYTE,
  maxCommits: 50_000,
  maxPastVersions: 50_000,
  maxFiles: 200_000,
};

export function withDefaults(limits: Partial<Limits> = {}): Limits {
  return { ...DEFAULT_LIMITS, ...limits };
}
