const KEPT = 4;

/** Keeps the last few results of an expensive reading of something that never changes. */
export function createRecent<T>(read: (key: string) => Promise<T>): { get(key: string): Promise<T> } {
  const known = new Map<string, Promise<T>>();
  return {
    get(key) {
      const result = known.get(key) ?? read(key);
      known.delete(key);
      known.set(key, result);
      result.catch(() => known.delete(key));
      const [oldest] = known.keys();
      if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
      return result;
    },
  };
}
