/**
 * Measures signatures: how many of each kind are verified in a second, and a pull request of 1,000 signed commits, without
 * and with settings about paths. Prints figures and judges none; machines differ.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCommitSigner } from '../src/demo/embedded/signing.ts';
import { DEFAULT_KEY_PLACES } from '../src/engine/signature-policy-file.ts';
import { parseCommit } from '../src/git/commit-object.ts';
import { openRepository } from '../src/git/repository.ts';
import { reviewRepository } from '../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../src/pipeline/rule-set.ts';
import { readKeyring } from '../src/signatures/keyring.ts';
import { verifySignature } from '../src/signatures/verify.ts';
import { makeCorpus } from '../test/fuzz/corpus.ts';
import { stopPrograms } from '../test/signatures/support/programs.ts';
import { fixtureEnvironment, removeFolders } from '../test/support/git-fixture.ts';

const ROUND_MS = 2_000;
const COMMITS = 1_000;
const CARL = 'carl@example.org';

async function perSecond(): Promise<void> {
  const { samples, keyFiles } = makeCorpus();
  const keyring = await readKeyring(keyFiles, DEFAULT_KEY_PLACES);
  const now = new Date();
  console.log('Signatures verified in a second, one after the other');
  for (const { name, raw } of samples) {
    const sha = createHash('sha1').update(`commit ${raw.length}\0`).update(raw).digest('hex');
    const started = performance.now();
    let count = 0;
    for (; performance.now() - started < ROUND_MS; count += 1) {
      const { signature, people } = parseCommit(sha, raw, 'sha1');
      const { state } = await verifySignature(signature, people.committer.seconds, keyring, now);
      if (state !== 'attested') throw new Error(`${name} is ${state}`);
    }
    const rate = (count / (performance.now() - started)) * 1_000;
    console.log(`${rate.toFixed(0).padStart(8)}  ${name}`);
  }
}

async function pullRequest(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'gitops-warden-bench-'));
  const git = (args: readonly string[], input: string | Buffer = ''): string =>
    execFileSync('git', args, {
      cwd: directory,
      env: fixtureEnvironment(),
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    }).trim();
  try {
    const signer = createCommitSigner();
    git(['init', '--quiet', '--bare', '--initial-branch=main']);
    const blob = (text: string): string => git(['hash-object', '-w', '--stdin'], text);
    const tree = (entries: readonly string[]): string =>
      git(['mktree'], entries.map((entry) => `${entry}\n`).join(''));
    const keys = tree([`100644 blob ${blob(`${CARL} ${signer.publicKey}\n`)}\tallowed_signers`]);
    const trees = Array.from({ length: 20 }, (_unused, index) =>
      tree([`040000 tree ${keys}\t.github`, `100644 blob ${blob(`a: ${String(index)}\n`)}\tweb.yaml`]),
    );
    let parent = '';
    const commit = (index: number): string => {
      const who = `Carl <${CARL}> ${String(1_700_000_000 + index)} +0000`;
      const head = `tree ${trees[index % trees.length] ?? ''}\n${parent === '' ? '' : `parent ${parent}\n`}author ${who}\ncommitter ${who}\n`;
      const body = `\nCommit ${String(index)}\n`;
      const armor = signer.sign(Buffer.from(head + body)).trimEnd();
      return git(
        ['hash-object', '-t', 'commit', '-w', '--stdin'],
        `${head}gpgsig ${armor.split('\n').join('\n ')}\n${body}`,
      );
    };
    parent = commit(0);
    const base = parent;
    for (let index = 1; index <= COMMITS; index += 1) parent = commit(index);
    const rules = await loadRuleSet();
    const settings = {
      'allowed-signer': 'signatures: {require: allowed-signer}\n',
      'allowed-signer, with a setting about paths': `signatures: {require: allowed-signer, groups: {team: ['${CARL}']}, paths: [{paths: ['web.yaml'], groups: [team]}]}\n`,
    };
    console.log(
      `\nA pull request of ${String(COMMITS)} signed commits (our own part: objects, rules, signatures)`,
    );
    for (const [name, text] of Object.entries(settings)) {
      const repository = await openRepository(directory);
      const started = performance.now();
      const { report } = await reviewRepository({
        repository,
        base,
        head: parent,
        rules,
        policy: { path: 'policy', text },
      });
      repository.close();
      const valid = report.commits.filter(({ signature }) => signature.state === 'valid').length;
      if (valid !== COMMITS) throw new Error(`only ${String(valid)} are valid`);
      console.log(`${(performance.now() - started).toFixed(0).padStart(5)} ms  ${name}`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

try {
  await perSecond();
  await pullRequest();
} finally {
  stopPrograms();
  removeFolders();
}
