/** A module of the worker's bundle; the first of a bundle is its entry. */
export interface BundledModule {
  /** File name in the bundle's folder, and the name by which the entry imports it. */
  readonly name: string;
  readonly type: 'esModule' | 'wasm';
}

export interface WorkerdConfigOptions {
  readonly modules: readonly BundledModule[];
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** Names of the worker's text variables. */
  readonly variables: readonly string[];
}

/**
 * The configuration of bare workerd, in Cap'n Proto text (workerd.capnp). It says nothing about one machine or
 * one run: the socket's address (`--socket-addr http=…`) and the bucket's folder (`--directory-path bucket=…`) come on the command line,
 * the variables from workerd's environment.
 *
 * The worker can read the bucket, and reach nothing else: `globalOutbound` is a network that allows no address.
 */
export function workerdConfig(options: WorkerdConfigOptions): string {
  const modules = options.modules.map(
    ({ name, type }) => `(name = ${text(name)}, ${type} = embed ${text(name)})`,
  );
  const variables = options.variables.map(
    (name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "almagest", worker = (
      modules = ${list(modules)},
      compatibilityDate = ${text(options.compatibilityDate)},
      compatibilityFlags = ${list(options.compatibilityFlags.map(text))},
      bindings = ${list(['(name = "DISK", service = "bucket")', ...variables])},
      globalOutbound = "nowhere"
    )),
    (name = "bucket", disk = (writable = false, allowDotfiles = false)),
    (name = "nowhere", network = (allow = []))
  ],
  sockets = [
    (name = "http", service = "almagest", http = (forwardedProtoHeader = "X-Forwarded-Proto"))
  ]
);
`;
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
