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
  /** Names of bindings to folders that the worker may write. */
  readonly folders: readonly string[];
  /** Its Durable Objects, which keep what they know in a folder of their own. */
  readonly durableObjects: readonly DurableObjectBinding[];
  /** Addresses that its `fetch` reaches: `public`, `private`, `local` or blocks such as `10.0.0.0/8` (struct Network of workerd.capnp). */
  readonly network: readonly string[];
}

/** A class of the worker, and the name of the binding to its objects. */
export interface DurableObjectBinding {
  readonly binding: string;
  readonly className: string;
}

/** Name of the disk service that keeps the state of Durable Objects. */
export const STATE_FOLDER = 'state';

/**
 * The configuration of bare workerd, in Cap'n Proto text (workerd.capnp). The socket's address (`--socket-addr http=…`), the
 * folders (`--directory-path bucket=…`) and the modules' (`--import-path`) come on the command line, the variables from workerd's environment.
 * The database's password has no other place than this text.
 *
 * The worker can read the bucket, write its own folders, talk to the services and the database that it is bound to, and reach no other
 * address than those of its network, which as a rule are none.
 */
export function workerdConfig(options: WorkerdConfigOptions): string {
  const { database, folders, durableObjects } = options;
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
    ...[...folders, ...services.map(([name]) => name)].map(
      (name) => `(name = ${text(name)}, service = ${text(name)})`,
    ),
    ...durableObjects.map(
      ({ binding, className }) => `(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`,
    ),
    ...(database ? [hyperdriveBinding(database)] : []),
    ...variables,
  ];
  const outside = [
    ...services.map(([name, address]) => externalHttp(name, address)),
    ...(database
      ? [`(name = "postgresql", external = (address = ${text(database.address)}, tcp = ()))`]
      : []),
    ...folders.map(writableFolder),
    ...(durableObjects.length > 0 ? [writableFolder(STATE_FOLDER)] : []),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "almagest", worker = (
      modules = ${list(modules)},
      compatibilityDate = ${text(options.compatibilityDate)},
      compatibilityFlags = ${list(options.compatibilityFlags.map(text))},
      bindings = ${list(bindings)},
      ${durableObjects.length > 0 ? durableObjectFields(durableObjects) : ''}globalOutbound = "outside"
    )),
    ${outside.map((service) => `${service},\n    `).join('')}(name = "bucket", disk = (writable = false, allowDotfiles = false)),
    (name = "outside", network = (allow = ${list(options.network.map(text))}, tlsOptions = (trustBrowserCas = true)))
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

function writableFolder(name: string): string {
  return `(name = ${text(name)}, disk = (writable = true, allowDotfiles = false))`;
}

function durableObjectFields(objects: readonly DurableObjectBinding[]): string {
  const namespaces = objects.map(
    ({ className }) =>
      `(className = ${text(className)}, uniqueKey = ${text(`almagest-${className}`)}, enableSql = true)`,
  );
  return `durableObjectNamespaces = ${list(namespaces)},
      durableObjectStorage = (localDisk = ${text(STATE_FOLDER)}),
      `;
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
