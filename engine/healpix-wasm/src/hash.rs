//! Positions to nested order-29 cells.
//!
//! Blocks of positions are projected to the plane without a branch, which the compiler turns into SIMD. Only a position
//! within [`DOUBT`] of a cell's border, where rounding decides, is asked of cdshealpix: the cells are always its.

use cdshealpix::nested::{get, Layer};

use crate::trig::Numbers;
use crate::ORDER;

/// Positions per block.
const BLOCK: usize = 128;

/// In cells. Coordinates of the plane below 16 are rounded to 2⁻⁴⁹, some ten times: 5e-6 cells of order 29.
const DOUBT: f64 = 2e-5;

/// Cells along the edge of a base cell.
pub const SIDE: f64 = (1u64 << ORDER) as f64;

/// Base cells to add to a coordinate: whole turns, so that columns stay the same.
pub const TURNS: u64 = 8;

/// Cells of positions in degrees: `lon` in [−360, 360], `lat` in [−90, 90].
/// Stops at the first position that is not finite or out of its interval, and gives its row as the error.
pub fn hash(lon: &[f64], lat: &[f64], cells: &mut [i64]) -> Result<(), usize> {
    let layer: &Layer = get(ORDER as u8);
    let mut distance = [0.0; BLOCK];
    let blocks = lon.chunks(BLOCK).zip(lat.chunks(BLOCK)).zip(cells.chunks_mut(BLOCK));
    for (block, ((lon, lat), cells)) in blocks.enumerate() {
        let on_sphere = |(lon, lat): (&f64, &f64)| lon.abs() <= 360.0 && lat.abs() <= 90.0;
        if !lon.iter().zip(lat).fold(true, |all, position| all & on_sphere(position)) {
            let bad = lon.iter().zip(lat).position(|position| !on_sphere(position));
            return Err(block * BLOCK + bad.unwrap_or(0));
        }
        let distance = &mut distance[..lon.len()];
        project(lon, lat, cells, distance);
        if !distance.iter().fold(true, |all, &distance| all & (distance >= DOUBT)) {
            for row in (0..lon.len()).filter(|&row| distance[row] < DOUBT) {
                cells[row] = layer.hash(lon[row].to_radians(), lat[row].to_radians()) as i64;
            }
        }
    }
    Ok(())
}

/// Cells of positions on the sphere, and their distance from the nearer border in cells.
fn project(lon: &[f64], lat: &[f64], cells: &mut [i64], distance: &mut [f64]) {
    let numbers = Numbers::load();
    for (((&lon, &lat), cell), distance) in lon.iter().zip(lat).zip(cells).zip(distance) {
        let x = lon * numbers.per_eighth + if lon < 0.0 { numbers.eight } else { 0.0 };
        let facet = numbers.two * ((numbers.half * x - numbers.half + numbers.rounder) - numbers.rounder)
            + numbers.one;
        // w = sin((π/2 − |lat|)/2), so that |sin lat| = 1 − 2w² and σ = √6 w: see plane.rs.
        let w = numbers.sin_of_eighth_turn((numbers.right_angle - lat.abs()) * numbers.half_degree);
        let sin_lat = numbers.one - numbers.two * w * w;
        let sigma = numbers.root_of_six * w;
        let cap = sigma < numbers.one;
        let y = if cap { numbers.two - sigma } else { numbers.three_halves * sin_lat };
        let y = if lat < 0.0 { -y } else { y };
        let x = if cap { facet + (x - facet) * sigma } else { x };
        // Coordinates along the edges of cells. The base cells are the squares of side SIDE.
        let east = Coordinate::new((x + y + numbers.one) * numbers.half_side, &numbers);
        let west = Coordinate::new((y - x + numbers.one) * numbers.half_side, &numbers);
        *distance = smaller(east.distance, west.distance);
        let column = east.whole >> ORDER;
        // 0 around the north, 1 on the equator, 2 around the south.
        let ring = (2 * TURNS + 1).wrapping_sub(column + (west.whole >> ORDER));
        let base = ring << 2 | (column.wrapping_sub(u64::from(ring == 0)) & 3);
        let bits = spread(east.whole, &numbers) | spread(west.whole, &numbers) << 1;
        *cell = (base << (2 * ORDER) | bits) as i64;
    }
}

