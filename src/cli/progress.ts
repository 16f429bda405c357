const DELAY = 1000;

/**
 * Runs a task; when it takes longer than a second and standard error is a terminal, says what is going on there.
 */
export async function withProgress<T>(doing: string, task: () => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return task();
  const started = Date.now();
  const line = { shown: false };
  const timer = setInterval(() => {
    line.shown = true;
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stderr.write(`\r${doing} … ${seconds} s`);
  }, DELAY);
  try {
    return await task();
  } finally {
    clearInterval(timer);
    // Erases the line.
    if (line.shown) process.stderr.write('\r\u001b[2K');
  }
}
