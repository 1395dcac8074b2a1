/**
 * Who may run which statement. Roles are nested: whoever may write may read, and an admin may do everything. A statement is
 * allowed or refused by its kind alone, before anything of its request is carried out.
 */
import type { Statement } from '../../grammar/ast.ts';
import { problem, type Span } from '../base/errors.ts';

/** From the least to the most. */
export const roles = ['read', 'write', 'admin'] as const;
export type Role = (typeof roles)[number];

/** The least role that may run a statement. Inserted rows are data; INSERT INTO … SELECT and all that makes or ends queries is not. */
export const statementRoles: { readonly [Kind in Statement['kind']]: Role } = {
  select: 'read',
  print: 'read',
  showStreams: 'read',
  showTables: 'read',
  showTopics: 'read',
  showQueries: 'read',
  showProperties: 'read',
  showFunctions: 'read',
  showTypes: 'read',
  showVariables: 'read',
  showConnectors: 'read',
  showConnectorPlugins: 'read',
  describeSource: 'read',
  describeStreams: 'read',
  describeTables: 'read',
  describeFunction: 'read',
  describeConnector: 'read',
  explainQuery: 'read',
  explainStatement: 'read',
  assertTopic: 'read',
  assertSchema: 'read',
  // They change the session of whoever sends them and nothing of the server.
  set: 'read',
  unset: 'read',
  define: 'read',
  undefine: 'read',
  insertValues: 'write',
  insertInto: 'admin',
  createSource: 'admin',
  createSourceAs: 'admin',
  dropSource: 'admin',
  alterSource: 'admin',
  alterSystem: 'admin',
  createType: 'admin',
  dropType: 'admin',
  terminate: 'admin',
  pause: 'admin',
  resume: 'admin',
  createConnector: 'admin',
  dropConnector: 'admin',
  // Of test scripts; servers refuse them from everybody.
  assertValues: 'admin',
  assertNullValues: 'admin',
  assertSource: 'admin',
  runScript: 'admin',
};

/** Whether `role` may do what needs `needed`. */
export function includesRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/**
 * Refuses what takes another role; `what` names it, in the statement's text or elsewhere. Throws `auth.forbidden`, in the words
 * that ksqlDB's clients have for the status 403.
 */
export function checkRole(role: Role, needed: Role, what: string, span?: Span): void {
  if (includesRole(role, needed)) return;
  throw problem(
    'auth.forbidden',
    `You are forbidden from using this cluster. ${what} needs the role ${needed}, and this is the role ${role}`,
    {
      hint: `Ask whoever runs the server for the role ${needed}.`,
      ...(span === undefined ? {} : { span }),
    },
  );
}

/** Refuses the statement if `role` may not run it. Throws `auth.forbidden`. */
export function checkStatementRole({ kind, text, span }: Statement, role: Role): void {
  const words = /^\S+(?:\s+[A-Za-z]+)?/.exec(text)?.[0] ?? text;
  checkRole(role, statementRoles[kind], words.replace(/\s+/g, ' ').toUpperCase(), span);
}
