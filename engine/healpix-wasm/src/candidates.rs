//! Rows that may be in a cone, by their order-29 cells alone.
//!
//! A position is within R of its cell's centre, R = [`REACH`], so its row is left out only if the centre's distance d
//! from the cone's is above r + R: what remains beyond the cone's own rows is a rim of 2 R, 0.8 mas. The test is that
//! of cover.rs, sin(d/2) > sin(r/2) + cos(r/2) R/2 + margin, for the same reasons and with the same margin, at every
//! radius: the sines and cosines of centres are good to a few 1e-16 each and only then subtracted, so that
//! sin(d/2), as half a chord, is off by no more at the smallest distances, where R/2 is 1e-9 and the margin 5e-14.
//!
//! Rows are taken in blocks, without a branch, which the compiler turns into SIMD.

use std::f64::consts::FRAC_PI_4;

use crate::cone::Cone;
use crate::cover::MARGIN;
use crate::plane::Point;
use crate::ranges::spans_in_ranges;
use crate::trig::{SineSeries, ROUNDER};
use crate::ORDER;

/// Radians: no point of an order-29 cell is farther from its centre. See [`crate::plane`]: the stretch is at most
/// √((π/4)² 5/9 + 4/5) = 1.06897.
pub const REACH: f64 = 1.069 / (1u64 << ORDER) as f64;

/// Rows tested together.
const BLOCK: usize = 64;

/// Rows, ascending, whose cell is in one of the ascending, disjoint ranges [start, end), and either the range is `full`,
/// so all of it is in the cone, or the cell may have a point in the cone.
pub fn candidates(
    index: &[i64],
    start: &[i64],
    end: &[i64],
    full: &[u8],
    cone: &Cone,
    mut emit: impl FnMut(u32),
) {
    // Most row groups that are asked have no row in the ranges: no trigonometry for them.
    let mut rim = None;
    spans_in_ranges(index, start, end, |range, span| {
        if full[range] == 1 {
            span.for_each(|row| emit(row as u32));
            return;
        }
        let rim = rim.get_or_insert_with(|| Rim::new(cone));
        let mut haversines = [0.0; BLOCK];
        for (block, cells) in index[span.clone()].chunks(BLOCK).enumerate() {
            rim.haversines(cells, &mut haversines);
            for (at, &haversine) in haversines[..cells.len()].iter().enumerate() {
                if haversine <= rim.limit {
                    emit((span.start + block * BLOCK + at) as u32);
                }
            }
        }
    });
}

struct Rim {
    centre: Point,
    /// Haversines of centres above are out.
    limit: f64,
    series: SineSeries,
}

impl Rim {
    fn new(cone: &Cone) -> Rim {
        let (sin_half, cos_half) = (0.5 * cone.radius.to_radians()).sin_cos();
        let outer = sin_half + 0.5 * REACH * cos_half + MARGIN;
        Rim { centre: Point::at(cone.lon, cone.lat), limit: outer * outer, series: SineSeries::load() }
    }

    fn haversines(&self, cells: &[i64], haversines: &mut [f64]) {
        for (&cell, haversine) in cells.iter().zip(haversines) {
            *haversine = centre(cell).haversine(&self.centre, &self.series);
        }
    }
}

/// The centre of an order-29 cell, as [`crate::plane::Diamond::centre`] has it.
#[inline(always)]
fn centre(cell: i64) -> Point {
    let (east, west) = (gather(cell as u64) as i64, gather(cell as u64 >> 1) as i64);
    let (ring, column) = (cell >> (2 * ORDER + 2), cell >> (2 * ORDER) & 3);
    let unit = 1.0 / (1u64 << ORDER) as f64;
    // x of the base cell's centre, x from there, and y.
    let base = small(2 * column + (ring & 1 ^ 1));
    let x = small(east - west) * unit;
    let y = small(east + west + 1 - (ring << ORDER)) * unit;
    let sigma = 2.0 - y.abs();
    let cap = sigma < 1.0;
    let third = sigma * sigma / 3.0;
    let sin_lat = if cap { (1.0 - third).copysign(y) } else { y * (2.0 / 3.0) };
    let narrow = if cap { sigma } else { 1.0 };
    let cos_squared = if cap { (2.0 - third) / 3.0 } else { 1.0 - sin_lat * sin_lat };
    Point { lon: (base + x / narrow) * FRAC_PI_4, sin_lat, cos_lat: narrow * cos_squared.sqrt() }
}

/// An integer, up to 2⁵¹ either way, as a float: SIMD has no conversion of 64 bits.
#[inline(always)]
fn small(integer: i64) -> f64 {
    f64::from_bits((ROUNDER.to_bits() as i64 + integer) as u64) - ROUNDER
}

/// Every second bit of a number, below 2⁵⁸, together: the inverse of the spreading of hash.rs.
#[inline(always)]
fn gather(bits: u64) -> u64 {
    let mut number = bits & 0x0155_5555_5555_5555;
    number = (number | number >> 1) & 0x3333_3333_3333_3333;
    number = (number | number >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    number = (number | number >> 4) & 0x00FF_00FF_00FF_00FF;
    number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF;
    (number | number >> 16) & 0x0000_0000_FFFF_FFFF
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Diamond;
    use crate::CELLS;

    fn diamond(cell: i64) -> Diamond {
        (0..ORDER).rev().fold(Diamond::base((cell >> (2 * ORDER)) as u8), |parent, level| {
            parent.child((cell >> (2 * level) & 3) as u8)
        })
    }

    /// All over the sphere, and at the corners of the base cells, where the poles are.
    fn cells() -> impl Iterator<Item = i64> {
        let golden = 0.618_033_988_749_894_9;
        let spread = (0..200_000).map(move |i| ((f64::from(i) * golden).fract() * CELLS as f64) as i64);
        let corners = (0..12i64).flat_map(|base| {
            let side = 1i64 << (2 * ORDER);
            let corners = [0, (side - 1) / 3, (side - 1) / 3 * 2, side - 1];
            corners.into_iter().flat_map(move |corner| {
                (-40..=40).map(move |near| (base * side + corner + near).clamp(0, CELLS - 1))
            })
        });
        spread.chain(corners)
    }

    #[test]
    fn centres_are_those_of_the_plane() {
        for cell in cells() {
            let (found, expected) = (centre(cell), diamond(cell).centre());
            let turns = (found.lon - expected.lon).abs();
            assert!(turns < 1e-15, "cell {cell}: lon {} is not {}", found.lon, expected.lon);
            assert_eq!((found.sin_lat, found.cos_lat), (expected.sin_lat, expected.cos_lat), "cell {cell}");
        }
    }

    #[test]
    fn no_cell_reaches_farther() {
        assert!(cells().all(|cell| diamond(cell).radius() <= REACH));
    }

    #[test]
    fn rows_of_full_ranges_are_not_tested() {
        let index: Vec<i64> = (0..300).map(|i| i * 1000).collect();
        let far = Cone::new(200.0, -60.0, 1e-3).unwrap();
        let find = |flags: [u8; 2]| {
            let mut rows = Vec::new();
            candidates(&index, &[0, 50_000], &[3000, 200_000], &flags, &far, |row| rows.push(row));
            rows
        };
        assert_eq!(find([0, 0]), []);
        assert_eq!(find([1, 0]), [0, 1, 2]);
        assert_eq!(find([0, 1]), (50..200).collect::<Vec<u32>>());
    }
}
