//! The C layer: pointers into the module's memory in, degrees and pixels, a negative number for an error. No function keeps a
//! pointer after it returns.

use std::ptr::null_mut;
use std::slice::{from_raw_parts, from_raw_parts_mut};

use crate::dither::{Dither, Quantization};
use crate::memory::fits_alloc;
use crate::picture::{encode, Format};
use crate::tile::{Algorithm, Tile};
use crate::wcs::{Fault, Wcs};

/// The projection is not known, or its parameters are bad.
pub const BAD_PROJECTION: i32 = -1;
/// CRVAL, LONPOLE, LATPOLE and PV contradict each other.
pub const BAD_POLE: i32 = -2;
/// The matrix of the axes has no inverse.
pub const BAD_MATRIX: i32 = -3;
pub const BAD_FRAME: i32 = -4;
/// The block of parameters is too short.
pub const BAD_BLOCK: i32 = -5;
/// The bytes are not what the algorithm makes of so many pixels.
pub const CORRUPT: i32 = -6;
/// The picture cannot be made: its sides do not fit its pixels, or the format.
pub const BAD_PICTURE: i32 = -7;

fn code(fault: Fault) -> i32 {
    match fault {
        Fault::Projection => BAD_PROJECTION,
        Fault::Pole => BAD_POLE,
        Fault::Matrix => BAD_MATRIX,
        Fault::Frame => BAD_FRAME,
        Fault::Block => BAD_BLOCK,
    }
}

/// Maps `n` points from one pair of columns to another, NaN where there is no such point.
unsafe fn map(
    from: [*const f64; 2],
    to: [*mut f64; 2],
    n: usize,
    map: impl Fn(f64, f64) -> Option<(f64, f64)>,
) {
    for at in 0..n {
        let (a, b) = (*from[0].add(at), *from[1].add(at));
        let found = if a.is_finite() && b.is_finite() { map(a, b) } else { None };
        let (a, b) = found.unwrap_or((f64::NAN, f64::NAN));
        to[0].add(at).write(a);
        to[1].add(at).write(b);
    }
}

/// Positions of `n` pixels, by a block of parameters ([`Wcs::new`]). Returns 0 or an error.
///
/// # Safety
/// `block` points to `size` f64, the others to `n`.
#[no_mangle]
pub unsafe extern "C" fn fits_sky(
    block: *const f64,
    size: usize,
    n: usize,
    x: *const f64,
    y: *const f64,
    lon: *mut f64,
    lat: *mut f64,
) -> i32 {
    match Wcs::new(from_raw_parts(block, size)) {
        Ok(wcs) => map([x, y], [lon, lat], n, |x, y| wcs.sky(x, y)),
        Err(fault) => return code(fault),
    }
    0
}

/// Pixels of `n` positions, as [`fits_sky`].
///
/// # Safety
/// As [`fits_sky`].
#[no_mangle]
pub unsafe extern "C" fn fits_pixel(
    block: *const f64,
    size: usize,
    n: usize,
    lon: *const f64,
    lat: *const f64,
    x: *mut f64,
    y: *mut f64,
) -> i32 {
    match Wcs::new(from_raw_parts(block, size)) {
        Ok(wcs) => map([lon, lat], [x, y], n, |lon, lat| wcs.pixel(lon, lat)),
        Err(fault) => return code(fault),
    }
    0
}

/// Decompresses a tile. `tile` are 11 numbers: algorithm (0 none, 1 GZIP_1, 2 GZIP_2, 3 RICE_1, 4 HCOMPRESS_1, 5 PLIO_1), BITPIX,
/// pixels, BLOCKSIZE or SMOOTH, BYTEPIX, quantisation (−1 none, 0 NO_DITHER, 1 and 2 SUBTRACTIVE_DITHER), ZSCALE, ZZERO, row plus
/// ZDITHER0, ZBLANK (NaN for none), and, of integers, BLANK. Writes pixels of BITPIX. Returns 0 or [`CORRUPT`].
///
/// # Safety
/// `tile` points to 11 f64, `bytes` to `n` bytes, `to` to as many as the pixels take.
#[no_mangle]
pub unsafe extern "C" fn fits_tile(tile: *const f64, bytes: *const u8, n: usize, to: *mut u8) -> i32 {
    let t = from_raw_parts(tile, 11);
    let algorithm = match t[0] as u32 {
        0 => Algorithm::None,
        1 => Algorithm::Gzip1,
        2 => Algorithm::Gzip2,
        3 => Algorithm::Rice { block: (t[3] as usize).max(1), pixel_bytes: t[4] as usize },
        4 => Algorithm::Hcompress { smooth: t[3] as i32 },
        5 => Algorithm::Plio,
        _ => return CORRUPT,
    };
    let blank = (!t[9].is_nan()).then_some(t[9] as i32);
    let dither = match t[5] as i32 {
        0 => Some(Dither::None),
        1 => Some(Dither::Subtractive1),
        2 => Some(Dither::Subtractive2),
        _ => None,
    };
    let quantization =
        dither.map(|dither| Quantization { dither, scale: t[6], zero: t[7], seed: t[8] as u64, blank });
    let blank =
        blank.filter(|_| quantization.is_none() && !t[10].is_nan()).map(|stored| (stored, t[10] as i32));
    let tile = Tile { algorithm, bitpix: t[1] as i32, pixels: t[2] as usize, quantization, blank };
    match tile.decompress(from_raw_parts(bytes, n)) {
        Ok(pixels) if pixels.len() == tile.pixels * (tile.bitpix.unsigned_abs() / 8) as usize => {
            from_raw_parts_mut(to, pixels.len()).copy_from_slice(&pixels);
            0
        }
        _ => CORRUPT,
    }
}

/// A picture of an image: PNG, or JPEG where `quality` is above 0. Returns its bytes' number and writes where they are, for
/// the caller to free; or [`BAD_PICTURE`].
///
/// # Safety
/// `pixels` points to `width` × `height` f32, `to` to a pointer.
#[no_mangle]
pub unsafe extern "C" fn fits_picture(
    pixels: *const f32,
    width: usize,
    height: usize,
    quality: u32,
    to: *mut *mut u8,
) -> i32 {
    let format = if quality > 0 { Format::Jpeg(quality.min(100) as u8) } else { Format::Png };
    let Some(bytes) = encode(from_raw_parts(pixels, width * height), width, height, format) else {
        return BAD_PICTURE;
    };
    let copy = fits_alloc(bytes.len());
    if copy == null_mut() {
        return BAD_PICTURE;
    }
    from_raw_parts_mut(copy, bytes.len()).copy_from_slice(&bytes);
    to.write(copy);
    bytes.len() as i32
}
