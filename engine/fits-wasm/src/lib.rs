//! What is done to the pixels and coordinates of FITS images: projections and frames of the sky, decompression of tiles,
//! pictures for people.
//!
//! Headers are read by the caller, which hands over numbers. The modules are plain Rust; [`abi`] is the thin C layer that
//! JavaScript calls. Angles are in degrees at the border, in radians inside.

pub mod abi;
pub mod distortion;
pub mod dither;
pub mod frame;
pub mod matrix;
pub mod memory;
pub mod newton;
pub mod picture;
pub mod pole;
pub mod projection;
pub mod stretch;
pub mod tile;
pub mod wcs;
