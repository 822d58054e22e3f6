import { OFFERED, SHORT_NAMES } from '../request/response-format.ts';
import { MAX_NEAREST } from '../scs/parameters.ts';
import type { Limits } from '../service.ts';
import { element, textElement } from './xml.ts';

/** A parameter of an interface (VODataService 1.2 §3.2.3). */
export interface InputParam {
  readonly name: string;
  readonly description: string;
  readonly dataType: 'real' | 'integer' | 'string';
  readonly unit?: string;
  readonly ucd?: string;
  readonly use?: 'required';
  /** Whether SCS 1.03 has it. */
  readonly std?: boolean;
}

export function inputParam({ name, description, dataType, unit, ucd, use, std }: InputParam): string {
  return element('param', { use: use ?? 'optional', std: String(std ?? false) }, [
    textElement('name', name),
    textElement('description', description),
    textElement('unit', unit ?? null),
    textElement('ucd', ucd ?? null),
    textElement('dataType', dataType),
  ]);
}

/** Of a cone search. */
export function coneParams(limits: Limits): readonly InputParam[] {
  return [
    {
      name: 'RA',
      description: 'Right ascension of the centre, ICRS, from 0 to 360.',
      dataType: 'real',
      unit: 'deg',
      ucd: 'pos.eq.ra',
      use: 'required',
      std: true,
    },
    {
      name: 'DEC',
      description: 'Declination of the centre, ICRS, from -90 to 90.',
      dataType: 'real',
      unit: 'deg',
      ucd: 'pos.eq.dec',
      use: 'required',
      std: true,
    },
    {
      name: 'SR',
      description: `Radius of the cone, up to ${limits.maxRadius}; 0 asks for the columns only.`,
      dataType: 'real',
      unit: 'deg',
      ucd: 'phys.angSize',
      use: 'required',
      std: true,
    },
    { ...verb, std: true },
    maxrec(limits),
    responseformat,
    {
      name: 'SORT',
      description: 'separation for the nearest first, none (default) for the order of storage.',
      dataType: 'string',
    },
    {
      name: 'NEAREST',
      description: `Only so many rows, the nearest, nearest first, from 1 to ${MAX_NEAREST}; SR may then be left out, and is ${limits.maxRadius}.`,
      dataType: 'integer',
    },
  ];
}

/** Of cone searches around a list of positions. */
export function conesParams(limits: Limits): readonly InputParam[] {
  return [
    {
      name: 'POSITIONS',
      description:
        'The list: CSV or JSON with RA, DEC and, where wanted, SR and ID. Or it is the whole body, as text/csv or application/json.',
      dataType: 'string',
    },
    {
      name: 'SR',
      description: `Radius of the positions that have none in the list, above 0, up to ${limits.maxRadius}.`,
      dataType: 'real',
      unit: 'deg',
      ucd: 'phys.angSize',
    },
    {
      name: 'NEAREST',
      description: `Only so many rows of each position, the nearest, nearest first, from 1 to ${MAX_NEAREST}; SR may then be left out.`,
      dataType: 'integer',
    },
    {
      name: 'UNMATCHED',
      description: 'keep: a position that finds nothing has a row of nulls; drop (default): it has none.',
      dataType: 'string',
    },
    verb,
    maxrec(limits),
    responseformat,
  ];
}

const verb: InputParam = {
  name: 'VERB',
  description: 'Columns: 1 for identifier and position, 2 (default) for the principal ones, 3 for all.',
  dataType: 'integer',
};

const maxrec = ({ defaultRecords, maxRecords }: Limits): InputParam => ({
  name: 'MAXREC',
  description: `Most rows of the answer, ${defaultRecords} if not given, up to ${maxRecords}; 0 asks for the columns only.`,
  dataType: 'integer',
});

const responseformat: InputParam = {
  name: 'RESPONSEFORMAT',
  description: `Format of the answer: ${SHORT_NAMES.join(', ')} or one of ${OFFERED.join(', ')}; votable if not given.`,
  dataType: 'string',
};
