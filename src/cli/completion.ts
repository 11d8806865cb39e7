import type { CommandModule } from 'yargs';
import { AppError } from '../base/errors.ts';
import { suggestion } from '../base/suggest.ts';
import type { Io } from './io.ts';

const bashScript = `# fleetrig: bash completion
_fleetrig() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  mapfile -t words < <(SHELL=bash "\${COMP_WORDS[0]}" --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "\${words[*]}" -- "$current")
  # A folder is to be gone on from.
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == */ ]] && compopt -o nospace
  return 0
}
complete -o bashdefault -o default -F _fleetrig fleetrig
`;

const zshScript = `#compdef fleetrig
# fleetrig: zsh completion
_fleetrig() {
  local -a replies
  replies=("\${(@f)$(SHELL=zsh "\${words[1]}" --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${replies[*]}" ]]; then
    _describe 'fleetrig' replies
  else
    _files
  fi
}
# Sourced from .zshrc, or found in $fpath.
if [[ "\${funcstack[1]}" == _fleetrig ]]; then _fleetrig; else compdef _fleetrig fleetrig; fi
`;

const scripts: Readonly<Record<string, string>> = { bash: bashScript, zsh: zshScript };

interface CompletionArgs {
  readonly shell: string | undefined;
}

export function completionCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, CompletionArgs> {
  return {
    command: 'completion [shell]',
    describe: 'Print a script that completes commands, options and files in bash or zsh',
    builder: (yargs) =>
      yargs
        .positional('shell', {
          type: 'string',
          choices: Object.keys(scripts),
          describe: 'bash or zsh [default: the one of $SHELL]',
        })
        .example('source <($0 completion bash)', 'in ~/.bashrc')
        .example('source <($0 completion zsh)', 'in ~/.zshrc, after compinit'),
    handler: ({ shell }) => {
      io.stdout(scriptFor(shell ?? shellOf(io.env['SHELL'])));
      settle(0);
    },
  };
}

function shellOf(path: string | undefined): string {
  return path?.split('/').at(-1) ?? 'bash';
}

function scriptFor(shell: string): string {
  const script = scripts[shell];
  if (script !== undefined) return script;
  throw new AppError('usage', `no completion for ${shell}`, {
    hint: suggestion(shell, Object.keys(scripts)) ?? '',
  });
}