struct Coordinate {
    /// The greatest integer below, unless the distance is next to nothing, and TURNS base cells: never negative.
    whole: u64,
    /// From the nearer integer.
    distance: f64,
}

impl Coordinate {
    #[inline(always)]
    fn new(value: f64, numbers: &Numbers) -> Coordinate {
        let rounded = value - numbers.half + numbers.rounder;
        let fraction = value - (rounded - numbers.rounder);
        Coordinate {
            whole: rounded.to_bits().wrapping_sub(numbers.rounder_less_turns),
            distance: smaller(fraction, numbers.one - fraction),
        }
    }
}

/// Of two numbers, neither of them NaN: a step of SIMD where `f64::min` is several.
#[inline(always)]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b {
        a
    } else {
        b
    }
}

/// The lowest 29 bits of a number, on every second bit.
#[inline(always)]
fn spread(number: u64, numbers: &Numbers) -> u64 {
    let [pairs, fours, bytes, halves, singles] = numbers.masks;
    let mut bits = number & 0x1FFF_FFFF;
    bits = (bits | bits << 16) & halves;
    bits = (bits | bits << 8) & bytes;
    bits = (bits | bits << 4) & fours;
    bits = (bits | bits << 2) & pairs;
    (bits | bits << 1) & singles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_cells(lon: &[f64], lat: &[f64]) {
        let mut cells = vec![0; lon.len()];
        hash(lon, lat, &mut cells).unwrap();
        for ((lon, lat), cell) in lon.iter().zip(lat).zip(cells) {
            let theirs = get(29).hash(lon.to_radians(), lat.to_radians()) as i64;
            assert_eq!(cell, theirs, "({lon}, {lat})");
        }
    }

    #[test]
    fn cells_are_those_of_cdshealpix() {
        let golden = 0.618_033_988_749_894_9;
        let (lon, lat): (Vec<f64>, Vec<f64>) = (0..2_000_000)
            .map(|i| {
                let (u, v) = ((f64::from(i) * golden).fract(), (f64::from(i) + 0.5) / 1e6 - 1.0);
                (720.0 * u - 360.0, v.asin().to_degrees())
            })
            .unzip();
        assert_cells(&lon, &lat);
    }

    #[test]
    fn cells_are_those_of_cdshealpix_on_and_beside_borders() {
        let transition = (2.0f64 / 3.0).asin().to_degrees();
        let (mut lons, mut lats) = (vec![], vec![]);
        for eighth in -16..=16 {
            for lat in [-90.0, -transition, 0.0, transition, 90.0] {
                for near in [0.0, 1e-300, 1e-15, 1e-13, 1e-11, 1e-9, 1e-7, 1e-5, 0.01] {
                    for (east, north) in [(0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1.0, -1.0), (-1.0, 0.5)] {
                        let lon = f64::from(eighth) * 22.5;
                        lons.push((lon + near * east).clamp(-360.0, 360.0));
                        lats.push((lat + near * north).clamp(-90.0, 90.0));
                        lons.push((lon - near * east).clamp(-360.0, 360.0));
                        lats.push((lat - near * north).clamp(-90.0, 90.0));
                    }
                }
            }
        }
        // Vertices of cells of all orders.
        for order in 0..30u8 {
            let layer = get(order);
            for i in 0..500 {
                let cell = (f64::from(i) / 500.0 * layer.n_hash() as f64) as u64;
                for (lon, lat) in layer.vertices(cell) {
                    lons.push(lon.to_degrees().min(360.0));
                    lats.push(lat.to_degrees());
                }
            }
        }
        assert_cells(&lons, &lats);
    }

    #[test]
    fn the_first_bad_row_is_named() {
        for (lon, lat) in [(f64::NAN, 0.0), (0.0, f64::NAN), (361.0, 0.0), (0.0, -90.1), (f64::INFINITY, 0.0)]
        {
            for bad in [0, 1, 127, 128, 300] {
                let (mut lons, mut lats) = ([0.0; 400], [0.0; 400]);
                lons[bad..].fill(lon);
                lats[bad..].fill(lat);
                assert_eq!(hash(&lons, &lats, &mut [0; 400]), Err(bad));
            }
        }
    }

    #[test]
    fn longitude_is_periodic() {
        let mut cells = [0; 4];
        hash(&[-360.0, 0.0, 360.0, -0.0], &[10.0; 4], &mut cells).unwrap();
        assert_eq!(cells, [cells[0]; 4]);
    }
}
