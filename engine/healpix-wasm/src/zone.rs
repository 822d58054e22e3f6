//! A zone: an interval of longitudes and one of latitudes, ends included (DALI 1.2 RANGE).
//!
//! **Cover.** The points within R of a centre at latitude b are between b − R and b + R and, unless a pole is among them,
//! within asin(sin R / cos b) of its longitude. A cell is outside if either interval misses the zone's, full if both are
//! inside the zone's.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use crate::descent::{Place, Shape};
use crate::plane::{Diamond, Four};
use crate::ORDER;

/// Radians of a great circle. Rounding of a position, its hash and a centre comes to a few 1e-15.
const MARGIN: f64 = 1e-13;

/// The descent stops where a cell's half diagonal is this part of the perimeter, as in the cover of a cone.
const FINENESS: f64 = 8.0 * PI;

/// Degrees. From `west` eastwards to `east`: over longitude 0 if `west` is the greater.
#[derive(Clone, Debug)]
pub struct Zone {
    pub(crate) west: f64,
    pub(crate) east: f64,
    pub(crate) south: f64,
    pub(crate) north: f64,
}

impl Zone {
    /// `None` unless longitudes are in [0, 360] and latitudes in [−90, 90] with `south` ≤ `north`.
    pub fn new(west: f64, east: f64, south: f64, north: f64) -> Option<Zone> {
        let valid = [west, east].iter().all(|lon| (0.0..=360.0).contains(lon))
            && [south, north].iter().all(|lat| (-90.0..=90.0).contains(lat))
            && south <= north;
        valid.then_some(Zone { west, east, south, north })
    }

    /// Whether a position in degrees is inside, `lon` in [−360, 360].
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        if !(self.south <= lat && lat <= self.north && lon.is_finite()) {
            return false;
        }
        // At a pole every longitude is the same position.
        lat.abs() == 90.0 || {
            let turn = if lon < 0.0 { lon + 360.0 } else { lon };
            // 0 and 360 are one longitude.
            self.holds(turn) || (turn == 0.0 && self.holds(360.0)) || (turn == 360.0 && self.holds(0.0))
        }
    }

    pub(crate) fn holds(&self, lon: f64) -> bool {
        if self.west <= self.east {
            self.west <= lon && lon <= self.east
        } else {
            lon >= self.west || lon <= self.east
        }
    }

    /// Radians from west to east, along the equator.
    pub(crate) fn width(&self) -> f64 {
        let degrees = self.east - self.west;
        (if degrees < 0.0 { degrees + 360.0 } else { degrees }).to_radians()
    }
}

impl Shape for Zone {
    fn start(&self) -> Option<(Diamond, u32, i64)> {
        None
    }

    fn last_order(&self) -> u32 {
        let (south, north) = (self.south.to_radians(), self.north.to_radians());
        let sides = self.width() * (south.cos() + north.cos()) + 2.0 * (north - south);
        (FINENESS / sides).log2().ceil().clamp(0.0, f64::from(ORDER)) as u32
    }

    fn places(&self, cells: &Four, radius: f64) -> [Place; 4] {
        [0, 1, 2, 3].map(|n| self.place(&cells.cell(n), radius))
    }
}

impl Zone {
    fn place(&self, diamond: &Diamond, radius: f64) -> Place {
        let centre = diamond.centre();
        let lat = centre.sin_lat.atan2(centre.cos_lat);
        let reach = radius + MARGIN;
        let (south, north) = (self.south.to_radians(), self.north.to_radians());
        if lat + reach < south || lat - reach > north {
            return Place::Outside;
        }
        // From the zone's middle, in (−π, π], and half its width.
        let (middle, half) = (self.west.to_radians() + 0.5 * self.width(), 0.5 * self.width());
        let offset = (centre.lon() - middle).rem_euclid(TAU);
        let offset = if offset > PI { TAU - offset } else { offset };
        let pole = lat.abs() + reach >= FRAC_PI_2;
        let spread = if pole { PI } else { (reach.sin() / centre.cos_lat).min(1.0).asin() + MARGIN };
        // A zone that reaches a pole holds it, at whatever longitude it is given.
        let reaches_pole = pole && (self.north == 90.0 || self.south == -90.0);
        if offset - spread > half && !reaches_pole {
            return Place::Outside;
        }
        // Not by the width, which rounding may carry to a whole turn.
        let all_lon = (self.west, self.east) == (0.0, 360.0) || offset + spread < half;
        // A latitude beyond the pole is none.
        let above = lat - reach >= south || self.south == -90.0;
        let below = lat + reach <= north || self.north == 90.0;
        if all_lon && above && below {
            Place::Full
        } else {
            Place::Partial
        }
    }
}
