import { expect, it } from 'vitest';
import { renderHtml } from '../../../src/report/html/render-html.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import type { Summary } from '../../../src/report/summary.ts';
import { renderText } from '../../../src/report/text.ts';
import { summaryOf } from '../../support/summaries.ts';

const cloud: NonNullable<Summary['cloud']> = {
  prefix: 'fr-0a1b2c3d-',
  apiCalls: [
    {
      operation: 'CreateThing',
      calls: 1200,
      attempts: 1208,
      throttled: 8,
      failed: 0,
      waitedSeconds: 61,
    },
    { operation: 'DeletePolicy', calls: 1, attempts: 1, throttled: 0, failed: 1, waitedSeconds: 0 },
  ],
  isKept: false,
  removed: { thing: 1200, group: 1 },
  left: ['policy fr-0a1b2c3d-devices: DeleteConflictException: <in use>'],
};

function pages(overrides: Partial<typeof cloud>) {
  const summary = summaryOf({ cloud: { ...cloud, ...overrides } });
  const options = { columns: 100, isUnicode: false, style: (_: unknown, text: string) => text };
  return {
    text: renderText(summary, { ...options, reportPath: 'reports/run' }).join('\n'),
    markdown: renderMarkdown(summary),
    html: renderHtml(summary),
  };
}

it('tells what the account was asked, how often it refused, and how long that took', () => {
  const { text, markdown, html } = pages({});

  expect(text).toMatch(/API call +calls +throttled +failed +waited\n/);
  expect(text).toMatch(/CreateThing +1,200 +8 +0 +1m1s\n/);
  expect(text).toMatch(/total +1,201 +8 +1 +1m1s\n/);
  expect(markdown).toContain('| CreateThing | 1,200 | 8 | 0 | 1m1s |');
  expect(html).toContain('<th scope="row">CreateThing</th><td>1,200</td><td>8</td>');
});

it('tells what is left, each with the reason', () => {
  const { text, markdown, html } = pages({});
  const removal =
    'removed 1,200 things, 1 group; 1 resource of fr-0a1b2c3d-* could not be removed, fleetrig cleanup tries again';

  expect(text.replaceAll(/\s+/g, ' ')).toContain(`! ${removal}`);
  expect(text).toContain('! policy fr-0a1b2c3d-devices: DeleteConflictException: <in use>');
  expect(markdown).toContain('DeleteConflictException: &lt;in use&gt;');
  expect(html).toContain('DeleteConflictException: &lt;in use&gt;');
  expect(html).toContain('Left behind');
});

it('tells how long things waited for their turn, where they did', () => {
  const waits = { connectsWaitedSeconds: 0, readsWaitedSeconds: 2.5, writesWaitedSeconds: 61 };
  const said = 'things waited 2.5s to read, 1m1s to write, gave 3 requests up in line';
  const waiting = pages({ things: { ...waits, givenUp: 3 } });
  const idle = pages({
    things: { ...waits, readsWaitedSeconds: 0, writesWaitedSeconds: 0, givenUp: 0 },
  });

  for (const page of [waiting.text, waiting.markdown, waiting.html]) {
    expect(page.replaceAll(/\s+/g, ' ')).toContain(said);
  }
  expect(idle.text).not.toContain('things waited');
});

it('tells that all is gone, or kept', () => {
  const gone = pages({ left: [], removed: { certificate: 2, policy: 1, keys: 1 } });
  const kept = pages({ left: [], removed: {}, isKept: true });

  expect(gone.text).toContain(
    'removed 2 certificates, 1 policy, keys; nothing of fr-0a1b2c3d-* is left',
  );
  expect(gone.html).not.toContain('Left behind');
  expect(kept.markdown).toContain('all of fr-0a1b2c3d-');
  expect(kept.text).toContain('all of fr-0a1b2c3d-* is kept; fleetrig cleanup removes it');
});

it('says nothing of accounts where there was none', () => {
  const summary = summaryOf({});

  expect(renderMarkdown(summary)).not.toContain('AWS account');
  expect(renderHtml(summary)).not.toContain('AWS account');
});
