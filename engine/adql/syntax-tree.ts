import type { Position } from './position.ts';

/**
 * The syntax tree of an ADQL 2.1 query: plain objects, told apart by `kind`, each with its place in the text. Names
 * are as written; `check/` says what they mean.
 */

/** What every node has. */
interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: Position;
}

/** A name. A delimited one (`"Name"`) matches by case, a regular one does not (ADQL 2.1 §2.1.6). */
export interface Identifier extends Node<'identifier'> {
  /** Without quotes. */
  readonly name: string;
  readonly delimited: boolean;
}

// ---- Queries ---------------------------------------------------------------------------------------------------

/** A whole query. Common table expressions stand only here (ADQL 2.1 §4.5.1). */
export interface Statement extends Node<'statement'> {
  readonly commonTables: readonly CommonTable[];
  readonly query: Query;
}

/** `name AS (query)` in a WITH clause. */
export interface CommonTable extends Node<'common-table'> {
  readonly name: Identifier;
  readonly query: Query;
}

/** Rows, in an order if one is given: first the order, then the offset, then the TOP of the body. */
export interface Query extends Node<'query'> {
  readonly body: QueryBody;
  readonly orderBy: readonly OrderTerm[];
  /** Rows to leave out, as written. */
  readonly offset: string | null;
}

/** A nested query stands for parentheses around an order or an offset. */
export type QueryBody = Select | SetOperation | Query;

export interface SetOperation extends Node<'set-operation'> {
  readonly operator: 'UNION' | 'EXCEPT' | 'INTERSECT';
  /** Keeps duplicates. */
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}

export interface Select extends Node<'select'> {
  readonly distinct: boolean;
  /** Rows at most, as written. */
  readonly top: string | null;
  readonly columns: readonly SelectItem[];
  readonly from: readonly TableReference[];
  readonly where: Condition | null;
  readonly groupBy: readonly Expression[];
  readonly having: Condition | null;
}

export type SelectItem = AllColumns | DerivedColumn;

/** `*`, or `table.*`. */
export interface AllColumns extends Node<'all-columns'> {
  readonly table: TableName | null;
}

export interface DerivedColumn extends Node<'derived-column'> {
  readonly expression: Expression;
  readonly alias: Identifier | null;
}

export interface OrderTerm extends Node<'order-term'> {
  /** An unsigned integer is the number of a result column, from 1. */
  readonly expression: Expression;
  readonly descending: boolean;
}

// ---- Tables ----------------------------------------------------------------------------------------------------

export type TableReference = NamedTable | DerivedTable | JoinedTable;

/** `[[catalog.]schema.]table`, one to three identifiers. */
export interface TableName extends Node<'table-name'> {
  readonly parts: readonly Identifier[];
}

export interface NamedTable extends Node<'named-table'> {
  readonly table: TableName;
  readonly alias: Identifier | null;
}

/** `(query) AS alias`. */
export interface DerivedTable extends Node<'derived-table'> {
  readonly query: Query;
  readonly alias: Identifier;
}

export interface JoinedTable extends Node<'joined-table'> {
  /** CROSS is an extension. */
  readonly join: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS';
  readonly left: TableReference;
  readonly right: TableReference;
  /** Null for a cross join alone. */
  readonly specification: JoinSpecification | null;
}

export type JoinSpecification = NaturalJoin | JoinCondition | JoinColumns;

export interface NaturalJoin extends Node<'natural'> {}

export interface JoinCondition extends Node<'on'> {
  readonly condition: Condition;
}

export interface JoinColumns extends Node<'using'> {
  readonly columns: readonly Identifier[];
}

// ---- Conditions ------------------------------------------------------------------------------------------------

export type Condition =
  | Conjunction
  | Negation
  | Comparison
  | Between
  | InPredicate
  | LikePredicate
  | NullPredicate
  | ExistsPredicate;

/** Two or more operands, so that thousands of them do not nest. */
export interface Conjunction extends Node<'and' | 'or'> {
  readonly operands: readonly Condition[];
}

export interface Negation extends Node<'not'> {
  readonly operand: Condition;
}

export type ComparisonOperator = '=' | '<>' | '<' | '>' | '<=' | '>=';

