//! The C layer: pointers into the module's memory in, pointers out, degrees, a negative number for an error.
//!
//! Lists of structures are passed as one array per member, the way JavaScript's typed arrays (and Arrow's columns)
//! hold them; n ranges are one block of n starts, n ends (i64 both) and n flags (bytes). No function keeps a pointer after
//! it returns.

use std::slice::{from_raw_parts, from_raw_parts_mut};

use crate::cell;
use crate::cone::Cone;
use crate::cover::cover;
use crate::crc32::crc32;
use crate::descent::Range;
use crate::filter::filter;
use crate::footprint::{few_cells, Footprints, Test};
use crate::hash;
use crate::region::Region;
use crate::row_index::{Frame, Ranges, RowIndex};

/// A number of the cone is not finite or out of its interval.
pub const BAD_CONE: i32 = -1;
/// The ranges are not ascending and disjoint.
pub const BAD_RANGES: i32 = -2;
/// There is no cell of that order and number.
pub const BAD_CELL: i32 = -3;
/// The numbers make no region of that kind.
pub const BAD_REGION: i32 = -4;
/// The bytes are not what Snappy makes of so many others.
pub const BAD_SNAPPY: i32 = -5;
/// The cells of rows do not ascend within the sphere.
pub const BAD_INDEX: i32 = -6;

/// Cells of `n` positions. Returns how many it hashed: fewer than `n` if the position of that row is not finite or out
/// of its interval.
///
/// # Safety
/// `lon` and `lat` point to `n` f64, `cells` to `n` i64.
#[no_mangle]
pub unsafe extern "C" fn kernel_hash(lon: *const f64, lat: *const f64, n: usize, cells: *mut i64) -> i32 {
    let (lon, lat) = (from_raw_parts(lon, n), from_raw_parts(lat, n));
    match hash::hash(lon, lat, from_raw_parts_mut(cells, n)) {
        Ok(()) => n as i32,
        Err(row) => row as i32,
    }
}

/// Centre, south, east, north and west vertex of a cell, each as lon, lat. Returns their number, or [`BAD_CELL`].
///
/// # Safety
/// `points` points to 10 f64.
#[no_mangle]
pub unsafe extern "C" fn kernel_cell_points(order: u32, cell: i64, points: *mut f64) -> i32 {
    let Some(found) = cell::points(order, cell) else {
        return BAD_CELL;
    };
    for (i, (lon, lat)) in found.into_iter().enumerate() {
        points.add(2 * i).write(lon);
        points.add(2 * i + 1).write(lat);
    }
    found.len() as i32
}

/// Covers a cone. Returns the number of ranges, or [`BAD_CONE`], and writes the block of them if they are not more than
/// the capacity: a caller that gets more calls again with more room.
///
/// # Safety
/// `block` points to 17 bytes for each range of the capacity, aligned to 8.
#[no_mangle]
pub unsafe extern "C" fn kernel_cone_ranges(
    lon: f64,
    lat: f64,
    radius: f64,
    block: *mut u8,
    capacity: usize,
) -> i32 {
    let Some(cone) = Cone::new(lon, lat, radius) else {
        return BAD_CONE;
    };
    let mut out = Columns::new(block, capacity);
    cover(&cone, |range| out.push(range));
    out.close()
}

/// Covers a region of a kind of [`Region`]. Returns as [`kernel_cone_ranges`] does, or [`BAD_REGION`].
///
/// # Safety
/// `numbers` points to `n` f64; `block` as for [`kernel_cone_ranges`].
#[no_mangle]
pub unsafe extern "C" fn kernel_region_ranges(
    kind: u32,
    numbers: *const f64,
    n: usize,
    block: *mut u8,
    capacity: usize,
) -> i32 {
    let Some(region) = Region::new(kind, from_raw_parts(numbers, n)) else {
        return BAD_REGION;
    };
    let mut out = Columns::new(block, capacity);
    region.cover(|range| out.push(range));
    out.close()
}

/// Where ranges go, one array per member; the count goes on beyond the capacity.
struct Columns {
    start: *mut i64,
    end: *mut i64,
    full: *mut u8,
    capacity: usize,
    count: usize,
}

impl Columns {
    unsafe fn new(block: *mut u8, capacity: usize) -> Columns {
        let (start, end) = (block.cast(), block.add(8 * capacity).cast());
        Columns { start, end, full: block.add(16 * capacity), capacity, count: 0 }
    }

    /// Moves the columns together. Returns the number of ranges.
    unsafe fn close(self) -> i32 {
        if self.count <= self.capacity {
            let block: *mut u8 = self.start.cast();
            self.end.copy_to(self.start.add(self.count), self.count);
            self.full.copy_to(block.add(16 * self.count), self.count);
        }
        self.count as i32
    }

