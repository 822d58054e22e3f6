import { html } from 'hono/html';
import type { FileList } from '../../engine/catalog/file-lists.ts';
import type { Release } from '../../engine/catalog/release.ts';
import type { ReleaseFile } from '../../engine/catalog/release-files.ts';
import { bulkUrl, catalogUrl, fileUrl, releaseUrl } from './addresses.ts';
import { type Html, pageOf, sizeText, tableOf } from './layout.ts';
import { LIST_FORMATS } from './lists.ts';

/** What lies in a folder of a release. */
export interface Folder {
  /** Without slashes at its ends; `''` is the release. */
  readonly path: string;
  /** Names of the folders in it. */
  readonly folders: readonly string[];
  readonly files: readonly ReleaseFile[];
}

/** Null where the release has no such folder. */
export function folderOf({ files }: FileList, path: string): Folder | null {
  const start = path === '' ? '' : `${path}/`;
  const folders = new Set<string>();
  const inside: ReleaseFile[] = [];
  for (const file of files) {
    if (!file.path.startsWith(start)) continue;
    const rest = file.path.slice(start.length);
    const slash = rest.indexOf('/');
    if (slash < 0) inside.push(file);
    else folders.add(rest.slice(0, slash));
  }
  return folders.size + inside.length === 0 ? null : { path, folders: [...folders], files: inside };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * A folder for people, and for programs that follow the links of such pages (fsspec): those to what lies in it are relative, all others
 * begin at the root.
 */
export function folderPage(title: string, root: string, { manifest }: Release, folder: Folder): Html {
  const { catalog, release } = manifest;
  const url = releaseUrl(root, catalog, release);
  const parts = folder.path === '' ? [] : folder.path.split('/');
  const link = (name: string) =>
    html`<a href="${encodeURIComponent(name).replaceAll('%3D', '=')}">${name}</a>`;
  const rows = [
    ...folder.folders.map((name) => [
      html`<a href="${encodeURIComponent(name).replaceAll('%3D', '=')}/">${name}/</a>`,
      '',
      '',
      '',
    ]),
    ...folder.files.map(({ path, bytes, rows, sha256 }) => [
      link(nameOf(path)),
      rows?.toLocaleString('en') ?? '',
      sizeText(bytes),
      html`<code>${sha256.slice(0, 12)}…</code>`,
    ]),
  ];
  return pageOf({
    title: `${title}: ${[catalog, release, ...parts].join('/')}`,
    above: [
      { name: title, url: `${root}/` },
      { name: 'Bulk downloads', url: bulkUrl(root) },
      { name: catalog, url: catalogUrl(root, catalog) },
      ...(parts.length > 0 ? [{ name: release, url: `${url}/` }] : []),
      ...parts
        .slice(0, -1)
        .map((name, at) => ({ name, url: `${fileUrl(url, parts.slice(0, at + 1).join('/'))}/` })),
    ],
    heading: parts.at(-1) ?? `${catalog}, ${release}`,
    lead: `${manifest.rows.toLocaleString('en')} rows, ${sizeText(manifest.bytes)} of Parquet.`,
    body: html`<section class="card">
<h2>Files</h2>
${tableOf('Files', ['Name', 'Rows', 'Size', 'SHA-256'], rows)}
</section>
${parts.length > 0 ? '' : lists(link)}`,
  });
}

function lists(link: (name: string) => Html): Html {
  return html`<section class="card">
<h2>Lists of the files</h2>
<ul>${LIST_FORMATS.map(({ name, purpose }) => html`<li>${link(name)}: ${purpose}</li>`)}</ul>
</section>`;
}

/** A folder for programs. */
export function folderJson(root: string, { manifest }: Release, { path, folders, files }: Folder) {
  const { catalog, release, created, rows, bytes } = manifest;
  const url = releaseUrl(root, catalog, release);
  const start = path === '' ? '' : `${path}/`;
  return {
    catalog,
    release,
    created,
    rows,
    bytes,
    path,
    folders: folders.map((name) => ({ name, url: `${fileUrl(url, start + name)}/` })),
    files: files.map((file) => ({ ...file, url: fileUrl(url, file.path) })),
  };
}
