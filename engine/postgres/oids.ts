/** Object identifiers of PostgreSQL's types (pg_type.dat), the same in every database. */
export const OID = {
  bool: 16,
  char: 18,
  name: 19,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  float4: 700,
  float8: 701,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
} as const;

/** Types of arrays, by the type of their elements. */
export const ARRAY_OID = {
  bool: 1000,
  int2: 1005,
  int4: 1007,
  int8: 1016,
  float4: 1021,
  float8: 1022,
  numeric: 1231,
} as const;

/** From here on types are those that a database's owner made. */
export const FIRST_USER_OID = 16384;
