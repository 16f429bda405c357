import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setStage, type Stage } from '../demo/stage.ts';
import { describePullRequests, describeTold } from '../demo/story/describe.ts';
import { tellCatalogue, tellStory } from '../demo/story/tell.ts';
import { startApp } from '../index.ts';
import { PACKAGE_ROOT } from '../pipeline/package-root.ts';
import { EXIT, UsageError } from './exit.ts';
import { openOutput, type LineOutput } from './line-output.ts';
import { stopSignal } from './serve.ts';

const DEFAULT_PORT = 3000;

export interface DemoCommand {
  /** Print what was posted and end, instead of serving the page. */
  readonly exit: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Runs the App against an embedded GitHub and lets it review a story. */
export async function runDemo(command: DemoCommand): Promise<number> {
  const stage = await openStage(command.exit ? 0 : readPort(command.environment['PORT']));
  try {
    const { github } = stage;
    const output = await openOutput(undefined);
    const told = await tellStory(github, stage.answered);
    await output.write(describeTold(github, told));
    if (command.exit) await showMistakes(stage, output, new AbortController().signal);
    else await serveStory(stage, output);
    for (const violation of github.contractViolations) process.stderr.write(`${violation}\n`);
    return github.contractViolations.length === 0 ? EXIT.passed : EXIT.blocked;
  } finally {
    await stage.close();
  }
}

/** Shows the page from the beginning of the story, until somebody stops it. */
async function serveStory(stage: Stage, output: LineOutput): Promise<void> {
  const stopped = stopSignal();
  await output.write(`\nSee it as people would: ${stage.github.url}/\nCtrl+C ends the demo.\n\n`);
  const ending = new AbortController();
  const shown = showMistakes(stage, output, ending.signal);
  await Promise.race([stopped, shown]);
  await stopped;
  ending.abort();
  await shown;
}

/** The catalogue of rules takes some seconds more, in which the page is there already. */
async function showMistakes(
  { github, answered }: Stage,
  output: LineOutput,
  signal: AbortSignal,
): Promise<void> {
  const mistakes = await tellCatalogue(github, signal);
  await answered();
  await output.write(describePullRequests(github, mistakes));
}

async function openStage(port: number): Promise<Stage> {
  const appManifest = await readFile(path.join(PACKAGE_ROOT, 'app.yml'), 'utf8');
  try {
    return await setStage({ appManifest, startApp, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UsageError(`port ${port} is taken. Choose another, for example: PORT=3001 npm run demo`);
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError('PORT must be a whole number from 0 to 65535.');
}
