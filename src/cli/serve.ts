import { readEnvironment, StartError, startApp } from '../index.ts';
import { EXIT, UsageError } from './exit.ts';

/** Runs the App until it is told to stop. */
export async function runServe(environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  const { settings, problems, notices } = readEnvironment(environment);
  for (const notice of notices) process.stderr.write(`gitops-warden: ${notice}\n`);
  if (settings === null) {
    throw new UsageError(
      `the settings are not complete:\n${problems.join('\n')}\n.env.example describes them all.`,
    );
  }
  // From now on: a signal during the start is not missed.
  const stopping = stopSignal();
  const app = await startApp(settings).catch((error: unknown) => {
    throw error instanceof StartError ? new UsageError(error.message) : error;
  });
  await stopping;
  await app.close(settings.drainMs);
  return EXIT.passed;
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
