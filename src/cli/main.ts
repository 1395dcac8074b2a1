/** The command line: what there is, and which file does it. Each command is imported when it is asked for. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { logFormats, logLevels } from '../base/log-line.ts';
import type { Durability } from '../log/log.ts';
import { version } from '../server/version.ts';
import { exitCodeOf, printFailure } from './exit.ts';
import { addSecurityOptions, insecureOf, securityProperties } from './security-options.ts';

export async function main(args: readonly string[]): Promise<void> {
  try {
    await program().parseAsync([...args], { from: 'user' });
  } catch (error) {
    printFailure(error);
    process.exitCode = exitCodeOf(error);
  }
}

const defaultDirectory = 'leat-data';

function program(): Command {
  const root = new Command('leat')
    .description(
      "A SQL database over streams that speaks ksqlDB's language: one process, one data directory.",
    )
    .version(version, '-v, --version')
    .showHelpAfterError('(leat --help lists what there is)')
    .addHelpText(
      'after',
      '\nStart here:\n  leat demo                       ten seconds of live queries\n  leat sql                        a shell with an engine of its own\n  leat serve                      a server for shells, HTTP and WebSocket clients\n',
    );
  addServe(root);
  addConfig(root);
  addUsers(root);
  addSql(root);
  addTest(root);
  addFunctions(root);
  addDatagen(root);
  addDemo(root);
  return root;
}

function addServe(root: Command): void {
  addSecurityOptions(root.command('serve'))
    .description('serve a data directory over HTTP and WebSocket')
    .option('--data <dir>', 'where everything is kept', defaultDirectory)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <port>', 'port to listen on; 0 takes a free one (default: 8088)', port)
    .addOption(durabilityOption())
    .option('--config <file>', 'a properties file, as ksqlDB has them; repeatable', collect, [])
    .addOption(setOption())
    .addOption(propertyOption())
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .addOption(functionsOption())
    .option(
      '--allow-host <name>',
      'a Host header to accept beside loopback; repeatable',
      collect,
      [],
    )
    .option('--allow-origin <origin>', 'an origin whose pages may call; repeatable', collect, [])
    .action(async (options) => {
      const { serve } = await import('./serve.ts');
      process.exitCode = await serve({
        data: options.data,
        host: options.host ?? null,
        port: options.port ?? null,
        insecure: insecureOf(options),
        durability: options.durability,
        config: {
          files: options.config,
          environment: process.env,
          flags: {
            ...Object.fromEntries([...options.set, ...options.property]),
            ...securityProperties(options),
          },
        },
        log: { level: options.logLevel, format: options.logFormat ?? null },
        functions: options.functions ?? null,
        allowHosts: options.allowHost,
        allowOrigins: options.allowOrigin,
      });
    });
}

function addConfig(root: Command): void {
  root
    .command('config')
    .description('list every property of a server: its value, where that is from, its meaning')
    .argument('[filter]', 'part of a name or of a meaning')
    .option('--config <file>', 'a properties file, as ksqlDB has them; repeatable', collect, [])
    .addOption(setOption())
    .addOption(propertyOption())
    .option('--json', 'as JSON')
    .action(async (filter: string | undefined, options) => {
      const { showConfig } = await import('./config.ts');
      process.exitCode = showConfig({
        filter: filter ?? null,
        json: options.json === true,
        files: options.config,
        environment: process.env,
        flags: Object.fromEntries([...options.set, ...options.property]),
      });
    });
}

function addSql(root: Command): void {
  root
    .command('sql')
    .description('run statements, or talk to the shell')
    .option('--server <url>', 'a running server; without it an engine is opened on --data')
    .option('-u, --user <name>', 'who to be on the server')
    .option('-p, --password <password>', 'with --user; without it you are asked')
    .option('-t, --token <token>', 'a bearer token, instead of user and password')
    .option('--data <dir>', 'data directory of the engine', defaultDirectory)
    .addOption(durabilityOption())
    .addOption(functionsOption())
    .option('-e, --execute <sql>', 'run these statements and end')
    .option('-f, --file <path>', 'run the statements of a file and end')
    .addOption(
      new Option('--output <format>', 'how results are written')
        .choices(outputFormats)
        .argParser(outputFormat)
        .default('TABULAR'),
    )
    .option('-d, --define <name=value>', 'a variable for ${name}; repeatable', pair, [])
    .option('--set <name=value>', 'a session property; repeatable', pair, [])
    .action(async (options) => {
      const { sql } = await import('./sql.ts');
      const { authorizationOf } = await import('./credentials.ts');
      process.exitCode = await sql({
        server: options.server ?? null,
        authorization: await authorizationOf(options),
        data: options.data,
        durability: options.durability,
        functions: options.functions ?? null,
        execute: options.execute ?? null,
        file: options.file ?? null,
        output: options.output,
        define: options.define,
        properties: Object.fromEntries(options.set),
      });
    });
}

function addUsers(root: Command): void {
  const user = root.command('user').description('who may log in to a server with a password');
  const users = () => new Option('--users <file>', 'the file').default('leat-users');
  user
    .command('add')
    .description('add a user, or give one another password or role')
    .argument('<name>')
    .addOption(users())
    .requiredOption('--role <role>', 'read, write or admin; repeatable', collect, [])
    .action(async (name: string, options) => {
      const { addUser } = await import('./users.ts');
      process.exitCode = await addUser(options.users, name, options.role);
    });
  user
    .command('remove')
    .description('take a user out')
    .argument('<name>')
    .addOption(users())
    .action(async (name: string, options) => {
      const { removeUser } = await import('./users.ts');
      process.exitCode = removeUser(options.users, name);
    });
  user
    .command('list')
    .description('name all users and their roles')
    .addOption(users())
    .action(async (options) => {
      const { listUsers } = await import('./users.ts');
      process.exitCode = listUsers(options.users);
    });
}

function addTest(root: Command): void {
  root
    .command('test')
    .description('run SQL test scripts (--@test, ASSERT VALUES, ...)')
    .argument('<files...>', 'scripts, or directories of them')
    .addOption(functionsOption())
    .action(async (files: string[], options) => {
      const { testFiles } = await import('./test.ts');
      process.exitCode = await testFiles(files, options.functions ?? null);
    });
}

function addFunctions(root: Command): void {
  root
    .command('functions')
    .description('functions of your own, in TypeScript')
    .command('check')
    .description('load the functions of a directory and run their examples')
    .argument('<dir>', 'the directory')
    .option('--set <name=value>', 'a server property; repeatable', pair, [])
    .action(async (directory: string, options) => {
      const { checkFunctions } = await import('./functions.ts');
      process.exitCode = await checkFunctions(directory, Object.fromEntries(options.set));
    });
}

function addDatagen(root: Command): void {
  root
    .command('datagen')
    .description(
      'write generated records to a topic of a server: orders, users, pageviews, ratings',
    )
    .requiredOption('--quickstart <kind>', 'orders, users, pageviews or ratings')
    .option('--server <url>', 'the server', 'http://127.0.0.1:8088')
    .option('-u, --user <name>', 'who to be on the server')
    .option('-p, --password <password>', 'with --user; without it you are asked')
    .option('-t, --token <token>', 'a bearer token, instead of user and password')
    .option('--topic <name>', 'topic; by default named like the kind')
    .option('--msg-rate <count>', 'records per second; 0 goes as fast as it can', count, 10)
    .option('--iterations <count>', 'records to write; 0 goes on until interrupted', count, 0)
    .option('--seed <number>', 'the same seed writes the same records', count, 1)
    .option('--print', 'also print each record')
    .action(async (options) => {
      const { datagen } = await import('./datagen.ts');
      const { authorizationOf } = await import('./credentials.ts');
      process.exitCode = await datagen({
        kind: options.quickstart,
        server: options.server,
        authorization: await authorizationOf(options),
        topic: options.topic ?? null,
        recordsPerSecond: options.msgRate,
        records: options.iterations,
        seed: options.seed,
        print: options.print === true,
      });
    });
}

function addDemo(root: Command): void {
  root
    .command('demo')
    .description('ten seconds of live data, continuous queries and their results')
    .option('--data <dir>', 'keep what it makes here; by default a temporary directory')
    .option('--seconds <count>', 'how long', count, 10)
    .action(async (options) => {
      const { demo } = await import('./demo.ts');
      process.exitCode = await demo({ data: options.data ?? null, seconds: options.seconds });
    });
}

function functionsOption(): Option {
  return new Option('--functions <dir>', 'functions of your own (docs/user-functions.md)');
}

function setOption(): Option {
  return new Option('--set <name=value>', 'a server property; repeatable')
    .argParser(pair)
    .default([], 'none');
}

function propertyOption(): Option {
  return new Option('--property <name=value>', 'the same as --set')
    .argParser(pair)
    .default([], 'none');
}

function logLevelOption(): Option {
  return new Option('--log-level <level>', 'the least urgent lines of the log')
    .choices([...logLevels])
    .default('info');
}

function logFormatOption(): Option {
  return new Option(
    '--log-format <format>',
    'how the log is written to standard error; by default text in a terminal, else json',
  ).choices([...logFormats]);
}

function durabilityOption(): Option {
  const levels: readonly Durability[] = ['power', 'process', 'memory'];
  return new Option(
    '--durability <level>',
    'what acknowledged records survive: a power cut, a killed process, nothing',
  )
    .choices([...levels])
    .default('power');
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('expected a whole number, 0 or more');
  return value;
}

function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function pair(
  text: string,
  before: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected name=value');
  return [...before, [text.slice(0, at), text.slice(at + 1)]];
}

const outputFormats = ['TABULAR', 'JSON'] as const;

function outputFormat(text: string): (typeof outputFormats)[number] {
  const format = outputFormats.find((name) => name === text.toUpperCase());
  if (format === undefined)
    throw new InvalidArgumentError(`Allowed choices are ${outputFormats.join(', ')}.`);
  return format;
}