    unsafe fn push(&mut self, range: Range) {
        if self.count < self.capacity {
            self.start.add(self.count).write(range.start);
            self.end.add(self.count).write(range.end);
            self.full.add(self.count).write(range.full.into());
        }
        self.count += 1;
    }
}

/// Returns 0 if ranges are ascending and disjoint, else [`BAD_RANGES`].
///
/// # Safety
/// `block` is that of `ranges` ranges.
#[no_mangle]
pub unsafe extern "C" fn kernel_check_ranges(block: *const u8, ranges: usize) -> i32 {
    let Ranges { start, end, .. } = columns(block, ranges);
    if ascending(start, end) {
        0
    } else {
        BAD_RANGES
    }
}

/// Packs order-29 cells into 4 bytes each. Returns their order, or [`BAD_INDEX`], and writes the first of them.
///
/// # Safety
/// `cells` points to `rows` i64, `packed` to as many u32, `first` to one i64.
#[no_mangle]
pub unsafe extern "C" fn kernel_index_pack(
    cells: *const i64,
    rows: usize,
    packed: *mut u32,
    first: *mut i64,
) -> i32 {
    let cells = from_raw_parts(cells, rows);
    let Some(frame) = Frame::of(cells) else {
        return BAD_INDEX;
    };
    frame.pack(cells, from_raw_parts_mut(packed, rows));
    first.write(frame.first);
    frame.order as i32
}

/// Rows, ascending, that may be in a cone by their cells, packed by [`kernel_index_pack`] with `order` and `first`. The
/// ranges have passed [`kernel_check_ranges`]. Returns their number, or [`BAD_CONE`].
///
/// # Safety
/// `cells` points to `rows` u32; `block` is that of `ranges` ranges; `row` has room for `rows`.
#[no_mangle]
pub unsafe extern "C" fn kernel_index_candidates(
    cells: *const u32,
    rows: usize,
    order: u32,
    first: i64,
    block: *const u8,
    ranges: usize,
    cone_lon: f64,
    cone_lat: f64,
    cone_radius: f64,
    row: *mut u32,
) -> i32 {
    let Some(cone) = Cone::new(cone_lon, cone_lat, cone_radius) else {
        return BAD_CONE;
    };
    let index = RowIndex { frame: Frame { order, first }, cells: from_raw_parts(cells, rows) };
    index.candidates(&cone, columns(block, ranges), from_raw_parts_mut(row, rows)) as i32
}

/// Rows, ascending, whose cells have part in the ranges, as [`kernel_index_candidates`]. Returns their number.
///
/// # Safety
/// As [`kernel_index_candidates`].
#[no_mangle]
pub unsafe extern "C" fn kernel_index_in_ranges(
    cells: *const u32,
    rows: usize,
    order: u32,
    first: i64,
    block: *const u8,
    ranges: usize,
    row: *mut u32,
) -> i32 {
    let index = RowIndex { frame: Frame { order, first }, cells: from_raw_parts(cells, rows) };
    index.in_ranges(columns(block, ranges), from_raw_parts_mut(row, rows)) as i32
}

unsafe fn columns<'a>(block: *const u8, ranges: usize) -> Ranges<'a> {
    Ranges {
        start: from_raw_parts(block.cast(), ranges),
        end: from_raw_parts(block.add(8 * ranges).cast(), ranges),
        full: from_raw_parts(block.add(16 * ranges), ranges),
    }
}

/// Which of `n` positions are in a cone: their places, ascending, and separations in degrees. Returns their number, or
/// [`BAD_CONE`].
///
/// # Safety
/// `lon` and `lat` point to `n` f64; `place` and `separation` have room for `n`.
#[no_mangle]
pub unsafe extern "C" fn kernel_cone_filter(
    lon: *const f64,
    lat: *const f64,
    n: usize,
    cone_lon: f64,
    cone_lat: f64,
    cone_radius: f64,
    place: *mut u32,
    separation: *mut f64,
) -> i32 {
    let Some(cone) = Cone::new(cone_lon, cone_lat, cone_radius) else {
        return BAD_CONE;
    };
    let (lon, lat) = (from_raw_parts(lon, n), from_raw_parts(lat, n));
    filter(&cone, lon, lat, from_raw_parts_mut(place, n), from_raw_parts_mut(separation, n)) as i32
}

