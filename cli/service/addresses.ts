import { exampleCone } from '../../edge/example-cone.ts';
import type { Catalogs } from '../../engine/catalog/catalogs.ts';
import { qualifiedName } from '../../engine/catalog/table.ts';
import { CorruptReleaseError, StorageError } from '../../engine/errors.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { OBSCORE } from '../../engine/obscore/table.ts';

/** Where the service answers: front page, TAP, capabilities, and for each catalogue a search that finds something. */
export async function addresses(
  root: string,
  catalogs: Catalogs,
  kernel: HealpixKernel,
  maxRadius: number,
): Promise<string> {
  const names = await catalogs.list();
  const lines = await Promise.all(names.map((name) => catalogLines(root, name, catalogs, kernel, maxRadius)));
  const none = [
    '  No catalogue is published yet: see "npx almagest load --help" and "npx almagest publish --help".',
  ];
  return [
    `  Front page    ${root}/`,
    `  TAP           ${root}/tap`,
    `  Capabilities  ${root}/capabilities`,
    ...(names.length === 0 ? none : lines.flat()),
  ].join('\n');
}

async function catalogLines(
  root: string,
  name: string,
  catalogs: Catalogs,
  kernel: HealpixKernel,
  maxRadius: number,
): Promise<string[]> {
  try {
    const release = (await catalogs.open(name))!;
    const { rows } = release.manifest;
    const cone = exampleCone(kernel, release, maxRadius) ?? { lon: 0, lat: 0, radius: 0.1 };
    const address =
      name === qualifiedName(OBSCORE)
        ? `  Images (SIA)  ${root}/sia2/query?POS=CIRCLE+${cone.lon}+${cone.lat}+${cone.radius}`
        : `  Cone search   ${root}/scs/${name}?RA=${cone.lon}&DEC=${cone.lat}&SR=${cone.radius}`;
    return [
      address,
      `                ${name}: release ${release.manifest.release}, ${rows.toLocaleString('en')} rows`,
    ];
  } catch (error) {
    if (!(error instanceof CorruptReleaseError || error instanceof StorageError)) throw error;
    return [
      `  ${name}: its release cannot be served, "npx almagest export ${name}" makes a new one: ${error.message}`,
    ];
  }
}
