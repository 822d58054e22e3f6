import type { Column, Datatype } from '../catalog/column.ts';
import { attributes, escapeXml } from './xml.ts';

/** A service that rows of a table, or a dataset, can be given to (DataLink 1.1 §4). */
export interface ServiceDescriptor {
  /** XML ID, which DataLink's column `service_def` refers to; null where nothing does. */
  readonly id: string | null;
  /** Whether it is the service that the document comes from (DataLink 1.1 §4.4). */
  readonly self?: boolean;
  readonly name: string;
  readonly description: string;
  /** Null where the service is of no standard. */
  readonly standardId: string | null;
  readonly accessUrl: string;
  /** Media type of what the service answers; null where that depends on the request. */
  readonly contentType: string | null;
  readonly parameters: readonly ServiceParameter[];
}

/** An input parameter of a service (DataLink 1.1 §4.3), described as a column is. */
export interface ServiceParameter extends Pick<Column, 'name' | 'arraysize' | 'xtype' | 'unit' | 'ucd'> {
  readonly datatype: Datatype;
  readonly description: string;
  /** What it always is; a column of the table that has it; null where the user chooses. */
  readonly value: string | { readonly column: string } | null;
  /** Limits and choices as texts, in the parameter's unit. */
  readonly min?: string | null;
  readonly max?: string | null;
  readonly options?: readonly string[];
}

/** XML IDs of the columns that services refer to, by the columns' names. */
export type ColumnIds = ReadonlyMap<string, string>;

/** IDs that the document has already. */
const TAKEN = 'ICRS';

/** A column's name is its ID where it can be one: clients show IDs. */
export function columnIds(
  columns: readonly Pick<Column, 'name'>[],
  services: readonly ServiceDescriptor[],
): ColumnIds {
  const referred = new Set(
    services.flatMap(({ parameters }) => parameters.map(referredColumn)).filter((name) => name !== null),
  );
  const ids = columns.map(({ name }, at) => {
    const possible = /^[A-Za-z_][\w.-]*$/.test(name) && name !== TAKEN;
    return [name, possible ? name : `column_${at + 1}`] as const;
  });
  return new Map(ids.filter(([name]) => referred.has(name)));
}

/**
 * The RESOURCEs of a table's services (DataLink 1.1 §4.1), beside that of the table.
 * @throws Error where a parameter takes its values from a column that the table does not have.
 */
export function serviceElements({ columns, services = [] }: DescribedTable): string {
  const ids = columnIds(columns, services);
  return services.map((service) => serviceElement(service, ids)).join('');
}

/** A table with what can be done with its rows. */
interface DescribedTable {
  readonly columns: readonly Pick<Column, 'name'>[];
  readonly services?: readonly ServiceDescriptor[];
}

function serviceElement(service: ServiceDescriptor, ids: ColumnIds): string {
  const { id, self = false, name, description, standardId, accessUrl, contentType, parameters } = service;
  const utype = `adhoc:${self ? 'this' : 'service'}`;
  return [
    `<RESOURCE${attributes({ type: 'meta', utype, ID: id, name })}>\n`,
    descriptionElement(description),
    fact('standardID', standardId),
    fact('accessURL', accessUrl),
    fact('contentType', contentType),
    '<GROUP name="inputParams">\n',
    ...parameters.map((parameter) => parameterElement(parameter, ids)),
    '</GROUP>\n</RESOURCE>\n',
  ].join('');
}

function fact(name: string, value: string | null): string {
  if (value === null) return '';
  return `<PARAM${attributes({ name, datatype: 'char', arraysize: '*', value })}/>\n`;
}

function parameterElement(parameter: ServiceParameter, ids: ColumnIds): string {
  const { name, datatype, arraysize, xtype, unit, ucd, value, description } = parameter;
  const column = referredColumn(parameter);
  const ref = column === null ? null : ids.get(column);
  if (ref === undefined) throw new Error(`the table has no column ${column} for the parameter ${name}`);
  const given = typeof value === 'string' ? value : '';
  return [
    `<PARAM${attributes({ name, datatype, arraysize, xtype, unit, ucd, ref, value: given })}>\n`,
    descriptionElement(description),
    valuesElement(parameter),
    '</PARAM>\n',
  ].join('');
}

function valuesElement({ min = null, max = null, options = [] }: ServiceParameter): string {
  const content = [
    min === null ? '' : `<MIN value="${escapeXml(min)}"/>`,
    max === null ? '' : `<MAX value="${escapeXml(max)}"/>`,
    ...options.map((option) => `<OPTION value="${escapeXml(option)}"/>`),
  ].join('');
  return content === '' ? '' : `<VALUES>${content}</VALUES>\n`;
}

function descriptionElement(text: string): string {
  return `<DESCRIPTION>${escapeXml(text)}</DESCRIPTION>\n`;
}

function referredColumn({ value }: ServiceParameter): string | null {
  return value === null || typeof value === 'string' ? null : value.column;
}
