import { expect, test } from '@jest/globals';
import { FORMATS, render, type RenderContext } from '../../src/report/index.ts';
import { failing, finding } from '../support/report-fixture.ts';

const CONTEXT: RenderContext = {
  text: { color: false, sources: () => null },
  sarif: { rules: [], version: '1.2.3', urlOf: () => null },
};

test('the formats of the command line', () => {
  expect(FORMATS).toEqual(['text', 'json', 'sarif', 'markdown', 'html', 'github']);
});

test.each([
  ['text', /^apps\/web\/policy\.yaml:3:5 error no-open-ingress\n/],
  ['json', /^\{\n {2}"version": 1,/],
  ['sarif', /"version": "2\.1\.0"/],
  ['markdown', /^# gitops-warden\n/],
  ['html', /^<!doctype html>\n/],
  ['github', /^::error file=/],
] as const)('%s ends in one line break', (format, start) => {
  const text = render(format, failing([finding()]), CONTEXT);
  expect(text).toMatch(start);
  expect(text).toMatch(/[^\n]\n$/);
});
