import { settingsFrom, startApp } from '../index.ts';
import { EXIT, UsageError } from './exit.ts';

/** How long running reviews may take to finish after SIGTERM. */
const DRAIN_MILLISECONDS = 25_000;

/** Runs the App until it is told to stop. */
export async function runServe(environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  const app = await startApp(checkedSettings(environment));
  await stopSignal();
  await app.close(DRAIN_MILLISECONDS);
  return EXIT.passed;
}

function checkedSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof settingsFrom> {
  try {
    return settingsFrom(environment);
  } catch (error) {
    throw new UsageError(
      `the settings are not complete:\n${(error as Error).message}\n.env.example describes them all.`,
    );
  }
}

/** Resolves at SIGTERM or SIGINT. A second signal ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise<void>((resolve) => {
    const stop = (): void => {
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  });
}
