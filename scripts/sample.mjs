// Makes the sample report (reports/sample) and the pictures of the README anew, from one real run
// of the quickstart in a terminal. Needs Linux's `script` and Chromium (CHROMIUM, or /usr/bin/chromium).
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import xterm from '@xterm/headless';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs/images');
const sample = join(root, 'reports/sample');
const columns = 100;
const rows = 46;
/** Into the run, when much is going on: the picture is the screen as it was then. */
const pictureAtMs = 10_800;

const scratch = mkdtempSync(join(tmpdir(), 'fleetrig-sample-'));
const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
const screen = await runQuickstart();
rmSync(sample, { recursive: true, force: true });
cpSync(join(scratch, 'quickstart'), sample, { recursive: true });
mkdirSync(images, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
});
await shootTerminal(screen);
await shootReport();
await browser.close();
rmSync(scratch, { recursive: true });

/** Resolves to the rows of the screen in the middle of the run; rejects unless the run passes. */
function runQuickstart() {
  const command = [
    `stty cols ${columns} rows ${rows}`,
    `node dist/cli/bin.js run scenarios/quickstart.yaml --out ${scratch} --run-id quickstart`,
  ].join('; ');
  const { CI: _, ...env } = process.env;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: root,
    env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8', FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (bytes) => terminal.write(bytes));
  return new Promise((resolve, reject) => {
    let picture;
    setTimeout(() => {
      terminal.write('', () => {
        picture = readScreen();
      });
    }, pictureAtMs);
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0 && picture !== undefined) resolve(picture);
      else
        reject(
          new Error(
            `the quickstart exited with ${code} after its picture: ${picture !== undefined}`,
          ),
        );
    });
  });
}

/** Rows of runs of characters that look alike. */
function readScreen() {
  const { active } = terminal.buffer;
  const lines = [];
  for (let row = 0; row < rows; row++) {
    const line = active.getLine(active.viewportY + row);
    const runs = [];
    for (let column = 0; column < columns; column++) {
      const cell = line?.getCell(column);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const look = lookOf(cell);
      const last = runs.at(-1);
      if (last?.look === look) last.text += cell.getChars() || ' ';
      else runs.push({ look, text: cell.getChars() || ' ' });
    }
    lines.push(runs);
  }
  while (lines.length > 0 && lines.at(-1).every(({ text }) => text.trim() === '')) lines.pop();
  return lines;
}

function lookOf(cell) {
  const classes = [];
  if (cell.isFgPalette()) classes.push(`c${cell.getFgColor()}`);
  if (cell.isBold()) classes.push('bold');
  if (cell.isDim()) classes.push('dim');
  return classes.join(' ');
}

async function shootTerminal(lines) {
  const escaped = (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const body = lines
    .map((runs) =>
      runs.map(({ look, text }) => `<span class="${look}">${escaped(text)}</span>`).join(''),
    )
    .join('\n');
  const page = await browser.newPage({
    viewport: { width: 960, height: 400 },
    deviceScaleFactor: 2,
  });
  await page.setContent(`<!doctype html><style>
    body { margin: 0; display: inline-block; background: #14171c }
    pre { margin: 0; padding: 18px 22px; color: #d7dce2; font: 14px/1.4 "DejaVu Sans Mono", monospace }
    .bold { font-weight: bold } .dim { opacity: .6 }
    .c0 { color: #5c6370 } .c1 { color: #f07178 } .c2 { color: #7fd88f } .c3 { color: #f0c674 }
    .c4 { color: #6cb6ff } .c5 { color: #d2a8ff } .c6 { color: #56d4dd } .c7 { color: #d7dce2 }
    .c8 { color: #7d8590 } .c9 { color: #ff8f87 } .c10 { color: #a5e8b0 } .c11 { color: #ffd98a }
    .c12 { color: #9cceff } .c13 { color: #e2c5ff } .c14 { color: #8ee9f0 } .c15 { color: #fff }
  </style><pre>${body}</pre>`);
  await page.locator('body').screenshot({ path: join(images, 'terminal.png') });
  await page.close();
}

async function shootReport() {
  const page = await browser.newPage({ viewport: { width: 1180, height: 760 } });
  await page.goto(pathToFileURL(join(sample, 'report.html')).href);
  await page.screenshot({ path: join(images, 'report.png') });
  await page.locator('#rollout').screenshot({ path: join(images, 'report-rollout.png') });
  await page.close();
}
