//! Rows of spans that are in a cone, with their separation.
//!
//! Two passes over blocks of rows. The first computes the haversine h = sin²(separation/2) of every row without a
//! branch, which the compiler turns into SIMD, with a series for the sine. The second keeps the rows where h is clearly
//! below the rim's, drops those where it is clearly above, and asks [`Cone::separation`] about the few in between: so the
//! answer is that of the plain formula.

use std::f64::consts::{FRAC_1_PI, FRAC_PI_2, PI};
use std::ops::Range;

use crate::cone::Cone;

/// Rows per block: its haversines stay in the first cache.
const BLOCK: usize = 256;

/// On √h: the series and the reduction are good to a few 1e-15, the plain formula too.
const DOUBT: f64 = 1e-13;

/// Emits (row, separation in degrees) of each row of the spans that is in the cone, in order.
/// Positions in degrees, `lon` in [−360, 360]; a position that is not finite matches nothing.
pub fn cone_filter(
    lon: &[f64],
    lat: &[f64],
    spans: impl Iterator<Item = Range<usize>>,
    cone: &Cone,
    mut emit: impl FnMut(u32, f64),
) {
    let rim = (0.5 * cone.radius.to_radians()).sin();
    let inside = (rim - DOUBT).max(0.0).powi(2);
    let outside = (rim + DOUBT).powi(2);
    let haversines = Haversines::new(cone);
    let mut block = [0.0; BLOCK];
    for span in spans {
        for first in span.clone().step_by(BLOCK) {
            let rows = first..span.end.min(first + BLOCK);
            let block = &mut block[..rows.len()];
            haversines.compute(&lon[rows.clone()], &lat[rows.clone()], block);
            for (row, &h) in rows.zip(block.iter()) {
                // A NaN is on neither side.
                if h < inside {
                    emit(row as u32, (2.0 * h.sqrt().asin()).to_degrees());
                } else if h <= outside {
                    let separation = cone.separation(lon[row], lat[row]);
                    if separation <= cone.radius {
                        emit(row as u32, separation);
                    }
                }
            }
        }
    }
}

/// The haversine from one centre.
struct Haversines {
    lon: f64,
    lat: f64,
    cos_lat: f64,
}

impl Haversines {
    fn new(cone: &Cone) -> Haversines {
        Haversines { lon: cone.lon, lat: cone.lat, cos_lat: cone.lat.to_radians().cos() }
    }

    fn compute(&self, lon: &[f64], lat: &[f64], haversines: &mut [f64]) {
        const HALF_DEGREE: f64 = PI / 360.0;
        for ((&lon, &lat), h) in lon.iter().zip(lat).zip(haversines) {
            let sin_dlat = sin((lat - self.lat) * HALF_DEGREE);
            let sin_dlon = sin(within_half_turn((lon - self.lon) * HALF_DEGREE));
            let cos_lat = sin(FRAC_PI_2 - lat.abs().to_radians());
            *h = sin_dlat * sin_dlat + self.cos_lat * cos_lat * sin_dlon * sin_dlon;
        }
    }
}

/// The angle less the nearest multiple of π: its sine is the same, but for the sign.
#[inline(always)]
fn within_half_turn(angle: f64) -> f64 {
    /// Adding and taking away 1.5 · 2⁵² rounds to an integer, on every machine in one SIMD step each.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    let turns = (angle * FRAC_1_PI + ROUNDER) - ROUNDER;
    angle - turns * PI
}

