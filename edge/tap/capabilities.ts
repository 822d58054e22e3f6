import type { Table } from '../../engine/catalog/table.ts';
import { capabilitiesOf, examplesCapability, vosiCapability } from '../vosi/capabilities.ts';
import { type DeclaredLimits, TAP_NAMESPACES, tapCapability } from './capability.ts';

/** VOSI 1.1 §3.1 for TAP alone. @param url without a trailing slash. */
export function tapCapabilities(url: string, tables: readonly Table[], limits: DeclaredLimits): string {
  return capabilitiesOf(TAP_NAMESPACES, [
    tapCapability(url, tables, limits),
    vosiCapability(`${url}/capabilities`, 'ivo://ivoa.net/std/VOSI#capabilities'),
    vosiCapability(`${url}/availability`, 'ivo://ivoa.net/std/VOSI#availability'),
    vosiCapability(`${url}/tables`, 'ivo://ivoa.net/std/VOSI#tables-1.1'),
    examplesCapability(`${url}/examples`),
  ]);
}
