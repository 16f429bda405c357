/**
 * The longest that a test waits for something, in milliseconds. It ends a test that would wait for ever, and measures
 * nothing: a busy machine must not make a test fail.
 */
const LIMIT = 120_000;

/**
 * Resolves when `holds` does.
 * @throws {Error} after two minutes, with what `describe` says
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { every = 20, describe = () => holds.toString() }: { every?: number; describe?: () => string } = {},
): Promise<void> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > LIMIT) throw new Error(`It did not happen in time: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