export interface Comparison extends Node<'comparison'> {
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Between extends Node<'between'> {
  readonly negated: boolean;
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
}

export interface InPredicate extends Node<'in'> {
  readonly negated: boolean;
  readonly operand: Expression;
  readonly values: readonly Expression[] | Query;
}

export interface LikePredicate extends Node<'like' | 'ilike'> {
  readonly negated: boolean;
  readonly operand: Expression;
  readonly pattern: Expression;
}

export interface NullPredicate extends Node<'is-null'> {
  readonly negated: boolean;
  readonly operand: Expression;
}

export interface ExistsPredicate extends Node<'exists'> {
  readonly query: Query;
}

// ---- Expressions -----------------------------------------------------------------------------------------------

export type Expression =
  | NumberLiteral
  | TextLiteral
  | BooleanLiteral
  | NullLiteral
  | ColumnReference
  | Operation
  | Sign
  | FunctionCall
  | Aggregate
  | CaseExpression
  | Cast
  | InUnit
  | ScalarSubquery
  | Geometry;

export interface NumberLiteral extends Node<'number'> {
  /** As written: `10`, `0x1F`, `1.5`, `.5`, `1e-5`. */
  readonly text: string;
  /** Integers have no bound: `BigInt(text)` reads them, hexadecimal ones too. */
  readonly form: 'integer' | 'decimal' | 'approximate';
}

export interface TextLiteral extends Node<'text'> {
  /** With doubled quotes made single. */
  readonly text: string;
}

/** TRUE and FALSE, an extension. */
export interface BooleanLiteral extends Node<'boolean'> {
  readonly value: boolean;
}

export interface NullLiteral extends Node<'null'> {}

export interface ColumnReference extends Node<'column'> {
  readonly table: TableName | null;
  readonly name: Identifier;
  /** Elements of an array column, an extension: `mag_auto[jplus::rSDSS]`, `mag_auto[3]`, `mag_auto[1:3]`. */
  readonly subscripts: readonly Subscript[];
}

export type Subscript = ElementNumber | ElementRange | EnumerationItem;

/** `[3]`: an element, from 1. */
export interface ElementNumber extends Node<'element'> {
  readonly index: string;
}

/** `[1:3]`: elements from the first to the last, which is included. */
export interface ElementRange extends Node<'slice'> {
  readonly first: string;
  readonly last: string;
}

/** `[jplus::rSDSS]`: the element that an enumeration gives a name. */
export interface EnumerationItem extends Node<'enumeration-item'> {
  readonly enumeration: Identifier;
  readonly item: Identifier;
}

/** `%`, `&`, `|` and `^` (exclusive or) are extensions, the latter three from the drafts of ADQL 2.1. */
export type Operator = '+' | '-' | '*' | '/' | '%' | '||' | '&' | '|' | '^';

export interface Operation extends Node<'operation'> {
  readonly operator: Operator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `~` (bitwise not) is an extension. */
export interface Sign extends Node<'sign'> {
  readonly operator: '+' | '-' | '~';
  readonly operand: Expression;
}

/** A function of mathematics, of text, COALESCE, or a user-defined one. */
export interface FunctionCall extends Node<'function'> {
  /** In capitals if it is a reserved word, else as written. */
  readonly name: string;
  readonly arguments: readonly Expression[];
}

export type AggregateName = 'AVG' | 'COUNT' | 'MAX' | 'MIN' | 'SUM';

export interface Aggregate extends Node<'aggregate'> {
  readonly name: AggregateName;
  readonly distinct: boolean;
  /** Null for `COUNT(*)`. */
  readonly argument: Expression | null;
}

/** CASE, an extension. With an operand, each `when` is a value to compare it with. */
export type CaseExpression = SearchedCase | SimpleCase;

export interface SearchedCase extends Node<'searched-case'> {
  readonly branches: readonly { readonly when: Condition; readonly result: Expression }[];
  readonly otherwise: Expression | null;
}

export interface SimpleCase extends Node<'simple-case'> {
  readonly operand: Expression;
  readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
  readonly otherwise: Expression | null;
}

/** Types that CAST makes (ADQL 2.1 §4.7.1). */
export type CastType =
  | 'SMALLINT'
  | 'INTEGER'
  | 'BIGINT'
  | 'REAL'
  | 'DOUBLE PRECISION'
  | 'CHAR'
  | 'VARCHAR'
  | 'TIMESTAMP'
  | 'POINT'
  | 'CIRCLE'
  | 'POLYGON';

export interface Cast extends Node<'cast'> {
  readonly operand: Expression;
  readonly type: CastType;
  /** Characters of a CHAR or VARCHAR, as written. */
  readonly length: string | null;
}

export interface InUnit extends Node<'in-unit'> {
  readonly operand: Expression;
  /** VOUnits 1.0 string. */
  readonly unit: TextLiteral;
}

/** A query with one column and at most one row as a value, an extension. */
export interface ScalarSubquery extends Node<'subquery'> {
  readonly query: Query;
}

// ---- Geometry (ADQL 2.1 §4.2), in degrees ------------------------------------------------------------------------

export type Geometry =
  | PointConstructor
  | CircleConstructor
  | BoxConstructor
  | PolygonConstructor
  | RegionConstructor
  | GeometryPredicate
  | Distance
  | GeometryProperty;

/** What the constructors share: the coordinate system of ADQL 2.0, null when not given or NULL. */
interface Constructor<Kind extends string> extends Node<Kind> {
  readonly coordinateSystem: TextLiteral | null;
}

export interface PointConstructor extends Constructor<'point'> {
  readonly longitude: Expression;
  readonly latitude: Expression;
}

/** A centre that was given by two coordinates is a point constructor. */
export interface CircleConstructor extends Constructor<'circle'> {
  readonly center: Expression;
  readonly radius: Expression;
}

export interface BoxConstructor extends Constructor<'box'> {
  readonly center: Expression;
  readonly width: Expression;
  readonly height: Expression;
}

export interface PolygonConstructor extends Constructor<'polygon'> {
  /** Points, or longitudes and latitudes in turn: their types tell. */
  readonly vertices: readonly Expression[];
}

export interface RegionConstructor extends Node<'region'> {
  /** STC-S. */
  readonly text: TextLiteral;
}

export interface GeometryPredicate extends Node<'contains' | 'intersects'> {
  readonly left: Expression;
  readonly right: Expression;
}

/** Four coordinates are two point constructors here. */
export interface Distance extends Node<'distance'> {
  readonly left: Expression;
  readonly right: Expression;
}

export interface GeometryProperty extends Node<'area' | 'centroid' | 'coord1' | 'coord2' | 'coordsys'> {
  readonly geometry: Expression;
}
