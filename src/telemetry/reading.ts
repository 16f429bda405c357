/**
 * A reading that may hang or fail: gives null then, after at most `limit` milliseconds. While one is under way, no
 * second one is started, so that a store that hangs is not asked again with every scrape.
 */
export function createReading<T>(read: () => Promise<T>, limit: number): () => Promise<T | null> {
  let underWay: Promise<T | null> | null = null;

  function start(): Promise<T | null> {
    const started = Promise.resolve()
      .then(read)
      .catch(() => null)
      .finally(() => {
        underWay = null;
      });
    underWay = started;
    return started;
  }

  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        resolve(null);
      }, limit);
    });
    const value = await Promise.race([underWay ?? start(), expired]);
    clearTimeout(timer);
    return value;
  };
}
