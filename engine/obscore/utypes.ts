/** Utype of a table that is ObsCore's: by it registries tell such tables from others (RegTAP 1.2). */
export const OBSCORE_UTYPE = 'ivo://ivoa.net/std/ObsCore#core-1.1';

/** Utypes by which others find the columns that they need (ObsCore 1.1 §4). */
export const PUBLISHER_DID_UTYPE = 'obscore:Curation.PublisherDID';
export const ACCESS_REFERENCE_UTYPE = 'obscore:Access.Reference';
export const REGION_UTYPE = 'obscore:Char.SpatialAxis.Coverage.Support.Area';
const LOCATION_UTYPE = 'obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2';
export const RA_UTYPE = `${LOCATION_UTYPE}.C1`;
export const DEC_UTYPE = `${LOCATION_UTYPE}.C2`;
