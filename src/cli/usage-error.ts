import { AppError } from '../base/errors.ts';
import { suggestion } from '../base/suggest.ts';

/** What a parser said of a command line it could not read. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure';
}

/** The words a command line may be made of. */
export interface Vocabulary {
  /** The command that was named, if there is such a one. */
  readonly command: string | undefined;
  readonly commands: readonly string[];
  /** Of that command, with their dashes. */
  readonly options: readonly string[];
  /** What else that command is called with: `<scenario>`. */
  readonly operands: string;
}

/** The parser's complaint in our words, with what was probably meant. */
export function explainUsage(complaint: string, vocabulary: Vocabulary): AppError {
  const { command } = vocabulary;
  const who = command === undefined ? 'fleetrig' : `fleetrig ${command}`;
  const { message, hint } = explainUnknown(complaint, vocabulary) ??
    explainMissing(complaint, vocabulary) ??
    explainChoice(complaint) ?? { message: complaint };
  const see = `see ${who} --help`;
  return new AppError('usage', `${who}: ${message}`, {
    hint: hint === undefined ? see : `${hint}\n${see}`,
  });
}

interface Explanation {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** `Unknown arguments: run-idd, runIdd, extra`: one explanation of all of them. */
function explainUnknown(
  complaint: string,
  { command, commands, options }: Vocabulary,
): Explanation | undefined {
  const [, list] = /^Unknown (?:argument|command)s?: (.+)$/s.exec(complaint) ?? [];
  if (list === undefined) return undefined;
  const words = withoutTwins(list.split(', '));
  if (command === undefined) {
    const [word = ''] = words;
    return { message: `there is no command "${word}"`, hint: suggestion(word, commands) };
  }
  const hints = words.flatMap((word) => nearOption(word, options));
  const named = words.map((word) => `"${word}"`).join(', ');
  return {
    message: `${words.length === 1 ? 'unknown argument' : 'unknown arguments'} ${named}`,
    hint: hints.length === 0 ? undefined : hints.join('\n'),
  };
}

/** The parser tells `run-idd` a second time as `runIdd`. */
function withoutTwins(words: readonly string[]): string[] {
  const twins = new Set(
    words
      .filter((word) => word.includes('-'))
      .map((word) => word.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())),
  );
  return words.filter((word) => !twins.has(word));
}

function nearOption(word: string, options: readonly string[]): string[] {
  const bare = options.map((option) => option.replace(/^-+/, ''));
  const hint = suggestion(word, bare);
  return hint?.startsWith('did you mean') ? [hint.replace('"', '"--')] : [];
}

function explainMissing(complaint: string, { operands }: Vocabulary): Explanation | undefined {
  if (!complaint.startsWith('Not enough non-option arguments')) return undefined;
  return { message: `something is missing: ${operands}` };
}

/** `Argument: template, Given: "smok", Choices: "smoke", "soak"` */
function explainChoice(complaint: string): Explanation | undefined {
  const match = /Argument: (\S+), Given: "?([^"]*?)"?, Choices: (.+)/.exec(complaint);
  if (match === null) return undefined;
  const [, name = '', given = '', list = ''] = match;
  const choices = list.split(', ').map((choice) => choice.replaceAll('"', ''));
  return { message: `${name} cannot be "${given}"`, hint: suggestion(given, choices) };
}
