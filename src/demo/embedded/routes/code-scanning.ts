import { gunzipSync } from 'node:zlib';
import { resolveRef } from '../git-store.ts';
import { accepted, ApiError, invalidRequest, type Reply, type RepositoryRequest, text } from '../http.ts';
import { repositoryApiUrl } from '../json/repository.ts';
import { REPOSITORY, type Route } from './route.ts';

/** GitHub's limits for an upload: https://docs.github.com/rest/code-scanning */
const MAX_COMPRESSED = 10_000_000;
const MAX_RESULTS = 25_000;

interface Results {
  readonly runs: readonly { readonly results: readonly { readonly locations: readonly object[] }[] }[];
}

function unpack(sarif: string): Results {
  const packed = Buffer.from(sarif, 'base64');
  if (packed.length > MAX_COMPRESSED) throw new ApiError(413, 'Payload Too Large');
  let results: Results;
  try {
    results = JSON.parse(gunzipSync(packed).toString('utf8')) as Results;
  } catch {
    throw new ApiError(400, 'The SARIF is no gzip in base64, or holds no JSON.');
  }
  for (const run of results.runs) {
    if (run.results.length > MAX_RESULTS) throw new ApiError(400, 'rejecting SARIF: too many results');
    for (const { locations } of run.results) {
      if (!locations.some((location) => 'physicalLocation' in location))
        throw new ApiError(400, 'locationFromSarifResult: expected a physical location');
    }
  }
  return results;
}

async function upload({ world, repository, body }: RepositoryRequest): Promise<Reply> {
  if (!repository.codeScanning) {
    throw new ApiError(403, 'Advanced Security must be enabled for this repository to use code scanning.');
  }
  const sarif = unpack(text(body['sarif']) ?? '');
  const commitSha = text(body['commit_sha']) ?? '';
  const ref = text(body['ref']) ?? '';
  if ((await resolveRef(repository.gitDirectory, commitSha)) === null)
    throw invalidRequest(`commit_sha ${commitSha} does not exist`);
  if (!/^refs\/(?:heads\/.+|tags\/.+|pull\/\d+\/(?:head|merge))$/.test(ref))
    throw invalidRequest(`ref ${ref} must be a full reference`);
  const id = `47177e22-5596-11eb-80a1-${String(world.state.nextId()).padStart(12, '0')}`;
  const kept = world.state.sarifs.filter(
    (one) => one.repository !== repository || one.commitSha !== commitSha || one.ref !== ref,
  );
  // A later upload for the same commit takes the place of the one before.
  world.state.sarifs.splice(0, Number.POSITIVE_INFINITY, ...kept, { id, repository, commitSha, ref, sarif });
  return accepted({ id, url: `${repositoryApiUrl(world, repository)}/code-scanning/sarifs/${id}` });
}

export const CODE_SCANNING_ROUTES: readonly Route[] = [
  {
    key: `POST ${REPOSITORY}/code-scanning/sarifs`,
    access: [{ name: 'security_events', level: 'write' }],
    handle: upload,
  },
];
