// Run by bench/manifests/run.ts in a process of its own, so that everything is cold and its peak memory is its own too.
import { activeRules } from '../../src/engine/active-rules.ts';
import { openFile } from '../../src/engine/judged-file.ts';
import { review } from '../../src/engine/review.ts';
import { collectPaths } from '../../src/git/collect-paths.ts';
import { resolvePolicy } from '../../src/pipeline/base-policy.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { render } from '../../src/report/index.ts';
import { DEEP_SEARCH, stopwatch, usage, type Stages } from './stages.ts';

const RENDERING = {
  text: { color: false, width: 100, sources: () => null },
  sarif: { rules: [], version: '', urlOf: () => null },
};

const [directory = '.', part = 'all'] = process.argv.slice(2);
const stages: Stages = { times: {}, rules: {}, findings: 0, whole: { wall: 0, cpu: 0 }, peakMebibytes: 0 };

async function measured<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const elapsed = stopwatch();
  const result = await work();
  stages.times[name] = elapsed();
  return result;
}

const all = await measured('rules', () => loadRuleSet());
const chosen = all.rules.filter(({ definition }) => part === 'all' || !DEEP_SEARCH.has(definition.id));
const change = await measured('collect', () => collectPaths([directory], { root: directory, rules: chosen }));
if (part === 'parse') {
  await measured('parse', () => {
    for (const version of change.after.files.values()) openFile(version.path, version, change.after);
  });
} else {
  const { policy } = await resolvePolicy(all, {
    override: null,
    floor: null,
    findInTree: () => Promise.resolve(null),
  });
  for (const { id } of activeRules(chosen, policy)) stages.rules[id] = 0;
  const report = await measured('judge', () =>
    review(change, chosen, policy, {
      observe: (ruleId, milliseconds) => {
        stages.rules[ruleId] = (stages.rules[ruleId] ?? 0) + milliseconds;
      },
    }),
  );
  stages.findings = report.findings.length;
  await measured('report', () => render('json', report, RENDERING));
}
process.stdout.write(JSON.stringify({ ...stages, ...usage() }));
