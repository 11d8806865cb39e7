import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { renderHtml } from '../../src/report/html/render-html.ts';
import {
  accessibilityViolations,
  computedStyle,
  launchChromium,
  noChromium,
  openFile,
  openUrl,
} from '../support/chromium.ts';
import {
  emptySummary,
  hostileSummary,
  predictionSummary,
  richSummary,
} from '../support/rich-summary.ts';

const rich = renderHtml(richSummary());
const cases = [
  ['a run', rich],
  ['a prediction', renderHtml(predictionSummary())],
  ['a run that came to nothing', renderHtml(emptySummary())],
] as const;

/** Less the margins a printer needs, in pixels of CSS. */
const a4 = { width: 718, height: 1047 };

describe.skipIf(noChromium())('report.html in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it.each(cases)('%s opens offline: nothing is fetched, nobody complains', async (_, html) => {
    const { page, complaints, requests } = await openFile(browser, html);

    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([page.url()]);
  });

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    it.each(cases)('axe finds nothing wrong with %s', async (_, html) => {
      const { page } = await openFile(browser, html, { colorScheme });
      await unfold(page);

      expect(await accessibilityViolations(page)).toEqual([]);
    });
  });

  it('keys move the cross-hair of a chart, and it is announced', async () => {
    const { page } = await openFile(browser, rich);
    const figure = page.locator('#rollout-0');
    const slider = figure.getByRole('slider');
    const announced = figure.locator('output[aria-live=polite]');
    const times = await figure.locator('tbody th').allTextContents();
    const left = () => figure.locator('.hair').evaluate((hair) => hair.getBoundingClientRect().x);

    await slider.focus();
    const seen: [key: string, index: number, x: number][] = [];
    for (const key of ['Home', 'ArrowRight', 'ArrowUp', 'PageUp', 'PageDown', 'ArrowLeft', 'End']) {
      await page.keyboard.press(key);
      seen.push([key, Number(await slider.getAttribute('aria-valuenow')), await left()]);
      const index = seen.at(-1)?.[1] ?? -1;
      expect(await slider.getAttribute('aria-valuetext')).toBe(times[index]);
      expect(await announced.textContent()).toContain(`simulated time ${times[index]} · notified `);
    }

    expect(seen.map(([, index]) => index)).toEqual([0, 1, 2, 12, 2, 1, times.length - 1]);
    const [home, next, , far, , , end] = seen.map(([, , x]) => x);
    expect([home, next, far, end]).toEqual([home, next, far, end].sort((a = 0, b = 0) => a - b));
    expect(new Set([home, next, far, end]).size).toBe(4);
  });

  it('the pointer reads the nearest row', async () => {
    const { page } = await openFile(browser, rich);
    const figure = page.locator('#rollout-0');
    const slider = figure.getByRole('slider');
    const rows = await figure.locator('tbody tr').count();

    await slider.hover({ position: { x: 1, y: 20 } });
    expect(await slider.getAttribute('aria-valuenow')).toBe('0');
    const { width = 0 } = (await slider.boundingBox()) ?? {};
    await slider.hover({ position: { x: width - 1, y: 20 } });

    expect(await slider.getAttribute('aria-valuenow')).toBe(String(rows - 1));
    expect(await figure.locator('output').textContent()).toContain('notified 1,320');
  });

  it('a button of the legend hides its series, and says so', async () => {
    const { page } = await openFile(browser, rich);
    const figure = page.locator('#states-0');
    const button = figure.getByRole('button', { name: 'failed', exact: true });
    const key = await button.evaluate((each) => each.parentElement?.dataset['key']);
    const area = figure.locator(`.wide [data-series="${key}"]`).first();

    await expect.poll(() => area.isVisible()).toBe(true);
    await button.press('Enter');
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    expect(await area.isVisible()).toBe(false);
    await button.click();

    expect(await button.getAttribute('aria-pressed')).toBe('true');
    expect(await area.isVisible()).toBe(true);
  });

  it('the theme follows the system until somebody chooses, and the charts go along', async () => {
    const { page } = await openFile(browser, rich, { colorScheme: 'dark' });
    const paper = () => computedStyle(page.locator('section').first(), 'background-color');
    const axis = () => computedStyle(page.locator('#rollout-0 .wide text').first(), 'fill');
    const dark = [await paper(), await axis()];

    await page.getByLabel('Theme').selectOption('light');
    const light = [await paper(), await axis()];
    await page.getByLabel('Theme').selectOption('');

    expect(light[0]).toBe('rgb(255, 255, 255)');
    expect(light[1]).not.toBe(dark[1]);
    expect([await paper(), await axis()]).toEqual(dark);
  });

  it.each([320, 420, 600, 1100, 1440])('nothing overflows %d px', async (width) => {
    const { page } = await openFile(browser, rich, { viewport: { width, height: 900 } });
    await unfold(page);

    expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(width);
    expect(await clippedTexts(page)).toEqual([]);
    expect((await page.locator('.narrow svg:visible').count()) > 0).toBe(width < 560);
    expect((await page.locator('.wide svg:visible').count()) > 0).toBe(width >= 560);
  });

  it('a table that is wider than the screen is scrolled by keyboard', async () => {
    const { page } = await openFile(browser, rich, { viewport: { width: 420, height: 900 } });
    const frame = page.getByRole('group', { name: 'Latency by operation' });

    await frame.focus();
    await page.keyboard.press('ArrowRight');

    await expect.poll(() => frame.evaluate((each) => each.scrollLeft)).toBeGreaterThan(0);
  });

  it('under a policy without inline styles and scripts the charts are right', async () => {
    const url = await serve(rich, "sandbox; default-src 'none'; img-src 'self'; style-src 'self'");
    const { page, requests } = await openUrl(browser, url, { colorScheme: 'dark' });

    expect(requests).toEqual([url]);
    expect(await computedStyle(page.locator('section').first(), 'background-color')).toBe(
      'rgba(0, 0, 0, 0)',
    );
    expect(
      await page.locator('button, select:visible, .probe:visible, .narrow:visible').count(),
    ).toBe(0);
    expect(await page.locator('.wide svg:visible').count()).toBe(
      await page.locator('figure').count(),
    );
    expect(await blackShapes(page)).toEqual([]);
    const swatches = page.locator('.legend svg');
    expect(await swatches.count()).toBeGreaterThan(20);
    expect(
      await swatches.evaluateAll(
        (all) => all.filter((each) => each.getBoundingClientRect().width < 8).length,
      ),
    ).toBe(0);
    expect(await page.getByRole('row').count()).toBeGreaterThan(50);
  });

  it('without scripts nothing on the page is dead', async () => {
    const { page } = await openFile(browser, rich, { javaScriptEnabled: false });

    expect(await page.locator('button:visible, select:visible, .probe:visible').count()).toBe(0);
    expect(await page.locator('.wide svg:visible').count()).toBe(
      await page.locator('figure').count(),
    );
    await page.locator('#rollout-0 summary').click();
    expect(await page.locator('#rollout-0 tbody tr').first().isVisible()).toBe(true);
  });

  it.each([true, false])(
    'paper is light, unfolded and wide enough, scripts %s',
    async (javaScriptEnabled) => {
      const { page } = await openFile(browser, rich, {
        javaScriptEnabled,
        colorScheme: 'dark',
        viewport: a4,
      });
      await page.emulateMedia({ media: 'print' });

      for (const gone of ['.skip', '.contents', '.theme', '.probe']) {
        expect(await page.locator(`${gone}:visible`).count(), gone).toBe(0);
      }
      expect(await computedStyle(page.locator('h1'), 'color')).toBe('rgb(28, 35, 43)');
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(a4.width);
      const { height = 0 } = (await page.locator('#rollout-0 tbody').boundingBox()) ?? {};
      expect(height).toBeGreaterThan(500);
    },
  );

  it('text of others stays text', async () => {
    const nasty = `</script></style><img src=x onerror=alert(1)>"'><b style="color:red">&amp;`;
    const { page, complaints } = await openFile(browser, renderHtml(hostileSummary(nasty)));
    await unfold(page);

    expect(complaints).toEqual([]);
    expect(await page.locator('img, b, [style*=red]').count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(nasty);
    expect(await page.locator('pre').textContent()).toContain('onerror=alert(1)');
    expect(await page.getByText(nasty).count()).toBeGreaterThan(5);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

/** Everything a reader may fold open, open. */
async function unfold(page: Page): Promise<void> {
  for (const details of await page.locator('details').all()) {
    await details.evaluate((each) => {
      each.open = true;
    });
  }
}

/** Texts of charts that the picture's edge cuts off. */
function clippedTexts(page: Page): Promise<string[]> {
  return page.locator('.plot svg:visible text').evaluateAll((texts) =>
    texts.flatMap((text) => {
      const own = text.getBoundingClientRect();
      const box = text.ownerSVGElement.getBoundingClientRect();
      const isInside =
        own.left >= box.left - 1 &&
        own.right <= box.right + 1 &&
        own.top >= box.top - 1 &&
        own.bottom <= box.bottom + 1;
      return isInside ? [] : [text.textContent];
    }),
  );
}

/** Shapes in the colour that is taken where none is given. */
function blackShapes(page: Page): Promise<string[]> {
  return page.locator('svg :is(path, rect, circle, polygon, text)').evaluateAll((shapes) =>
    shapes.flatMap((shape) => {
      const { fill, stroke } = shape.ownerDocument.defaultView.getComputedStyle(shape);
      return [fill, stroke].includes('rgb(0, 0, 0)') ? [shape.outerHTML.slice(0, 200)] : [];
    }),
  );
}

async function serve(html: string, policy: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    });
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/report.html`;
}
