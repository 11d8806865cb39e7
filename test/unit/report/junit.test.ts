import { expect, it } from 'vitest';
import { escapeXml, renderJunit } from '../../../src/report/junit.ts';
import { assertionOf, summaryOf } from '../../support/summaries.ts';

const missed = assertionOf({
  expr: 'latency.update.p99 < 250ms',
  expected: '< 250ms',
  actual: '312ms',
  result: 'failed',
  line: 34,
});

const unknown = assertionOf({
  expr: 'jobs.fw-1-4.abort.failed <= 40',
  expected: '<= 40',
  actual: 'no value: jobs.fw-1-4.abort.failed',
  result: 'error',
});

it('one test case per expectation, with its place and a message that stands alone', () => {
  const xml = renderJunit(summaryOf({ assertions: [assertionOf(), missed, unknown] }));

  const cases = elementsOf(xml, 'testcase');
  expect(cases.map(({ classname, name, file, line }) => [classname, name, file, line])).toEqual([
    ['canary.jobs', 'jobs.fw-1-4.status == CANCELED', 'scenarios/canary.yaml', '31'],
    ['canary.latency', 'latency.update.p99 < 250ms', 'scenarios/canary.yaml', '34'],
    ['canary.jobs', 'jobs.fw-1-4.abort.failed <= 40', 'scenarios/canary.yaml', '31'],
  ]);
  expect(elementsOf(xml, 'failure').map(({ message }) => message)).toEqual([
    'latency.update.p99 < 250ms: expected < 250ms, got 312ms (scenarios/canary.yaml:34)',
  ]);
  expect(elementsOf(xml, 'error').map(({ message }) => message)).toEqual([
    expect.stringContaining('could not be evaluated: no value: jobs.fw-1-4.abort.failed'),
  ]);
  expect(elementsOf(xml, 'testsuite')).toMatchObject([
    { tests: '3', failures: '1', errors: '1', timestamp: '2026-11-20T21:40:03' },
  ]);
  expect(elementsOf(xml, 'property')).toContainEqual({
    name: 'run_id',
    value: '2026-11-20T21-40-03Z-canary',
  });
});

it.each(['inconclusive', 'interrupted', 'error'] as const)(
  'an %s run is an error although every expectation held',
  (verdict) => {
    const { run, harness } = summaryOf();
    const summary = summaryOf({
      run: { ...run, verdict, exitCode: 1, error: 'worker 2 died' },
      harness: { ...harness, trusted: false, reasons: ['schedule delay p99 820ms'] },
    });

    const xml = renderJunit(summary);

    expect(elementsOf(xml, 'testcase')).toHaveLength(2);
    const [problem] = elementsOf(xml, 'error');
    for (const part of [verdict, 'worker 2 died', 'schedule delay p99 820ms']) {
      expect(problem?.['message']).toContain(part);
    }
  },
);

it('stays well-formed whatever the texts hold', () => {
  const nasty = 'a<b> & "c" \'d\' ]]> \u0000\u001b[31m\u0085 \ud800 \uffff\n\ttail 🦀';
  const { scenario } = summaryOf();

  const xml = renderJunit(
    summaryOf({
      scenario: { ...scenario, name: nasty },
      assertions: [assertionOf({ expr: nasty, actual: nasty, result: 'failed' })],
    }),
  );

  expect(elementsOf(xml, 'testcase').map(({ name }) => name)).toEqual([
    'a<b> & "c" \'d\' ]]> \\u0000\\u001b[31m\\u0085 \\ud800 \\uffff\n\ttail 🦀',
  ]);
});

it.each([
  ['&<>"', '&amp;&lt;&gt;&quot;'],
  ['\r\n\t', '&#13;&#10;&#9;'],
  ['\u0007', '\\u0007'],
  ['\udfff', '\\udfff'],
  ['\ufffe', '\\ufffe'],
  ['é🦀', 'é🦀'],
])('escapes %j', (text, escaped) => {
  expect(escapeXml(text)).toBe(escaped);
});

/** Attributes of every element of that name, after checking that all tags of the document nest. */
function elementsOf(xml: string, wanted: string): Readonly<Record<string, string>>[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u);
  const found: Record<string, string>[] = [];
  const open: string[] = [];
  const body = xml.replace('<?xml version="1.0" encoding="UTF-8"?>', '');
  const tag = /<(\/?)(\w+)((?: \w+="[^"<]*")*)(\/?)>/g;
  expect(body.replaceAll(tag, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|#\d+;)/);
  for (const [, isEnd, name = '', attributes = '', isEmpty] of body.matchAll(tag)) {
    if (isEnd) {
      expect(open.pop()).toBe(name);
      continue;
    }
    if (!isEmpty) open.push(name);
    if (name !== wanted) continue;
    const pairs = [...attributes.matchAll(/(\w+)="([^"]*)"/g)];
    found.push(Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, decode(value)])));
  }
  expect(open).toEqual([]);
  return found;
}

function decode(text: string): string {
  return text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
