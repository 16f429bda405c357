import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { UsageError } from './exit.ts';

/** Where a command writes what may be long, piece by piece. */
export interface LineOutput {
  /** Resolves when there is room for more. False when the reader went away (`| head`): nothing more is wanted. */
  write(text: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * @param file standard output when undefined; a new file is for its owner only
 * @throws {UsageError} when the file cannot be written
 */
export async function openOutput(file: string | undefined): Promise<LineOutput> {
  return file === undefined ? standardOutput() : toFile(file);
}

async function toFile(file: string): Promise<LineOutput> {
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new UsageError(`--output ${file} cannot be written (${code}).`);
    }
  };
  const handle: FileHandle = await explained(open(file, 'w', 0o600));
  return {
    async write(text) {
      await explained(handle.writeFile(text));
      return true;
    },
    close: () => explained(handle.close()),
  };
}

function standardOutput(): LineOutput {
  let failure: NodeJS.ErrnoException | null = null;
  const onError = (error: NodeJS.ErrnoException): void => {
    failure = error;
  };
  process.stdout.on('error', onError);
  const isOpen = (): boolean => {
    if (failure !== null && failure.code !== 'EPIPE') throw failure;
    return failure === null;
  };
  return {
    async write(text) {
      if (!isOpen()) return false;
      if (!process.stdout.write(text)) {
        await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(
          () => undefined,
        );
      }
      return isOpen();
    },
    async close() {
      if (isOpen()) await new Promise((resolve) => process.stdout.write('', resolve));
    },
  };
}
