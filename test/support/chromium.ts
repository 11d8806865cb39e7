import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './cli.ts';

const executablePath = '/usr/bin/chromium';

/** For `describe.skipIf(noChromium())`; says what the tests would have needed. */
export function noChromium(): boolean {
  const isAbsent = !existsSync(executablePath);
  if (isAbsent) process.stderr.write('skipped without the package chromium\n');
  return isAbsent;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface OpenPage {
  readonly page: Page;
  /** What the console said, warnings and errors, and what the page threw. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

/** The page from a file of its own, without a network, until the test is over. */
export async function openFile(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const file = join(temporaryFolder(), 'report.html');
  writeFileSync(file, html);
  return openUrl(browser, pathToFileURL(file).href, { offline: true, ...options });
}

export async function openUrl(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

/** What axe finds wrong by WCAG 2.0 to 2.2, A and AA, and by best practice: `rule: where`. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run({
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))),
  )`);
}

/** As the page has it in the end, whatever the document says. */
export function computedStyle(element: Locator, property: string): Promise<string> {
  return element.evaluate(
    (each, name) => each.ownerDocument.defaultView.getComputedStyle(each).getPropertyValue(name),
    property,
  );
}
