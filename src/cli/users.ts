/** `leat user`: who may log in to a server with a password. A server that runs sees the change with the next request. */
import { existsSync } from 'node:fs';
import { stdout } from 'node:process';
import { problem } from '../base/errors.ts';
import { hashPassword } from '../server/security/passwords.ts';
import {
  checkUserName,
  greatestRole,
  readUsers,
  type User,
  writeUsers,
} from '../server/security/users-file.ts';
import { roles } from '../sql/statement-roles.ts';
import { exitCodes } from './exit.ts';
import { readPassword } from './password.ts';

/** Fewer are guessed in no time, however slow a guess is (NIST SP 800-63B). */
const passwordCharsMin = 8;

/** Adds a user, or gives one another password and role. The password comes from the terminal or from standard input. */
export async function addUser(
  path: string,
  name: string,
  given: readonly string[],
): Promise<number> {
  checkUserName(name);
  if (greatestRole(given) === null)
    throw problem('config.users', `${given.join(', ')} holds none of Leat's roles`, {
      hint: `Say --role with one of ${roles.join(', ')}.`,
    });
  const odd = given.find((role) => !/^[\w.-]+$/.test(role));
  if (odd !== undefined) throw problem('config.users', `'${odd}' is no name for a role`);
  const users = usersOf(path);
  const password = await readPassword(`Password for ${name}: `);
  if (password.length < passwordCharsMin)
    throw problem('config.users', `a password has ${passwordCharsMin} characters at least`);
  const isNew = !users.has(name);
  users.set(name, { name, password: await hashPassword(password), roles: given });
  writeUsers(path, users.values());
  stdout.write(`${isNew ? 'Added' : 'Changed'} ${name} (${given.join(', ')}) in ${path}\n`);
  return exitCodes.clean;
}

/** Takes a user out: who is logged in with that name is refused from then on. */
export function removeUser(path: string, name: string): number {
  const users = new Map(readUsers(path));
  if (!users.delete(name)) throw problem('config.users', `there is no user ${name} in ${path}`);
  writeUsers(path, users.values());
  stdout.write(`Removed ${name} from ${path}\n`);
  return exitCodes.clean;
}

/** A line for each user, in the order of the file. */
export function listUsers(path: string): number {
  for (const { name, roles: given } of readUsers(path).values())
    stdout.write(`${name} ${given.join(',')}\n`);
  return exitCodes.clean;
}

function usersOf(path: string): Map<string, User> {
  return existsSync(path) ? new Map(readUsers(path)) : new Map();
}
