import type { Manifest } from '../../engine/catalog/manifest.ts';
import { identifierColumn, positionColumns } from '../../engine/catalog/table.ts';
import type { Cone } from '../../engine/healpix-wasm/kernel.ts';
import { fileUrl } from './addresses.ts';

/** Something to copy that works as it stands. */
export interface Recipe {
  readonly title: string;
  readonly language: 'python' | 'sh';
  readonly code: string;
}

/** What recipes are about. */
export interface RecipeSubject {
  readonly manifest: Manifest;
  /** Address of the dated release. */
  readonly url: string;
  /** Path of one of its data files; null where it has none. */
  readonly file: string | null;
  /** With rows in it; null where there are none, or no positions. */
  readonly cone: Cone | null;
}

/** Recipes for a release: to open it where it is, and to download it. */
export function recipesOf(subject: RecipeSubject): Recipe[] {
  const { file, cone } = subject;
  return [
    ...(cone === null ? [] : [lsdb(subject, cone)]),
    ...(file === null ? [] : [pyarrow(subject), duckdb(subject), astropy(subject, file)]),
    download(subject),
    ...(file === null ? [] : [downloadedDuckdb(subject, file)]),
    ...(cone === null ? [] : [region(subject, cone)]),
    ...(cone === null || file === null ? [] : [selection(subject, file)]),
  ];
}

/** A text in Python, in the quotes that it does not have itself. */
const python = (text: string): string =>
  text.includes('"') && !/['\\\n]/.test(text) ? `'${text}'` : JSON.stringify(text);
const inShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function lsdb({ url }: RecipeSubject, { lon, lat, radius }: Cone): Recipe {
  return {
    title: 'LSDB: open the catalogue where it is',
    language: 'python',
    code: `import lsdb

catalog = lsdb.open_catalog(${python(url)})
print(catalog.cone_search(ra=${lon}, dec=${lat}, radius_arcsec=${Math.round(radius * 3600)}).compute())`,
  };
}

/** Columns that an example shows. */
function shownColumns({ table }: Manifest): string[] {
  const positions = positionColumns(table);
  if (positions === null) return table.columns.slice(0, 3).map(({ name }) => name);
  const main = [identifierColumn(table), positions.ra, positions.dec];
  return main.flatMap((column) => (column === null ? [] : [column.name]));
}

/** Reads some columns of all files, one after the other: pyarrow's own threads do not always survive the end of a program that reads by HTTP. */
function remoteRows({ manifest, url }: RecipeSubject): string {
  return `http = fsspec.filesystem("http")
files = http.cat(${python(`${url}/parquet.txt`)}).decode().split()
columns = [${shownColumns(manifest).map(python).join(', ')}]
rows = pyarrow.concat_tables(ParquetFile(http.open(file)).read(columns) for file in files)`;
}

function pyarrow(subject: RecipeSubject): Recipe {
  return {
    title: 'pyarrow: some columns of all files, read where they are',
    language: 'python',
    code: `import fsspec
import pyarrow
from pyarrow.parquet import ParquetFile

${remoteRows(subject)}
print(rows)`,
  };
}

function duckdb(subject: RecipeSubject): Recipe {
  const columns = shownColumns(subject.manifest);
  return {
    title: 'DuckDB: SQL on columns of the files where they are, which pyarrow reads for it',
    language: 'python',
    code: `import duckdb
import fsspec
import pyarrow
from pyarrow.parquet import ParquetFile

${remoteRows(subject)}
print(duckdb.sql(${python(`SELECT count(*), ${columns.map((name) => `max("${name.replaceAll('"', '""')}")`).join(', ')} FROM rows`)}))`,
  };
}

function astropy({ url }: RecipeSubject, file: string): Recipe {
  return {
    title: 'astropy: one file, with units, UCDs and descriptions',
    language: 'python',
    code: `from astropy.table import Table
from astropy.utils.data import download_file

file = download_file(${python(fileUrl(url, file))})
table = Table.read(file, format="parquet.votable")
table.info(["attributes", "stats"])`,
  };
}

/** Some versions of curl call it an error (416) that a file is there already: the checksums judge. */
const RESUMING_CURL = 'curl --fail --create-dirs --continue-at - --retry 5 --config - || true';

function download({ manifest: { catalog }, url }: RecipeSubject): Recipe {
  return {
    title: 'curl: download all of it; again, to go on where it broke off',
    language: 'sh',
    code: `mkdir -p ${inShell(catalog)} && cd ${inShell(catalog)}
curl --fail --remote-name ${inShell(`${url}/SHA256SUMS`)}
curl --fail ${inShell(`${url}/curl.txt`)} |
  ${RESUMING_CURL}
sha256sum --check --quiet SHA256SUMS`,
  };
}

function downloadedDuckdb({ manifest: { catalog } }: RecipeSubject, file: string): Recipe {
  const dataset = file.slice(0, file.indexOf('dataset/'));
  return {
    title: 'DuckDB: SQL on what was downloaded',
    language: 'python',
    code: `import duckdb

rows = duckdb.read_parquet(${python(`${catalog}/${dataset}dataset/**/*.parquet`)})
print(rows.describe())`,
  };
}

function region({ url }: RecipeSubject, { lon, lat, radius }: Cone): Recipe {
  const query = `CIRCLE=${lon}+${lat}+${radius}`;
  return {
    title: 'curl: only the files that are needed for a region',
    language: 'sh',
    code: `mkdir -p region && cd region
curl --fail ${inShell(`${url}/curl.txt?${query}`)} |
  ${RESUMING_CURL}
curl --fail ${inShell(`${url}/SHA256SUMS?${query}`)} |
  sha256sum --check --quiet`,
  };
}

function selection({ manifest, url }: RecipeSubject, file: string): Recipe {
  const { dec } = positionColumns(manifest.table)!;
  const query = new URLSearchParams({
    columns: shownColumns(manifest).join(','),
    filters: `${dec.name}>=-30,${dec.name}<60`,
  });
  return {
    title: 'curl: only some columns and rows of a file',
    language: 'sh',
    code: `curl --fail --output rows.parquet \\
  ${inShell(`${fileUrl(url, file)}?${query}`)}`,
  };
}
