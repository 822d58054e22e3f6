import type { Column } from '../../engine/catalog/column.ts';
import type { ServiceDescriptor, ServiceParameter } from '../../engine/table/service-descriptor.ts';
import { sodaDescriptor } from '../soda/descriptor.ts';
import { DATALINK_TYPE, LINKS_ID } from './standard.ts';

/** ObsCore 1.1 table 6. */
const PUBLISHER_DID = /^obscore:Curation\.PublisherDID$/i;

/**
 * The services for the images that rows of a table are about: their links, and cutouts of them (DataLink 1.1 §4.5, SODA 1.0 §4.1).
 * None where no column of the table has the identifiers of datasets.
 * @param root address of the service's root, without a trailing slash.
 */
export function imageServices(
  root: string,
  columns: readonly Pick<Column, 'name' | 'utype'>[],
): readonly ServiceDescriptor[] {
  const column = columns.find(({ utype }) => PUBLISHER_DID.test(utype ?? ''));
  if (column === undefined) return [];
  return [
    datalinkDescriptor(root, column.name),
    sodaDescriptor(root, 'sync', { column: column.name, id: null }),
  ];
}

/** @param column of the table that has identifiers of datasets. */
export function datalinkDescriptor(root: string, column: string): ServiceDescriptor {
  return { ...linksService(root), parameters: [idParameter({ column })] };
}

/** `{links}` as it describes itself (DataLink 1.1 §4.4). */
export function selfDescriptor(root: string): ServiceDescriptor {
  return { ...linksService(root), self: true, parameters: [idParameter(null), RESPONSEFORMAT] };
}

function linksService(root: string): Omit<ServiceDescriptor, 'parameters'> {
  return {
    id: null,
    name: 'links',
    description: 'The file of each image, previews of it, cutouts, and related files',
    standardId: LINKS_ID,
    accessUrl: `${root}/datalink/links`,
    contentType: DATALINK_TYPE,
  };
}

function idParameter(value: ServiceParameter['value']): ServiceParameter {
  return {
    name: 'ID',
    datatype: 'char',
    arraysize: '*',
    xtype: null,
    unit: null,
    ucd: 'meta.id;meta.main',
    description: 'Identifier of a dataset (obs_publisher_did); may be given several times',
    value,
  };
}

const RESPONSEFORMAT: ServiceParameter = {
  name: 'RESPONSEFORMAT',
  datatype: 'char',
  arraysize: '*',
  xtype: null,
  unit: null,
  ucd: 'meta.code.mime',
  description: 'Format of the list of links',
  value: null,
};
