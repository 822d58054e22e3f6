//! Almagest's HEALPix kernel: nested scheme, order 29, ICRS degrees, Float64.
//!
//! The modules are plain Rust, used as they are by the native tests and benches; [`abi`] is the thin C layer
//! that JavaScript calls. Cells are `i64`, the type of the `_healpix_29` column of HATS 1.0.

pub mod abi;
pub mod cell;
pub mod cone;
pub mod copy_rows;
pub mod cover;
pub mod crc32;
pub mod descent;
pub mod filter;
pub mod footprint;
pub mod hash;
pub mod memory;
pub mod overlap;
pub mod plane;
pub mod polygon;
pub mod region;
pub mod row_index;
pub mod sorted_rows;
pub mod trig;
pub mod vector;
pub mod waiting;
pub mod waiting_abi;
pub mod zone;

/// The deepest order: the one of the index column (HATS 1.0).
pub const ORDER: u32 = 29;

/// Number of order-29 cells on the sphere.
pub const CELLS: i64 = 12 << (2 * ORDER);
