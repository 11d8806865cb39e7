import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { compareSummaries } from '../../src/report/compare.ts';
import { renderComparisonHtml } from '../../src/report/compare-html.ts';
import { comparisonSections } from '../../src/report/compare-sections.ts';
import {
  accessibilityViolations,
  launchChromium,
  noChromium,
  openFile,
} from '../support/chromium.ts';
import { latenciesOf, measuredOperation } from '../support/measured.ts';
import { jobOf, summaryOf } from '../support/summaries.ts';

const measured = latenciesOf(seededRandom('page'), 3000, 200_000);
const comparison = compareSummaries(
  summaryOf({ operations: [measuredOperation(measured)] }),
  summaryOf({
    operations: [measuredOperation(measured.map((us) => Math.round(us * 1.3)))],
    jobs: [jobOf({ status: 'COMPLETED' })],
    scenario: { ...summaryOf().scenario, resolved: { name: 'canary', jobs: [{ at: 5 }] } },
  }),
);
const html = renderComparisonHtml(
  comparison,
  comparisonSections(comparison, [
    { text: 'latency.update.p99 > +10%', result: 'met', detail: '640ms to 832ms, +30%' },
  ]),
);

describe.skipIf(noChromium())('a comparison in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('opens offline, without a complaint', async () => {
    const { page, complaints, requests } = await openFile(browser, html);

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('canary');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([page.url()]);
  });

  it.each(['light', 'dark'] as const)('axe finds nothing wrong with it in %s', async (scheme) => {
    const { page } = await openFile(browser, html, { colorScheme: scheme });
    for (const summary of await page.locator('summary').all()) await summary.click();

    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('both curves of an operation stand in one plot, and differ by more than colour', async () => {
    const { page } = await openFile(browser, html);
    const plot = page.locator('#percentiles-update .wide svg');

    for (const key of ['s0', 's1']) {
      await expect(plot.locator(`[data-series=${key}]`).first().isVisible()).resolves.toBe(true);
    }
    expect(await plot.locator('[data-series=s0] [stroke-dasharray]').count()).toBeGreaterThan(0);
    expect(await plot.locator('[data-series=s1] [stroke-dasharray]').count()).toBe(0);
  });

  it('is no wider than a narrow screen', async () => {
    const { page } = await openFile(browser, html, { viewport: { width: 420, height: 900 } });
    for (const summary of await page.locator('summary').all()) await summary.click();

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(420);
  });
});
