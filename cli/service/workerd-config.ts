import type { ReaderAccess } from '../postgres/reader.ts';

export interface WorkerdConfigOptions {
  /** The worker's modules, the entry first: names by which they import one another, and of files on workerd's import path. */
  readonly modules: readonly string[];
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** Names of the worker's text variables. */
  readonly variables: readonly string[];
  /** Workers of other processes: name of the binding → address of their socket. */
  readonly services: Readonly<Record<string, string>>;
  /** What the binding HYPERDRIVE leads to; null: there is no such binding. */
  readonly database: ReaderAccess | null;
}

/**
 * The configuration of bare workerd, in Cap'n Proto text (workerd.capnp). The socket's address (`--socket-addr http=…`), the bucket's
 * folder (`--directory-path bucket=…`) and the modules' (`--import-path`) come on the command line, the variables from workerd's environment.
 * The database's password has no other place than this text.
 *
 * The worker can read the bucket, talk to the services and the database that it is bound to, and reach nothing else: `globalOutbound`
 * is a network that allows no address.
 */
export function workerdConfig(options: WorkerdConfigOptions): string {
  const { database } = options;
  const modules = options.modules.map((name) => {
    const type = name.endsWith('.wasm') ? 'wasm' : 'esModule';
    return `(name = ${text(name)}, ${type} = embed ${text(`/${name}`)})`;
  });
  const variables = options.variables.map(
    (name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`,
  );
  const services = Object.entries(options.services);
  const bindings = [
    '(name = "DISK", service = "bucket")',
    ...services.map(([name]) => `(name = ${text(name)}, service = ${text(name)})`),
    ...(database ? [hyperdriveBinding(database)] : []),
    ...variables,
  ];
  const outside = [
    ...services.map(([name, address]) => externalHttp(name, address)),
    ...(database
      ? [`(name = "postgresql", external = (address = ${text(database.address)}, tcp = ()))`]
      : []),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "almagest", worker = (
      modules = ${list(modules)},
      compatibilityDate = ${text(options.compatibilityDate)},
      compatibilityFlags = ${list(options.compatibilityFlags.map(text))},
      bindings = ${list(bindings)},
      globalOutbound = "nowhere"
    )),
    ${outside.map((service) => `${service},\n    `).join('')}(name = "bucket", disk = (writable = false, allowDotfiles = false)),
    (name = "nowhere", network = (allow = []))
  ],
  sockets = [
    (name = "http", service = "almagest", http = (forwardedProtoHeader = "X-Forwarded-Proto"))
  ]
);
`;
}

/** The scheme of the address that a client asked for goes along, as a proxy would pass it on. */
function externalHttp(name: string, address: string): string {
  return `(name = ${text(name)}, external = (address = ${text(address)}, http = (forwardedProtoHeader = "X-Forwarded-Proto")))`;
}

function hyperdriveBinding({ database, user, password }: ReaderAccess): string {
  const fields = `designator = "postgresql", scheme = "postgres", database = ${text(database)}, user = ${text(user)}, password = ${text(password)}`;
  return `(name = "HYPERDRIVE", hyperdrive = (${fields}))`;
}

function list(items: readonly string[]): string {
  return `[${items.map((item) => `\n        ${item}`).join(',')}\n      ]`;
}

function text(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Cap'n Proto text escapes them as \xNN
  const escaped = value.replace(/[\x00-\x1f"\\]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}
