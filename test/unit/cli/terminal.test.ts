import { describe, expect, it } from 'vitest';
import { canRedraw, hasColor, hasUnicode, type Surroundings } from '../../../src/cli/terminal.ts';

const tty: Surroundings = { env: {}, argv: [], platform: 'linux', isTty: true };

describe('frames', () => {
  it.each([
    [{}, true],
    [{ isTty: false }, false],
    [{ env: { CI: 'true' } }, false],
    [{ env: { CI: '1' } }, false],
    [{ env: { CI: '' } }, true],
    [{ env: { CI: 'false' } }, true],
    [{ env: { TERM: 'dumb' } }, false],
  ])('with %j: %j', (given, expected) => {
    expect(canRedraw({ ...tty, ...given })).toBe(expected);
  });
});

describe('colours', () => {
  it.each([
    [{}, true],
    [{ isTty: false }, false],
    [{ env: { TERM: 'dumb' } }, false],
    [{ env: { NO_COLOR: '1' } }, false],
    [{ env: { NO_COLOR: '' } }, true],
    [{ env: { FORCE_COLOR: '1' }, isTty: false }, true],
    [{ env: { FORCE_COLOR: '0' } }, false],
    [{ env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, false],
    [{ argv: ['run', '--no-color'], env: { FORCE_COLOR: '1' } }, false],
    [{ argv: ['run', '--color'], env: { NO_COLOR: '1' }, isTty: false }, true],
    [{ argv: ['run', '--', '--no-color'] }, true],
  ])('with %j: %j', (given, expected) => {
    expect(hasColor({ ...tty, ...given })).toBe(expected);
  });
});

describe('more than ASCII', () => {
  it.each([
    [{}, true],
    [{ env: { LANG: 'en_US.UTF-8' } }, true],
    [{ env: { LANG: 'de_DE.utf8' } }, true],
    [{ env: { LANG: 'C' } }, false],
    [{ env: { LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' } }, false],
    [{ env: { LANG: 'C', LC_CTYPE: 'C.UTF-8' } }, true],
    [{ env: { LANG: 'C.UTF-8', TERM: 'linux' } }, false],
    [{ platform: 'win32' as const }, false],
    [{ platform: 'win32' as const, env: { WT_SESSION: 'x' } }, true],
  ])('with %j: %j', (given, expected) => {
    expect(hasUnicode({ ...tty, ...given })).toBe(expected);
  });
});
