import type { AssertionSummary, Summary } from './summary.ts';
import { tellOutcome, tellVerdict } from './wording.ts';

type Attributes = Readonly<Record<string, string | number>>;

interface TestCase {
  readonly attributes: Attributes;
  readonly problem?: {
    readonly kind: 'failure' | 'error' | 'skipped';
    readonly message: string;
  };
}

/**
 * One test case per expectation, and one for the run itself when it did not get as far as a verdict.
 * Readers drop suite names and properties (GitLab does), so each message stands alone.
 */
export function renderJunit(summary: Summary): string {
  const { run, scenario, tool } = summary;
  const cases = [
    ...summary.assertions.map((assertion) => caseOf(assertion, summary)),
    ...runCases(summary),
  ];
  const counts = {
    name: scenario.name,
    tests: cases.length,
    failures: cases.filter(({ problem }) => problem?.kind === 'failure').length,
    errors: cases.filter(({ problem }) => problem?.kind === 'error').length,
    time: run.durationSeconds,
  };
  const skipped = cases.filter(({ problem }) => problem?.kind === 'skipped').length;
  const properties: Attributes = {
    run_id: run.id,
    verdict: run.verdict,
    seed: run.seed,
    target: summary.environment.target,
    fleetrig: tool.version,
    report: 'report.json',
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${write(counts)}>`,
    // JUnit's schema takes a timestamp without zone; ours are UTC.
    `  <testsuite${write({ ...counts, skipped, timestamp: run.startedAt.slice(0, 19) })}>`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([name, value]) => `      <property${write({ name, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap(renderCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const problemKinds = { failed: 'failure', error: 'error', skipped: 'skipped' } as const;

function caseOf(assertion: AssertionSummary, { scenario }: Summary): TestCase {
  const { expr, file, line, result } = assertion;
  const group = /^[\w-]+/.exec(expr)?.[0] ?? 'expect';
  const attributes = { classname: `${scenario.name}.${group}`, name: expr, file, line, time: 0 };
  if (result === 'passed') return { attributes };
  const message = `${expr}: ${tellOutcome(assertion)}`;
  return { attributes, problem: { kind: problemKinds[result], message } };
}

function runCases(summary: Summary): TestCase[] {
  const { run, scenario, harness } = summary;
  if (run.verdict === 'passed' || run.verdict === 'failed') return [];
  const reasons = [run.error, ...harness.reasons].filter((reason) => reason !== undefined);
  return [
    {
      attributes: {
        classname: `${scenario.name}.run`,
        name: 'the run comes to a verdict',
        file: scenario.file,
        time: run.durationSeconds,
      },
      problem: { kind: 'error', message: [tellVerdict(summary), ...reasons].join('; ') },
    },
  ];
}

function renderCase({ attributes, problem }: TestCase): string[] {
  const open = `    <testcase${write(attributes)}`;
  if (problem === undefined) return [`${open}/>`];
  const { kind, message } = problem;
  if (kind === 'skipped') {
    return [`${open}>`, `      <skipped${write({ message })}/>`, '    </testcase>'];
  }
  return [
    `${open}>`,
    `      <${kind}${write({ message, type: kind })}>${escapeXml(message)}</${kind}>`,
    '    </testcase>',
  ];
}

function write(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** XML 1.0 has no way to write most control characters, and one of them spoils the file: they become `\u001b`. */
export function escapeXml(text: string): string {
  return text.replaceAll(
    /[&<>"\p{Cc}\ud800-\udfff\ufffe\uffff]/gu,
    (character) =>
      entities[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
