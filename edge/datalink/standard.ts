/** IVOA identifier of `{links}` (DataLink 1.1 §2.2). */
export const LINKS_ID = 'ivo://ivoa.net/std/DataLink#links-1.1';

/** Media type of its answers (DataLink 1.1 §3.1). */
export const DATALINK_TYPE = 'application/x-votable+xml;content=datalink';
