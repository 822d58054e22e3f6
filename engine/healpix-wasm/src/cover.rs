//! Cone → sorted order-29 ranges, each flagged full or partial. No cell that touches the cone is ever missing.
//!
//! A descent through the quadtree of cells. A cell whose centre is at angle d from the cone's centre, and whose points are
//! all within R of its own ([`Diamond::radius`]), is
//! * outside, and dropped, only if d > r + R;
//! * full only if d ≤ r − R;
//! * else partial: split while above the last order, kept there.
//!
//! **Start.** A cone that holds no pole lies between two latitudes and two meridians, the latter at asin(sin r / cos lat) from
//! its centre. This box is a rectangle of the plane on the equator, and in a rectangle of each cap's facet. If these are in
//! one base cell, the descent begins at the smallest cell that holds them, and no other cell touches the cone.
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

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

use crate::cone::Cone;
use crate::descent::{descend, Place, Range, Shape};
use crate::plane::{unit, y_of, Diamond, Four, Point};
use crate::trig::Numbers;
use crate::{CELLS, ORDER};

/// The descent stops where a cell's half diagonal in the plane is at most this part of r: 30 to 60 cells at the rim.
const FINENESS: f64 = 1.0 / 4.0;

/// The same for cones so small that most lie within one row group, whatever their cover: half as many cells.
const FINENESS_OF_SMALL: f64 = 1.0 / 2.0;

/// Radians, about 0.3°.
const SMALL: f64 = 0.005;

/// Margin on the sine of half an angle. Rounding of degrees to radians, of a centre, of the hash of a position and of
/// the haversine comes to a few 1e-15; an order-29 cell is 1e-9 on this scale.
pub const MARGIN: f64 = 5e-14;

/// Margin on x and y in the plane, which have the same rounding to bear.
const MARGIN_PLANE: f64 = 1e-12;

/// Covers a cone. Radius 0 is a point: its cell, and those around that it may be on the border of.
pub fn cover(cone: &Cone, mut emit: impl FnMut(Range)) {
    if cone.radius == 180.0 {
        emit(Range { start: 0, end: CELLS, full: true });
    } else {
        descend(&Cap::new(cone), emit);
    }
}

/// A cone, ready for the tests of the descent.
pub(crate) struct Cap {
    centre: Point,
    /// Radians.
    radius: f64,
    /// Of half the radius.
    sin_half: f64,
    cos_half: f64,
    /// The cone's band of latitude as y in the plane.
    south: f64,
    north: f64,
    numbers: Numbers,
}

impl Cap {
    pub(crate) fn new(cone: &Cone) -> Cap {
        let numbers = Numbers::load();
        let radius = cone.radius.to_radians();
        let lat = cone.lat.to_radians();
        let (sin_half, cos_half) = numbers.sin_cos(0.5 * radius);
        let (south, north) = if cone.radius <= 90.0 {
            let y_of = |lat: f64| y_of(lat, &numbers);
            (y_of((lat - radius).max(-FRAC_PI_2)), y_of((lat + radius).min(FRAC_PI_2)))
        } else {
            (-2.0, 2.0)
        };
        Cap {
            centre: Point::at(cone.lon, cone.lat, &numbers),
            radius,
            sin_half,
            cos_half,
            south: south - MARGIN_PLANE,
            north: north + MARGIN_PLANE,
            numbers,
        }
    }

    /// Intervals of x and y of the plane that hold the whole cone, if it holds no pole and is on one facet of a cap.
    fn rectangle(&self) -> Option<([f64; 2], [f64; 2])> {
        let sin_reach = 2.0 * self.sin_half * self.cos_half / self.centre.cos_lat;
        // A pole inside would make the angle more than 90°; far from it the bound on the arc sine is close.
        if self.radius > 1.0 || sin_reach > 0.86 {
            return None;
        }
        // The arc sine's series has no negative term, so (asin s − s − s³/6)/s⁵ grows, up to π/2 − 7/6.
        let square = sin_reach * sin_reach;
        let arc = sin_reach * (1.0 + square * (1.0 / 6.0 + square * (FRAC_PI_2 - 7.0 / 6.0)));
        let (lon, reach) = (self.centre.x, arc / FRAC_PI_4 + MARGIN_PLANE);
        let (west, east) = (lon - reach, lon + reach);
        // σ of the parallels of the box nearest to the pole and farthest from it.
        let sigma = |y: f64| (2.0 - y.abs()).min(1.0);
        let (near, far) = (
            sigma(self.south).min(sigma(self.north)),
            if self.south < 0.0 && self.north > 0.0 { 1.0 } else { sigma(self.south).max(sigma(self.north)) },
        );
        if near == 1.0 {
            return Some(([west, east], [self.south, self.north]));
        }
        let facet = 2.0 * (0.5 * lon).floor() + 1.0;
        let (left, right) = (west - facet, east - facet);
        (left > -1.0 && right < 1.0).then(|| {
            let x = [facet + (left * near).min(left * far), facet + (right * near).max(right * far)];
            (x, [self.south, self.north])
        })
    }
}

impl Shape for Cap {
    fn start(&self) -> Option<(Diamond, u32, i64)> {
        self.rectangle().and_then(|(x, y)| Diamond::around(x, y))
    }

    /// The order at which a cover of this radius stops.
    fn last_order(&self) -> u32 {
        let largest = self.radius * if self.radius < SMALL { FINENESS_OF_SMALL } else { FINENESS };
        (0..ORDER).find(|&order| unit(order) <= largest).unwrap_or(ORDER)
    }

    fn places(&self, cells: &Four, radius: f64) -> [Place; 4] {
        let mut haversines = [0.0; 4];
        self.haversines(&cells.base, &cells.x, &cells.y, &mut haversines);
        let reach = 0.5 * radius * self.cos_half + MARGIN;
        let outer = self.sin_half + reach;
        let inner = (self.sin_half * (1.0 - 0.125 * radius * radius) - reach).max(0.0);
        let (south, north) = (self.south - cells.half, self.north + cells.half);
        [0, 1, 2, 3].map(|n| {
            if haversines[n] > outer * outer || cells.y[n] < south || cells.y[n] > north {
                Place::Outside
            } else if haversines[n] < inner * inner {
                Place::Full
            } else {
                Place::Partial
            }
        })
    }
}

impl Cap {
    /// Apart, for any number of cells: the compiler makes SIMD of loops, not of four cells in a row.
    #[inline(never)]
    fn haversines(&self, base: &[f64], x: &[f64], y: &[f64], haversines: &mut [f64]) {
        for (((&base, &x), &y), haversine) in base.iter().zip(x).zip(y).zip(haversines) {
            *haversine = Point::of_plane(base, x, y, &self.numbers).haversine(&self.centre, &self.numbers);
        }
    }
}
