import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { authenticateGit, covers, grants } from './auth.ts';
import { findRepository } from './state.ts';
import type { World } from './world.ts';

const GIT_PATH = /^\/([^/]+\/[^/]+?)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function isGitPath(pathname: string): boolean {
  return GIT_PATH.test(pathname);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {};
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...challenge });
  response.end(`${message}\n`);
}

/** Serves fetches through `git http-backend`, to tokens that may read the repository's contents. */
export async function serveGit(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const [, fullName = '', operation = ''] = GIT_PATH.exec(url.pathname) ?? [];
  const token = authenticateGit(world, request.headers.authorization);
  if (token === null) {
    refuse(response, 401, 'Invalid username or token.');
    return;
  }
  const repository = findRepository(world.state, fullName);
  if (repository === undefined || !covers(token, repository)) {
    refuse(response, 404, 'Repository not found.');
    return;
  }
  if (!grants(token.permissions, { name: 'contents', level: 'read' })) {
    refuse(response, 403, 'Read access to the contents of this repository not granted.');
    return;
  }
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROJECT_ROOT: path.dirname(repository.gitDirectory),
      PATH_INFO: `/${path.basename(repository.gitDirectory)}/${operation}`,
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'x-access-token',
      REMOTE_ADDR: request.socket.remoteAddress ?? '',
      ...(request.headers['content-length'] === undefined
        ? {}
        : { CONTENT_LENGTH: request.headers['content-length'] }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  response.on('close', () => {
    if (!response.writableEnded) child.kill();
  });
  // The backend may end before it has read the whole request.
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  try {
    await pipeline(Readable.from(bodyOf(child.stdout, response)), response);
  } catch (error) {
    if (!isHungUp(error)) throw error;
  }
}

/** Whoever fetches may go away at any time. */
function isHungUp(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';
}

/** The body of a CGI program's output. Its head goes to `response` before the first chunk. */
async function* bodyOf(output: AsyncIterable<Buffer>, response: ServerResponse): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of output) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) continue;
    writeCgiHead(head.toString('latin1', 0, end), response);
    const rest: Buffer = head.subarray(end + 4);
    head = null;
    yield rest;
  }
  if (head !== null) refuse(response, 500, 'git http-backend failed.');
}

function writeCgiHead(head: string, response: ServerResponse): void {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const name = line.slice(0, line.indexOf(':'));
    const value = line.slice(line.indexOf(':') + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  response.writeHead(status, headers);
}
