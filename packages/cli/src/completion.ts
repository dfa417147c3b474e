// Completion of commands and options for shells, written from the table of commands.

import { COMMON_OPTIONS, type Command, type CommandOption } from './command.ts';
import { WATCH_OPTION } from './watch.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { flag: string; meaning: string; takes_value: boolean }[];
}

export function completionOf(shell: Shell, commands: readonly Command[]): string {
  const all = commands.map(({ name, summary, options, reads }) => ({
    ...{ name, summary },
    options: [...options, ...(reads ? [WATCH_OPTION] : []), ...COMMON_OPTIONS].flatMap(flagsOf),
  }));
  return { bash, zsh, fish }[shell](all);
}

/** `--since, --from <time>` are two. */
function flagsOf({ flags, meaning }: CommandOption): Completed['options'] {
  const names = flags.match(/--[\w-]+/g) ?? [];
  return names.map((flag) => ({ flag, meaning, takes_value: flags.includes('<') }));
}

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(
    ({ name, options }) => `    ${name}) words='${options.map(({ flag }) => flag).join(' ')}' ;;`,
  );
  return `# eval "$(spanledger completion bash)"
_spanledger() {
  local words='' current=\${COMP_WORDS[COMP_CWORD]}
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words='${commands.map(({ name }) => name).join(' ')}'
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _spanledger spanledger`;
}

function zsh(commands: readonly Completed[]): string {
  const plain = (text: string): string => text.replace(/['[\]:\\]/g, ' ');
  const names = commands.map(({ name, summary }) => `    '${name}:${plain(summary)}'`);
  const cases = commands.map(({ name, options }) => {
    const flags = options.map(
      ({ flag, meaning, takes_value }) =>
        `'${flag}[${plain(meaning)}]${takes_value ? ':value:_default' : ''}'`,
    );
    return `    ${name}) _arguments ${flags.join(' ')} '*: :_default' ;;`;
  });
  return `# eval "$(spanledger completion zsh)", after compinit
_spanledger() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
}
compdef _spanledger spanledger`;
}

function fish(commands: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c spanledger -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...options.map(
      ({ flag, meaning, takes_value }) =>
        `complete -c spanledger -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)} ${takes_value ? '-r ' : ''}-d ${quoted(meaning)}`,
    ),
  ]);
  return `# spanledger completion fish | source\n${lines.join('\n')}`;
}
