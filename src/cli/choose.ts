interface Choice {
  readonly value: string;
  readonly describe: string;
}

/** Asks for one of the choices. Undefined when the person would rather not say. */
export type Choose = (question: string, choices: readonly Choice[]) => Promise<string | undefined>;

/** With the arrow keys, on the terminal of this process. */
export const chooseOnTerminal: Choose = async (question, choices) => {
  const { isCancel, select } = await import('@clack/prompts');
  const answer = await select({
    message: question,
    options: choices.map(({ value, describe }) => ({ value, label: value, hint: describe })),
    output: process.stderr,
  });
  return isCancel(answer) ? undefined : answer;
};
