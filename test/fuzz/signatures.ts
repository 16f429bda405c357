// Feeds damaged input to everything that reads signatures and keys, for a bounded time: nothing may throw, hang, or turn
// valid. `npm run fuzz -- SECONDS SEED`; a failure prints the seed and the input.
import { createHash } from 'node:crypto';
import { DEFAULT_KEY_PLACES } from '../../src/engine/signature-policy-file.ts';
import { readAllowedSigners, readRevokedKeys } from '../../src/signatures/allowed-signers.ts';
import { readGitObject, withoutHeaders, signatureHeaders } from '../../src/signatures/git-object.ts';
import { readKeyring, type Keyring } from '../../src/signatures/keyring.ts';
import { readCommitSignature, readPeople, readTag } from '../../src/signatures/signed-object.ts';
import { verifySignature, verifyTag } from '../../src/signatures/verify.ts';
import { signerChanges } from '../../src/signatures/signer-changes.ts';
import { stopPrograms } from '../signatures/support/programs.ts';
import { removeFolders } from '../support/git-fixture.ts';
import { makeCorpus, type Sample } from './corpus.ts';
import { createRandom, mutate, type Random } from './mutate.ts';

export interface FuzzResult {
  readonly runs: number;
  readonly states: ReadonlyMap<string, number>;
}

const NOW = new Date();

/** @throws {Error} with the seed and the input when something goes wrong */
export async function fuzzSignatures(milliseconds: number, seed: number): Promise<FuzzResult> {
  const { samples, keyFiles } = makeCorpus();
  const keyring = await readKeyring(keyFiles, DEFAULT_KEY_PLACES);
  if (keyring.problems.length > 0) throw new Error('the corpus has unreadable keys');
  const states = new Map<string, number>();
  for (const sample of samples) {
    const { state } = await verifyCommit(sample.raw, keyring);
    if (state !== 'attested') throw new Error(`the corpus has a ${sample.kind} signature that is ${state}`);
  }
  const random = createRandom(seed);
  const end = performance.now() + milliseconds;
  let runs = 0;
  for (; performance.now() < end; runs += 1) {
    const sample = random.pick(samples);
    const started = performance.now();
    const { input, judge } = damage(sample, keyring, keyFiles, random, states);
    await judge().catch((error: unknown) => {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(
        `seed ${String(seed)}, run ${String(runs)}, ${sample.kind}: ${what}\n${input.toString('base64')}`,
      );
    });
    if (performance.now() - started > 5_000) {
      throw new Error(
        `seed ${String(seed)}, run ${String(runs)}: took too long: ${input.toString('base64').slice(0, 2_000)}`,
      );
    }
  }
  return { runs, states };
}

/** A damaged input, and what has to stand it. */
function damage(
  sample: Sample,
  keyring: Keyring,
  keyFiles: readonly { path: string; bytes: Uint8Array }[],
  random: Random,
  states: Map<string, number>,
): { input: Buffer; judge: () => Promise<void> } {
  if (random.below(5) === 0) {
    const file = random.pick(keyFiles);
    const bytes = mutate(Buffer.from(file.bytes), random);
    const judge = async (): Promise<void> => {
      const damaged = await readKeyring([{ path: file.path, bytes }], DEFAULT_KEY_PLACES);
      const [before, after] = [keyring, damaged].map((ring) => ({
        keyring: ring,
        policyPath: '',
        policy: {},
      }));
      if (before !== undefined && after !== undefined) await signerChanges(before, after);
      readAllowedSigners(file.path, bytes.toString('utf8'));
      readRevokedKeys(bytes.toString('utf8'));
    };
    return { input: bytes, judge };
  }
  const damaged = random.below(3) === 0 ? mutate(sample.raw, random) : damageSignature(sample, random);
  const judge = async (): Promise<void> => {
    const { state, payload } = await verifyCommit(damaged, keyring);
    states.set(`${sample.kind} ${state}`, (states.get(`${sample.kind} ${state}`) ?? 0) + 1);
    // Whatever was done to it: what counts as signed is what was signed.
    if (state === 'attested' && payload !== sample.payload) throw new Error('turned valid');
    const tag = readTag(damaged);
    if (tag !== null) await verifyTag(tag, keyring, NOW);
  };
  return { input: damaged, judge };
}

/** Damage below the armor, which would otherwise catch nearly all of it. */
function damageSignature(sample: Sample, random: Random): Buffer {
  const bytes = mutate(sample.signature, random);
  const armor = sample.armor(bytes);
  return Buffer.from(
    sample.raw.toString('latin1').replace(/gpgsig [^]*?\n(?! )/, () => armor),
    'latin1',
  );
}

async function verifyCommit(raw: Buffer, keyring: Keyring): Promise<{ state: string; payload: string }> {
  const object = readGitObject(raw);
  const rest = withoutHeaders(raw, signatureHeaders(object.headers));
  const { committer } = readPeople(object);
  const { state } = await verifySignature(
    readCommitSignature(object, 'sha1'),
    committer.seconds,
    keyring,
    NOW,
  );
  return { state, payload: createHash('sha256').update(rest).digest('hex') };
}

if (process.argv[1] === import.meta.filename) {
  const [seconds = 60, seed = Date.now() % 1_000_000_007] = process.argv.slice(2).map(Number);
  console.log(
    `Fuzzing the readers of signatures and keys for ${String(seconds)} s with seed ${String(seed)}`,
  );
  try {
    const { runs, states } = await fuzzSignatures(seconds * 1_000, seed);
    console.log(`${String(runs)} inputs, none of which threw, hung or turned valid`);
    for (const [state, count] of [...states].sort()) console.log(`${String(count).padStart(9)}  ${state}`);
  } finally {
    stopPrograms();
    removeFolders();
  }
}
