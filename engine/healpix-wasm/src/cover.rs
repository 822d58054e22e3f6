//! Cone → sorted order-29 ranges, each flagged full or partial. No cell that touches the cone is ever missing.
//!
//! A descent from the 12 base cells. A cell whose centre is at angle d from the cone's centre, and whose points are
//! all within R of its own ([`Diamond::radius`]), is
//! * outside, and dropped, only if d > r + R;
//! * full if d + R ≤ r;
//! * else partial: split while above the last order, kept there.
//!
//! Both tests follow from the triangle inequality on the sphere and leave a margin for rounding.

use crate::cone::Cone;
use crate::plane::Diamond;
use crate::{CELLS, ORDER};

/// A half-open range [start, end) of order-29 cells; `full` if all of it is inside the cone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: i64,
    pub end: i64,
    pub full: bool,
}

/// The cells of the rim are this much smaller than the cone: their half diagonal is at most r / FINENESS.
const FINENESS: f64 = 8.0;

/// Radians. Rounding of degrees to radians, of a cell's centre and of the hash of a position comes to a few 1e-15; an
/// order-29 cell is 2e-9 wide.
const MARGIN: f64 = 1e-13;

/// Radians. The haversine is ill-conditioned near 180°: off by up to √(8ε) there.
const MARGIN_NEAR_ANTIPODE: f64 = 1e-7;

/// Covers a cone.
pub fn cover(cone: &Cone) -> Vec<Range> {
    if cone.radius == 180.0 {
        return vec![Range { start: 0, end: CELLS, full: true }];
    }
    let (lon, lat) = (cone.lon.to_radians(), cone.lat.to_radians());
    let radius = cone.radius.to_radians();
    let mut descent = Descent {
        axis: [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()],
        radius,
        margin: if cone.radius > 179.0 { MARGIN_NEAR_ANTIPODE } else { MARGIN },
        last: last_order(radius),
        ranges: Vec::with_capacity(128),
    };
    for base in 0..12 {
        descent.visit(Diamond::base(base), 0, i64::from(base));
    }
    descent.ranges
}

/// The order at which a cover of radius `radius` (radians) stops.
fn last_order(radius: f64) -> u32 {
    let wanted = (FINENESS / radius).log2().ceil();
    wanted.clamp(0.0, f64::from(ORDER)) as u32
}

struct Descent {
    axis: [f64; 3],
    radius: f64,
    margin: f64,
    last: u32,
    ranges: Vec<Range>,
}

impl Descent {
    fn visit(&mut self, diamond: Diamond, order: u32, cell: i64) {
        let distance = angle(self.axis, diamond.centre());
        let reach = diamond.radius() + self.margin;
        if distance > self.radius + reach {
            return;
        }
        let full = distance + reach <= self.radius;
        if full || order == self.last {
            self.push(order, cell, full);
        } else {
            for n in 0..4 {
                self.visit(diamond.child(n), order + 1, cell << 2 | i64::from(n));
            }
        }
    }

    /// Cells come in nested order: a range that continues the last one, alike, is merged into it.
    fn push(&mut self, order: u32, cell: i64, full: bool) {
        let shift = 2 * (ORDER - order);
        let (start, end) = (cell << shift, (cell + 1) << shift);
        match self.ranges.last_mut() {
            Some(last) if last.end == start && last.full == full => last.end = end,
            _ => self.ranges.push(Range { start, end, full }),
        }
    }
}

/// Angle between unit vectors in radians, accurate to a few 1e-16 at every angle.
fn angle(a: [f64; 3], b: [f64; 3]) -> f64 {
    let cross = [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ];
    let dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    (cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2]).sqrt().atan2(dot)
}
