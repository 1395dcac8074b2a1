/**
 * The engine as a role sees it: the one place that everything a request does has to pass, whichever route it came by. What a
 * method needs is in a table; a method that is not in it, or an operation of the registry, is an admin's.
 */
import type { Engine, StatementRequest } from '../../engine/api.ts';
import type { RegistryOp } from '../../registry/api.ts';
import { checkRole, type Role } from '../../sql/statement-roles.ts';

type Method = Exclude<keyof Engine, symbol>;

/** `statements`: what the request's statements need, each for itself; `operation`: what the registry's operation needs. */
const methods: { readonly [Name in Method]: Role | 'statements' | 'operation' } = {
  execute: 'statements',
  query: 'statements',
  subscribe: 'read',
  produce: 'write',
  insertRows: 'write',
  fetch: 'read',
  topics: 'read',
  registry: 'operation',
  createTopic: 'admin',
  closeQuery: 'read',
  settle: 'read',
  describe: 'read',
  complete: 'read',
  metrics: 'read',
  consistencyToken: 'read',
  storeLags: 'read',
};

const operations: { readonly [Op in RegistryOp]: Role } = {
  subjects: 'read',
  versions: 'read',
  version: 'read',
  schema: 'read',
  places: 'read',
  'referenced-by': 'read',
  lookup: 'read',
  compatible: 'read',
  config: 'read',
  register: 'write',
  'set-config': 'write',
  'delete-config': 'write',
  'delete-subject': 'write',
  'delete-version': 'write',
};

/** Methods throw `auth.forbidden` where `role` may not; the engine itself is not touched then. */
export function roleEngine(engine: Engine, role: Role): Engine {
  return new Proxy(engine, {
    get(target, name) {
      const method = Reflect.get(target, name, target) as unknown;
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => {
        const passed = admitted(String(name), args, role);
        return Reflect.apply(method, target, passed) as unknown;
      };
    },
  });
}

/** The arguments to go on with. */
function admitted(name: string, args: readonly unknown[], role: Role): readonly unknown[] {
  const needed = Object.hasOwn(methods, name) ? methods[name as Method] : 'admin';
  if (needed === 'statements') return [{ ...(args[0] as StatementRequest), role }];
  if (needed === 'operation') {
    const { op } = args[0] as { readonly op: RegistryOp };
    checkRole(role, Object.hasOwn(operations, op) ? operations[op] : 'admin', `registry ${op}`);
    return args;
  }
  checkRole(role, needed, name);
  return args;
}
