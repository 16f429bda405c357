// Run by bench/run.ts in a process of its own, so that its peak memory is its own too.
import { openRepository } from '../src/git/repository.ts';
import { reviewRepository } from '../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../src/pipeline/rule-set.ts';

const [directory = '.', rounds = '5'] = process.argv.slice(2);
const rules = await loadRuleSet();
const milliseconds: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const started = performance.now();
  const repository = await openRepository(directory);
  const [base, head] = await Promise.all([repository.resolve('main'), repository.resolve('change')]);
  await reviewRepository({ repository, base, head, rules });
  repository.close();
  milliseconds.push(performance.now() - started);
}
const peakMebibytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ milliseconds, peakMebibytes }));