/// Which of `n` positions are in a region of a kind of [`Region`], as [`kernel_cone_filter`] says it; or [`BAD_REGION`].
///
/// # Safety
/// `lon` and `lat` point to `n` f64, `numbers` to `count`; `place` has room for `n`.
#[no_mangle]
pub unsafe extern "C" fn kernel_region_filter(
    lon: *const f64,
    lat: *const f64,
    n: usize,
    kind: u32,
    numbers: *const f64,
    count: usize,
    place: *mut u32,
) -> i32 {
    let Some(region) = Region::new(kind, from_raw_parts(numbers, count)) else {
        return BAD_REGION;
    };
    let (lon, lat) = (from_raw_parts(lon, n), from_raw_parts(lat, n));
    let mut found = 0;
    for at in (0..n).filter(|&at| region.contains(lon[at], lat[at])) {
        place.add(found).write(at as u32);
        found += 1;
    }
    found as i32
}

/// Cells that cover `n` footprints, at most `most` (12 or more) each: their number as 4^(order + 1) + number (NUNIQ of MOC 2.0), and
/// whose they are, ascending. Returns how many there are.
///
/// # Safety
/// `vertices` points to as many f64 as the last of the `n + 1` i32 of `offsets` says; `lon`, `lat` and `diameter` to `n`
/// f64; `cells` and `footprint` have room for `most · n`.
#[no_mangle]
pub unsafe extern "C" fn kernel_footprint_cells(
    vertices: *const f64,
    offsets: *const i32,
    lon: *const f64,
    lat: *const f64,
    diameter: *const f64,
    n: usize,
    most: usize,
    cells: *mut i64,
    footprint: *mut u32,
) -> i32 {
    let footprints = footprints(vertices, offsets, lon, lat, diameter, n);
    let mut count = 0;
    for at in 0..n {
        let Some(region) = footprints.get(at) else {
            continue;
        };
        for (order, cell) in few_cells(&region, most) {
            cells.add(count).write((4 << (2 * order)) + cell);
            footprint.add(count).write(at as u32);
            count += 1;
        }
    }
    count as i32
}

/// Which of `n` footprints have a point in common with a region of a kind of [`Region`] (`test` 0), contain it (1), or are
/// contained by it (2): their places, ascending. Returns their number, or [`BAD_REGION`].
///
/// # Safety
/// `numbers` points to `count` f64; the footprints are as for [`kernel_footprint_cells`]; `place` has room for `n`.
#[no_mangle]
pub unsafe extern "C" fn kernel_footprint_filter(
    kind: u32,
    numbers: *const f64,
    count: usize,
    test: u32,
    vertices: *const f64,
    offsets: *const i32,
    lon: *const f64,
    lat: *const f64,
    diameter: *const f64,
    n: usize,
    place: *mut u32,
) -> i32 {
    let test = match test {
        0 => Test::Overlaps,
        1 => Test::Covers,
        _ => Test::Enclosed,
    };
    let Some(region) = Region::new(kind, from_raw_parts(numbers, count)) else {
        return BAD_REGION;
    };
    let footprints = footprints(vertices, offsets, lon, lat, diameter, n);
    let mut found = 0;
    for at in 0..n {
        match footprints.passes(at, &region, test) {
            None => return BAD_REGION,
            Some(false) => {}
            Some(true) => {
                place.add(found).write(at as u32);
                found += 1;
            }
        }
    }
    found as i32
}

unsafe fn footprints<'a>(
    vertices: *const f64,
    offsets: *const i32,
    lon: *const f64,
    lat: *const f64,
    diameter: *const f64,
    n: usize,
) -> Footprints<'a> {
    let offsets = from_raw_parts(offsets, n + 1);
    Footprints {
        vertices: from_raw_parts(vertices, offsets[n] as usize),
        offsets,
        lon: from_raw_parts(lon, n),
        lat: from_raw_parts(lat, n),
        diameter: from_raw_parts(diameter, n),
    }
}

/// CRC-32 of `n` bytes.
///
/// # Safety
/// `bytes` points to `n` bytes.
#[no_mangle]
pub unsafe extern "C" fn kernel_crc32(bytes: *const u8, n: usize) -> u32 {
    crc32(from_raw_parts(bytes, n))
}

/// Decompresses `n` bytes of Snappy into `length` bytes. Returns 0, or [`BAD_SNAPPY`] if they are damaged or hold
/// another number of bytes.
///
/// # Safety
/// `bytes` points to `n` bytes, `to` to `length`.
#[no_mangle]
pub unsafe extern "C" fn kernel_snappy(bytes: *const u8, n: usize, to: *mut u8, length: usize) -> i32 {
    let bytes = from_raw_parts(bytes, n);
    match snap::raw::Decoder::new().decompress(bytes, from_raw_parts_mut(to, length)) {
        Ok(found) if found == length => 0,
        _ => BAD_SNAPPY,
    }
}

/// Whether half-open intervals are ascending and disjoint.
fn ascending<T: PartialOrd>(start: &[T], end: &[T]) -> bool {
    start.iter().zip(end).all(|(start, end)| start <= end)
        && end.iter().zip(start.iter().skip(1)).all(|(end, next)| end <= next)
}
