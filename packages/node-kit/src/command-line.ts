import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

/** One flag of a command line and its value. */
export interface ValueOption<T> {
  /** The flag with the name of its value: `--rtmp-port <port>`. */
  readonly flag: string;
  /** What the value means, for `--help`. */
  readonly description: string;
  /** The value when the flag is not given. */
  readonly default: T;
  /** What `--help` says of the default. @default the default itself */
  readonly defaultText?: string;
  /** Whether a value that is refused may hold a secret, and is not repeated. @default false */
  readonly secret?: boolean;
  /**
   * Reads the value; throws a RangeError that says what was expected.
   *
   * @param before  the value of the flags of this name before it, or the default; a flag that can be repeated adds to it
   */
  parse(text: string, before: T): T;
}

/** One flag of a command line that has no value: it is given or not. */
export interface SwitchOption {
  /** The flag: `--tls-dev` makes `tlsDev` true, `--no-sniff` makes `sniff` false. */
  readonly flag: string;
  /** What the flag does, for `--help`. */
  readonly description: string;
  /** The value when the flag is not given: true for a flag that begins with `--no-`, false for any other. */
  readonly default: boolean;
}

/** One flag of a command line. */
export type CommandLineOption<T> = [T] extends [boolean] ? SwitchOption : ValueOption<T>;

/** The flags of a command line by the name of their value. */
export type CommandLineOptions<V> = {
  readonly [Name in keyof V]: CommandLineOption<V[Name]>;
};

/** A command line, declared as data. */
export interface CommandLine<V> {
  /** The name of the command. */
  readonly name: string;
  /** What the command does, for `--help`. */
  readonly description: string;
  /** What `--version` says. */
  readonly version: string;
  /** The flags that work. */
  readonly options: CommandLineOptions<V>;
  /** Flags, as `--name`, that belong to the command but not to this version; they are refused by name. */
  readonly unavailable: readonly string[];
  /**
   * Says what is wrong with values that are right one by one; undefined when nothing is.
   *
   * @default every combination is taken
   */
  readonly refuse?: (values: V) => string | undefined;
}

/** What a command line asks for: to run with these values, or to print something and exit. */
export type CommandLineResult<V> =
  | { readonly kind: "run"; readonly values: V }
  | {
      readonly kind: "exit";
      /** 0 after `--help` and `--version`, 2 when the arguments are wrong. */
      readonly code: 0 | 2;
      /** What goes to stdout. */
      readonly output: string;
      /** What goes to stderr. */
      readonly errors: string;
    };

const wrongArguments = 2;
const secretArgument = "rtmp.secretArgument";

// What commander takes as the type of its result.
type Values<V> = Record<keyof V & string, unknown>;

/**
 * Reads the arguments of a command.
 *
 * Unknown flags, bad values, missing values, stray arguments and flags of other versions are all refused with a text;
 * nothing is printed here.
 *
 * @param args  without the names of the interpreter and the script
 */
export function parseCommandLine<V extends Values<V>>(
  line: CommandLine<V>,
  args: readonly string[],
): CommandLineResult<V> {
  const unavailable = findUnavailable(line.unavailable, args);
  if (unavailable !== undefined) {
    return refusal(`option '${unavailable}' is not available in this version`);
  }

  const texts = { output: "", errors: "" };
  const command = commandFor(line).configureOutput({
    writeOut: (text) => (texts.output += text),
    writeErr: (text) => (texts.errors += text),
  });
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === secretArgument) return refusal(error.message);
    return { kind: "exit", code: error.exitCode === 0 ? 0 : wrongArguments, ...texts };
  }

  const values = command.opts<V>();
  const refused = line.refuse?.(values);
  return refused === undefined ? { kind: "run", values } : refusal(refused);
}

function commandFor<V extends Values<V>>(line: CommandLine<V>): Command {
  const command = new Command(line.name)
    .description(line.description)
    .version(line.version, "--version", "print the version and exit")
    .helpOption("--help", "print this help and exit")
    .exitOverride();
  for (const [name, option] of Object.entries<SwitchOption | ValueOption<unknown>>(line.options)) {
    const declared = new Option(option.flag, option.description);
    if ("parse" in option) {
      declared
        .default(option.default, option.defaultText)
        .argParser((text, before) => parseValue(option, text, before));
    } else if (option.default !== declared.negate) {
      throw new TypeError(`${option.flag} cannot be ${option.default} by default`);
    } else declared.default(option.default);
    // Commander names the value after the flag.
    if (declared.attributeName() !== name) throw new TypeError(`${option.flag} is not ${name}`);
    command.addOption(declared);
  }
  return command;
}

function parseValue(option: ValueOption<unknown>, text: string, before: unknown): unknown {
  try {
    return option.parse(text, before);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (option.secret !== true) throw new InvalidArgumentError(error.message);
    // Commander would repeat the argument.
    const refused = `option '${option.flag}' argument is invalid. ${error.message}`;
    throw new CommanderError(wrongArguments, secretArgument, refused);
  }
}

function findUnavailable(
  unavailable: readonly string[],
  args: readonly string[],
): string | undefined {
  const end = args.indexOf("--");
  return args
    .slice(0, end === -1 ? args.length : end)
    .map((arg) => arg.replace(/=.*$/s, ""))
    .find((flag) => unavailable.includes(flag));
}

function refusal(text: string) {
  return {
    kind: "exit",
    code: wrongArguments,
    output: "",
    errors: `error: ${text}\n`,
  } as const;
}
