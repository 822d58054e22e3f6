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
