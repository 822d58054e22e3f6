//! Cone → sorted order-29 ranges, each flagged full or partial. No cell that touches the cone is ever missing.
//!
//! A descent from the 12 base cells. A cell whose centre is at angle d from the cone's centre, and whose points are
//! all within R of its own ([`Diamond::radius`]), is
//! * outside, and dropped, only if d > r + R;
//! * full only if d ≤ r − R;
//! * else partial: split while above the last order, kept there.
//!
//! A cell that shares no latitude with the cone is dropped before that: it is the cheaper test. (Not above 90°, where a
//! cone spans nearly all latitudes.)
//!
//! The tests on d follow from the triangle inequality on the sphere. They are made on the sines of half the angles, as
//! sin(d/2) is half the chord between the centres: no inverse trigonometry, and the same scale as the haversine's, so
//! that one margin for rounding holds from radius 0 to the antipode.
//! * sin((r + R)/2) ≤ sin(r/2) + cos(r/2) R/2. Where r + R > π no cell is outside, and then the right-hand side is
//!   at least cos e + e sin e ≥ 1 with e = (π − r)/2 < R/2.
//! * sin((r − R)/2) ≥ sin(r/2) (1 − R²/8) − cos(r/2) R/2, negative where R > r.

use std::f64::consts::FRAC_PI_2;

use crate::cone::Cone;
use crate::plane::{y_of, Diamond};
use crate::{CELLS, ORDER};

/// A half-open range [start, end) of order-29 cells; `full` if all of it is inside the cone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: i64,
    pub end: i64,
    pub full: bool,
}

/// The descent stops where a cell's half diagonal in the plane is at most r / FINENESS: 30 to 60 cells at the rim.
const FINENESS: f64 = 4.0;

/// Margin on the sine of half an angle. Rounding of degrees to radians, of a centre, of the hash of a position and of
/// the haversine comes to a few 1e-15; an order-29 cell is 1e-9 on this scale.
const MARGIN: f64 = 5e-14;

/// Margin on y in the plane, which has the same rounding to bear.
const MARGIN_Y: f64 = 1e-12;

/// Covers a cone. Radius 0 is a point: its cell, and those around that it may be on the border of.
pub fn cover(cone: &Cone) -> Vec<Range> {
    if cone.radius == 180.0 {
        return vec![Range { start: 0, end: CELLS, full: true }];
    }
    let radius = cone.radius.to_radians();
    let (sin_lon, cos_lon) = cone.lon.to_radians().sin_cos();
    let lat = cone.lat.to_radians();
    let (sin_lat, cos_lat) = lat.sin_cos();
    let (sin_half, cos_half) = (0.5 * radius).sin_cos();
    let (south, north) = if cone.radius <= 90.0 {
        (y_of((lat - radius).max(-FRAC_PI_2)) - MARGIN_Y, y_of((lat + radius).min(FRAC_PI_2)) + MARGIN_Y)
    } else {
        (-2.0, 2.0)
    };
    let mut descent = Descent {
        axis: [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
        sin_half,
        cos_half,
        south,
        north,
        last: last_order(radius),
        ranges: Vec::with_capacity(128),
    };
    for base in 0..12 {
        descent.visit(Diamond::base(base), 0, i64::from(base));
    }
    descent.ranges
}

/// The order at which the cover of a cone of this radius (radians) stops.
fn last_order(radius: f64) -> u32 {
    let wanted = (FINENESS / radius).log2().ceil();
    wanted.clamp(0.0, f64::from(ORDER)) as u32
}

struct Descent {
    axis: [f64; 3],
    /// Of half the cone's radius.
    sin_half: f64,
    cos_half: f64,
    /// The cone's band of latitude as y in the plane.
    south: f64,
    north: f64,
    last: u32,
    ranges: Vec<Range>,
}

impl Descent {
    fn visit(&mut self, diamond: Diamond, order: u32, cell: i64) {
        if diamond.beyond(self.south, self.north) {
            return;
        }
        let centre = diamond.centre();
        let half_chord_squared = 0.25
            * ((centre[0] - self.axis[0]).powi(2)
                + (centre[1] - self.axis[1]).powi(2)
                + (centre[2] - self.axis[2]).powi(2));
        let radius = diamond.radius();
        let reach = 0.5 * radius * self.cos_half + MARGIN;
        let outer = self.sin_half + reach;
        if half_chord_squared > outer * outer {
            return;
        }
        let inner = self.sin_half * (1.0 - 0.125 * radius * radius) - reach;
        let full = inner > 0.0 && half_chord_squared <= inner * inner;
        if full || order == self.last {
            self.push(order, cell, full);
        } else {
            for n in 0..4 {
                self.visit(diamond.child(n), order + 1, cell << 2 | i64::from(n));
            }
        }
    }

    /// Cells come in nested order: one that continues the last range, alike, is merged into it.
    fn push(&mut self, order: u32, cell: i64, full: bool) {
        let shift = 2 * (ORDER - order);
        let (start, end) = (cell << shift, (cell + 1) << shift);
        match self.ranges.last_mut() {
            Some(last) if last.end == start && last.full == full => last.end = end,
            _ => self.ranges.push(Range { start, end, full }),
        }
    }
}
