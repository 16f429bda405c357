import { afterAll, expect, test } from '@jest/globals';
import { removeFolders } from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';
import { stopPrograms } from '../signatures/support/programs.ts';
import { fuzzSignatures } from './signatures.ts';

afterAll(() => {
  stopPrograms();
  removeFolders();
});

/** The long run is `npm run fuzz`; this one keeps it working. */
(hasProgram('git') ? test : test.skip)(
  'damaged signatures and keys neither throw nor turn valid',
  async () => {
    const { runs, states } = await fuzzSignatures(3_000, 20_260_601);
    expect(runs).toBeGreaterThan(50);
    expect([...states.keys()].some((state) => /bad-signature|malformed/.test(state))).toBe(true);
  },
);
