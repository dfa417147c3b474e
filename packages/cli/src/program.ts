// Builds the command-line parser from the table of commands, and runs one.

import { Command as Parser, CommanderError, Option } from 'commander';
import {
  COMMON_OPTIONS,
  type Command,
  type CommandArgument,
  type CommandOption,
  type Options,
} from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT_CODES, type Exit } from './exit-code.ts';
import { Failure, failureOf } from './failure.ts';
import { readSettings, type Environment } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { cannotWatch, watch, WATCH_OPTION } from './watch.ts';

/** Runs the command that the arguments name, and says how it ended. Never throws. */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
  env: Environment,
): Promise<Exit> {
  let exit: Exit = 'ok';
  const parser = buildParser(terminal, async (command, given, options) => {
    const settings = readSettings(options, env);
    const turn = (at: Terminal) => command.run({ terminal: at, settings, env }, given, options);
    if (options['watch'] !== true) exit = await turn(terminal);
    else if (command.reads?.(given)) exit = await watch(terminal, turn);
    else throw cannotWatch([command.name, ...given].join(' '));
  });
  try {
    await parser.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 'ok';
      // Without a command the parser has shown the whole help.
      if (error.code === 'commander.help') return 'wrong_use';
    }
    const failure = error instanceof CommanderError ? wrongUse(error, args) : failureOf(error);
    report(failure, terminal, args.includes('--json'));
    return failure.exit;
  }
}

type Run = (command: Command, args: readonly string[], options: Options) => Promise<void>;

export function buildParser(terminal: Terminal, run: Run): Parser {
  const parser = new Parser('spanledger')
    .description('What your agents did, what it cost, and why the number is right.')
    .version('0.1.0', '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', `\nExit codes\n${exitCodes()}`);
  prepare(parser, terminal);
  for (const command of COMMANDS) {
    const name = [command.name, ...command.arguments.map(argumentText)].join(' ');
    const child = parser.command(name).description(command.summary);
    for (const argument of command.arguments) {
      const registered = child.registeredArguments.find((known) => known.name() === argument.name);
      if (registered) registered.description = argument.meaning;
    }
    for (const option of optionsOf(command)) child.addOption(optionOf(option));
    prepare(child, terminal);
    child.addHelpText('after', `\nExample\n${indent(command.example)}`);
    child.action((...given) => {
      const positional = given
        .slice(0, command.arguments.length)
        .flat()
        .filter((argument) => argument !== undefined) as string[];
      return run(command, positional, child.optsWithGlobals());
    });
  }
  return parser;
}

/** Those of its own. */
export function optionsOf(command: Command): readonly CommandOption[] {
  return command.reads ? [...command.options, WATCH_OPTION] : command.options;
}

function prepare(parser: Parser, terminal: Terminal): void {
  parser
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      // Errors are reported in one place, with their next step.
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(terminal.width, 100),
      getErrHelpWidth: () => Math.min(terminal.width, 100),
    });
  for (const option of COMMON_OPTIONS) {
    parser.addOption(optionOf(option).helpGroup('For every command:'));
  }
}

function optionOf({ flags, meaning, fallback, parse }: CommandOption): Option {
  const option = new Option(flags, meaning);
  if (fallback !== undefined) option.default(parse ? parse(fallback) : fallback, fallback);
  if (parse) option.argParser(parse);
  return option;
}

function argumentText({ name, variadic, optional }: CommandArgument): string {
  const text = `${name}${variadic ? '...' : ''}`;
  return optional ? `[${text}]` : `<${text}>`;
}

function exitCodes(): string {
  return Object.values(EXIT_CODES)
    .map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
    .join('\n');
}

function wrongUse(error: CommanderError, args: readonly string[]): Failure {
  const named = COMMANDS.find((command) => args.includes(command.name));
  return new Failure(
    'wrong_use',
    error.code.replace('commander.', '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    error.message.replace(/^error: /, ''),
    `see "spanledger ${named ? `${named.name} ` : ''}--help"`,
  );
}

function report(failure: Failure, terminal: Terminal, json: boolean): void {
  const { code, message } = failure;
  const next_step = terminal.hint(failure.next_step);
  if (json) {
    terminal.note(JSON.stringify({ error: { code, message, next_step } }));
    return;
  }
  terminal.note(
    `${terminal.paint('bad', 'error')} ${terminal.paint('quiet', `[${code}]`)} ${message}`,
  );
  terminal.note(`${terminal.paint('quiet', 'next')}  ${next_step}`);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
