/** What the command line of `leat serve` says of security, as the properties that it stands for (docs/security.md). */
import type { Command } from 'commander';

export interface SecurityFlags {
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly users?: string;
  readonly insecureNoTls?: true;
  readonly insecureNoUsers?: true;
}

/** Adds the options to a command. */
export function addSecurityOptions(command: Command): Command {
  return command
    .option('--tls-certificate <pem>', 'serve over TLS with this certificate chain')
    .option('--tls-key <pem>', 'the private key of the certificate')
    .option('--users <file>', 'ask who is there: the file that leat user has written')
    .option('--insecure-no-tls', 'serve other machines in clear text')
    .option('--insecure-no-users', 'serve other machines without asking who they are');
}

/** The properties that the options set. */
export function securityProperties(flags: SecurityFlags): Readonly<Record<string, string>> {
  const { tlsCertificate, tlsKey, users } = flags;
  return {
    ...(tlsCertificate === undefined ? {} : { 'leat.tls.certificate': tlsCertificate }),
    ...(tlsKey === undefined ? {} : { 'leat.tls.key': tlsKey }),
    ...(users === undefined ? {} : { 'leat.users.file': users }),
  };
}

/** What may be missing outside loopback. */
export function insecureOf({ insecureNoTls, insecureNoUsers }: SecurityFlags): {
  readonly withoutTls: boolean;
  readonly withoutUsers: boolean;
} {
  return { withoutTls: insecureNoTls === true, withoutUsers: insecureNoUsers === true };
}