/// sin x for |x| ≤ π/2 by its Taylor series: the first term left out, x²³/23!, is below 2e-18.
#[inline(always)]
fn sin(x: f64) -> f64 {
    const INVERSE_FACTORIALS: [f64; 10] = {
        let mut terms = [0.0; 10];
        let mut factorial = 1.0;
        let mut k = 0;
        while k < 10 {
            let n = (2 * k + 2) as f64;
            factorial *= -n * (n + 1.0);
            terms[k] = 1.0 / factorial;
            k += 1;
        }
        terms
    };
    let square = x * x;
    let tail = INVERSE_FACTORIALS.iter().rev().fold(0.0, |sum, term| (sum + term) * square);
    x + x * tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(lon: &[f64], lat: &[f64], cone: &Cone) -> Vec<(u32, f64)> {
        let mut rows = Vec::new();
        cone_filter(lon, lat, std::iter::once(0..lon.len()), cone, |row, separation| {
            rows.push((row, separation))
        });
        rows
    }

    /// Positions over the sphere, and as many within a few radii of the centre.
    fn positions(cone: &Cone) -> (Vec<f64>, Vec<f64>) {
        let golden = 0.618_033_988_749_894_9;
        (0..4001)
            .map(|i| {
                let (u, v) = ((f64::from(i) * golden).fract(), f64::from(i) / 2000.0 - 1.0);
                let lat = if i % 2 == 0 { v.asin().to_degrees() } else { cone.lat + 2.0 * v * cone.radius };
                let lon =
                    if i % 2 == 0 { 720.0 * u - 360.0 } else { cone.lon + (4.0 * u - 2.0) * cone.radius };
                ((lon % 360.0), lat.clamp(-90.0, 90.0))
            })
            .unzip()
    }

    #[test]
    fn the_answer_is_that_of_the_plain_formula() {
        for lon in [0.0, 1e-7, 77.7, 180.0, 360.0] {
            for lat in [-90.0, -89.99999, -30.0, 0.0, 41.8, 90.0] {
                for radius in [1e-9, 0.5 / 3600.0, 0.1, 5.0, 89.0, 91.0, 179.9, 180.0] {
                    let cone = Cone::new(lon, lat, radius).unwrap();
                    let (lons, lats) = positions(&cone);
                    let rows = filter(&lons, &lats, &cone);
                    let plain: Vec<(u32, f64)> = (0..lons.len())
                        .map(|row| (row as u32, cone.separation(lons[row], lats[row])))
                        .filter(|&(_, separation)| separation <= radius)
                        .collect();
                    assert_eq!(rows.len(), plain.len(), "{cone:?}");
                    for ((row, separation), (plain_row, plain)) in rows.into_iter().zip(plain) {
                        assert_eq!(row, plain_row, "{cone:?}");
                        // The haversine itself loses half its digits at the antipode.
                        let tolerance = if plain > 179.0 { 1e-5 } else { 2e-13 + 1e-14 * plain };
                        assert!(
                            (separation - plain).abs() <= tolerance,
                            "{cone:?}: {separation} is not {plain}"
                        );
                        assert!(separation <= radius, "{cone:?}");
                    }
                }
            }
        }
    }

    /// Radii that are the very separations of rows, and their neighbours in f64.
    #[test]
    fn the_rim_is_decided_by_the_plain_formula() {
        let probe = Cone::new(123.456, -54.321, 20.0).unwrap();
        let (lons, lats) = positions(&probe);
        for row in (0..lons.len()).step_by(7) {
            let separation = probe.separation(lons[row], lats[row]);
            for (radius, inside) in
                [(separation, true), (separation.next_up(), true), (separation.next_down(), false)]
            {
                let Some(cone) = Cone::new(probe.lon, probe.lat, radius) else { continue };
                let found = filter(&lons[row..=row], &lats[row..=row], &cone);
                assert_eq!(!found.is_empty(), inside, "row {row} at {separation}, radius {radius}");
            }
        }
    }

    #[test]
    fn positions_that_are_not_finite_match_nothing() {
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for radius in [0.0, 1.0, 180.0] {
            let cone = Cone::new(0.0, 0.0, radius).unwrap();
            assert_eq!(filter(&bad, &[0.0; 3], &cone), []);
            assert_eq!(filter(&[0.0; 3], &bad, &cone), []);
            assert_eq!(filter(&bad, &bad, &cone), []);
            assert_eq!(filter(&[0.0], &[0.0], &cone), [(0, 0.0)]);
        }
    }
}
