import type { IncomingMessage } from 'node:http';

/** A body that may not be read. `status` is for the answer. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: 400 | 413 | 503;

  constructor(status: 400 | 413 | 503, message: string) {
    super(message);
    this.status = status;
  }
}

export interface BodyReader {
  /** @throws {BodyError} when the body is too large, breaks off, or too much is being read already */
  read(request: IncomingMessage): Promise<Buffer>;
}

/**
 * Reads bodies of at most `maxBytes`, and together at most `maxBytesInFlight`: until a signature was verified,
 * anybody can send them. Nothing of a refused body is kept.
 */
export function createBodyReader(maxBytes: number, maxBytesInFlight: number): BodyReader {
  let inFlight = 0;

  async function read(request: IncomingMessage): Promise<Buffer> {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > maxBytes) throw tooLarge(maxBytes);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        inFlight += chunk.length;
        if (size > maxBytes) throw tooLarge(maxBytes);
        if (inFlight > maxBytesInFlight)
          throw new BodyError(503, 'Too many requests at once. Send it again later.');
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof BodyError) throw error;
      throw new BodyError(400, 'The body broke off.');
    } finally {
      inFlight -= size;
    }
    return Buffer.concat(chunks);
  }

  return { read };
}

function tooLarge(maxBytes: number): BodyError {
  const mebibytes = String(Math.floor(maxBytes / 1024 / 1024));
  return new BodyError(413, `The body is larger than ${mebibytes} MiB, more than GitHub ever sends.`);
}
