//! The HEALPix plane: a cell is a diamond in it, and the plane's map to the sphere bounds the cell's size.
//!
//! Coordinates are those of cdshealpix: x in [0, 8) grows with longitude, y in [−2, 2] with latitude
//! (Calabretta & Roukema 2007, with angles divided by π/4). A cell of order k is the diamond
//! |x − xc| + |y − yc| ≤ t with t = 2⁻ᵏ.
//!
//! **Map to the sphere.** Where |y| ≤ 1: lon = πx/4, sin lat = 2y/3. In the caps, with σ = 2 − |y|, facet centre f
//! and u = (x − f)/σ ∈ [−1, 1]: lon = π(f + u)/4, |sin lat| = 1 − σ²/3.
//!
//! **Bound on the radius of a cell.** Any point of a cell is reached from its centre by a straight segment (dx, dy) with
//! |dx| + |dy| ≤ t, which stays in the diamond; a diamond never leaves its base cell, in which the map is continuous and
//! piecewise smooth. The image of the segment is a path on the sphere, no shorter than the angular distance of its
//! ends. With X and Y the lengths of the map's partial derivatives on the sphere, the path is no longer than
//!   ∫ |dx| X + |dy| Y ≤ t · max(X, Y) over the cell.
//! So R = t · sup(X, Y) over the cell is a bound, whatever the shape of the cell's edges (they are not great circles).
//! * |y| ≤ 1: X = π/4 · cos lat, largest at the smallest |y|; Y = 2/(3 cos lat), largest at the largest |y|.
//! * caps: with w = 2 − σ²/3 ∈ [5/3, 2], cos lat = σ √(w/3), so X = π/4 · √(w/3) and
//!   Y² = (π/4)² u² w/3 + 4/(3w). For |u| ≤ U, Y² is a convex function of w: its maximum is at an end of the cell's
//!   interval of w. X² ≤ (π/4)² · 2/3 < 0.42 is always below Y² ≥ 4/(3w) ≥ 0.66. |u| is constant along lines through
//!   the pole, hence on a diamond it is largest at a vertex: U = max((|xc − f| + t)/σc, |xc − f|/(σc − t)).
//!   (At the pole itself the map is not smooth, but paths to it are limits of paths with the same bound.)
//! * a cell with points on both sides of |y| = 1 has the larger of the two.
//!
//! As t → 0 the bound tends to the cell's true radius in its widest direction: it is tight where it matters. Over the whole
//! sphere R ≤ 1.069 t (σ = 1, u = 1), which the tests check.

use std::f64::consts::FRAC_PI_4;

use crate::trig::Numbers;
use crate::ORDER;

/// Upper bound of a cell's radius, in half diagonals of the plane, anywhere: √((π/4)² 5/9 + 4/5), rounded up.
pub const STRETCH: f64 = 1.069;

/// Half diagonal of a cell of an order in the plane.
#[inline(always)]
pub fn unit(order: u32) -> f64 {
    1.0 / (1u64 << order) as f64
}

/// y of a latitude in radians, which it grows with.
pub fn y_of(lat: f64, numbers: &Numbers) -> f64 {
    let sin_lat = numbers.sin(lat);
    if sin_lat.abs() <= 2.0 / 3.0 {
        return 1.5 * sin_lat;
    }
    // σ² = 3 (1 − |sin lat|), without the cancellation at the poles.
    let sigma = 6f64.sqrt() * numbers.sin(FRAC_PI_4 - 0.5 * lat.abs());
    (2.0 - sigma).copysign(lat)
}

/// A point of the sphere.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Longitude in eighths of a turn: x on the equator.
    pub x: f64,
    pub sin_lat: f64,
    pub cos_lat: f64,
}

impl Point {
    /// Of a position in degrees.
    pub fn at(lon: f64, lat: f64, numbers: &Numbers) -> Point {
        let (sin_lat, cos_lat) = numbers.sin_cos(lat.to_radians());
        Point { x: lon * (1.0 / 45.0), sin_lat, cos_lat }
    }

    /// Of a point of the plane: x of the centre of its base cell, x from there, and y. Without a branch, for SIMD.
    #[inline(always)]
    pub fn of_plane(base: f64, x: f64, y: f64, numbers: &Numbers) -> Point {
        let sigma = numbers.two - y.abs();
        let third = sigma * sigma * numbers.third;
        let polar_sin = numbers.one - third;
        let polar_sin = if y < 0.0 { -polar_sin } else { polar_sin };
        let polar_cos_squared = (numbers.two - third) * numbers.third;
        let sin = y * numbers.two_thirds;
        let cos_squared = numbers.one - sin * sin;
        let cap = sigma < numbers.one;
        let narrow = if cap { sigma } else { numbers.one };
        let sin_lat = if cap { polar_sin } else { sin };
        let cos_squared = if cap { polar_cos_squared } else { cos_squared };
        Point { x: base + x / narrow, sin_lat, cos_lat: narrow * cos_squared.sqrt() }
    }

    /// Longitude in radians.
    pub fn lon(&self) -> f64 {
        self.x * FRAC_PI_4
    }

    /// Unit vector.
    pub fn vector(&self) -> [f64; 3] {
        let (sin_lon, cos_lon) = self.lon().sin_cos();
        [self.cos_lat * cos_lon, self.cos_lat * sin_lon, self.sin_lat]
    }

    /// sin²(d/2) of the angular distance d: a quarter of the squared chord, without its cancellation.
    #[inline(always)]
    pub fn haversine(&self, other: &Point, numbers: &Numbers) -> f64 {
        let (dz, dr) = (self.sin_lat - other.sin_lat, self.cos_lat - other.cos_lat);
        let dx = self.x - other.x;
        let turns = (dx * numbers.eighth + numbers.rounder) - numbers.rounder;
        let sin_dlon = numbers.sin((dx - turns * numbers.eight) * numbers.eighth_pi);
        numbers.quarter * (dz * dz + dr * dr) + self.cos_lat * other.cos_lat * sin_dlon * sin_dlon
    }
}

/// Four cells that follow each other, one array per member: their tests are one for SIMD.
pub struct Four {
    /// x of the centre of the base cell.
    pub base: [f64; 4],
    /// x of the centre from there.
    pub x: [f64; 4],
    pub y: [f64; 4],
    pub half: f64,
}

impl Four {
    /// The base cells around the north (0), on the equator (1) and around the south (2).
    pub fn ring(ring: u8) -> Four {
        let base = [0, 1, 2, 3].map(|column| Diamond::base(4 * ring + column));
        Four { base: base.map(|cell| cell.facet), x: [0.0; 4], y: base.map(|cell| cell.y), half: 1.0 }
    }

    pub fn cell(&self, n: usize) -> Diamond {
        Diamond { x: self.base[n] + self.x[n], y: self.y[n], half: self.half, facet: self.base[n] }
    }
}

/// A cell as a diamond of the plane. Its numbers are dyadic, so that the descent to order 29 is exact in f64.
#[derive(Clone, Copy, Debug)]
pub struct Diamond {
    /// Centre.
    pub x: f64,
    pub y: f64,
    /// Centre to vertex.
    pub half: f64,
    /// x of the base cell's centre: the facet's centre if it is a polar one.
    facet: f64,
}

impl Diamond {
    /// Base cell 0..12 (nested order 0): four around the north, four on the equator, four around the south.
    pub fn base(cell: u8) -> Diamond {
        let column = 2.0 * f64::from(cell % 4);
        let (x, y) = match cell / 4 {
            0 => (column + 1.0, 1.0),
            1 => (column, 0.0),
            _ => (column + 1.0, -1.0),
        };
        Diamond { x, y, half: 1.0, facet: x }
    }

    /// The smallest cell that holds all points with x and y in the intervals, its order and number; `None` if they are
    /// in several base cells. `x` may be of any turn; on each facet of a cap, it is that of the plane.
    pub fn around(x: [f64; 2], y: [f64; 2]) -> Option<(Diamond, u32, i64)> {
        // Coordinates along the edges of cells, in cells of order 29; base cells are the squares of side 2^29.
        let scale = 0.5 * f64::from(1 << ORDER);
        let along = |low: f64, high: f64| [low, high].map(|value| ((value + 1.0) * scale).floor() as i64);
        let (east, west) = (along(x[0] + y[0], x[1] + y[1]), along(y[0] - x[1], y[1] - x[0]));
        let differ = (east[0] ^ east[1]) | (west[0] ^ west[1]);
        let shift = i64::BITS - differ.leading_zeros();
        let (column, row) = (east[0] >> ORDER, west[0] >> ORDER);
        // 1 around the north, 0 on the equator, −1 around the south.
        let ring = column + row;
        if shift > ORDER || ring.abs() > 1 {
            return None;
        }
        let base = (1 - ring) * 4 + ((column - i64::from(ring > 0)) & 3);
        let order = ORDER - shift;
        let mut diamond = Diamond::base(base as u8);
        let mut cell = base;
        for level in (shift..ORDER).rev() {
            let n = (east[0] >> level & 1) | (west[0] >> level & 1) << 1;
            diamond = diamond.child(n as u8);
            cell = cell << 2 | n;
        }
        Some((diamond, order, cell))
    }

    /// The four cells that it consists of, in nested order: south, east, west, north.
    pub fn children(&self) -> Four {
        let half = 0.5 * self.half;
        let offset = self.x - self.facet;
        Four {
            base: [self.facet; 4],
            x: [offset, offset + half, offset - half, offset],
            y: [self.y - half, self.y, self.y, self.y + half],
            half,
        }
    }

    pub fn child(&self, n: u8) -> Diamond {
        self.children().cell(n.into())
    }

    /// The centre on the sphere.
    #[inline]
    pub fn centre(&self) -> Point {
        Point::of_plane(self.facet, self.x - self.facet, self.y, &Numbers::load())
    }

    /// Upper bound of the angle, in radians, from the centre to any point of the cell.
    pub fn radius(&self) -> f64 {
        self.stretch() * self.half
    }

    /// Upper bound, over the cell, of the lengths X and Y of the map's derivatives. It holds for every cell inside, too.
    pub fn stretch(&self) -> f64 {
        let (near, far) = (self.y.abs() - self.half, self.y.abs() + self.half);
        let mut bound = 0.0_f64;
        if near < 1.0 {
            let cos_lat = |y: f64| (1.0 - y * y * (4.0 / 9.0)).sqrt();
            bound = (FRAC_PI_4 * cos_lat(near.max(0.0))).max(2.0 / (3.0 * cos_lat(far.min(1.0))));
        }
        if far > 1.0 {
            let offset = (self.x - self.facet).abs();
            let sigma = 2.0 - self.y.abs();
            let u = ((offset + self.half) / sigma)
                .max(if offset > 0.0 { offset / (sigma - self.half) } else { 0.0 })
                .min(1.0);
            let squared = |sigma: f64| {
                let w = 2.0 - sigma * sigma / 3.0;
                FRAC_PI_4 * FRAC_PI_4 * u * u * w / 3.0 + 4.0 / (3.0 * w)
            };
            let (inner, outer) = ((2.0 - far).max(0.0), (2.0 - near).min(1.0));
            bound = bound.max(squared(inner).max(squared(outer)).sqrt());
        }
        bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cdshealpix::nested::get;

    /// The diamond of a nested cell, by the descent.
    fn diamond(order: u32, cell: u64) -> Diamond {
        (0..order).rev().fold(Diamond::base((cell >> (2 * order)) as u8), |parent, level| {
            parent.child((cell >> (2 * level) & 3) as u8)
        })
    }

    fn angle(a: [f64; 3], b: [f64; 3]) -> f64 {
        let chord = ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt();
        2.0 * (0.5 * chord).min(1.0).asin()
    }

    fn vector((lon, lat): (f64, f64)) -> [f64; 3] {
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    }

    /// All cells of the first orders, then cells all over the sphere down to order 29.
    fn cells() -> impl Iterator<Item = (u32, u64)> {
        let first = (0..6).flat_map(|order| (0..12 << (2 * order)).map(move |cell| (order, cell)));
        let deep = (6..30).flat_map(|order| {
            let count: u64 = 12 << (2 * order);
            (0..2000).map(move |i| (order, (i as f64 / 2000.0 * count as f64) as u64))
        });
        let corners = (6..30).flat_map(|order| {
            (0..12u64).flat_map(move |base| {
                let side = 1u64 << (2 * order);
                // South, east, west and north corner of each base cell.
                [0, (side - 1) / 3, (side - 1) / 3 * 2, side - 1].map(|cell| (order, base * side + cell))
            })
        });
        first.chain(deep).chain(corners)
    }

    #[test]
    fn descent_reaches_the_cells_of_the_nested_scheme() {
        for (order, cell) in cells() {
            let centre = vector(get(order as u8).center(cell));
            assert!(
                angle(diamond(order, cell).centre().vector(), centre) < 2e-15,
                "cell {cell} of order {order}"
            );
        }
    }

    #[test]
    fn y_of_a_latitude_is_that_of_the_plane() {
        let numbers = Numbers::load();
        for (order, cell) in cells() {
            let diamond = diamond(order, cell);
            let (_, lat) = get(order as u8).center(cell);
            assert!((y_of(lat, &numbers) - diamond.y).abs() < 1e-14, "cell {cell} of order {order}");
        }
        let y_of = |lat: f64| y_of(lat, &numbers);
        assert_eq!(y_of(0.0), 0.0);
        assert!((y_of(2.0 * FRAC_PI_4) - 2.0).abs() < 1e-15 && (y_of(-2.0 * FRAC_PI_4) + 2.0).abs() < 1e-15);
    }

    #[test]
    fn around_finds_the_cell_of_its_inside() {
        for (order, cell) in cells() {
            let diamond = diamond(order, cell);
            let reach = 0.26 * diamond.half;
            let (x, y) = ([diamond.x - reach, diamond.x + reach], [diamond.y - reach, diamond.y + reach]);
            let (found, found_order, number) = Diamond::around(x, y).unwrap();
            assert_eq!((found_order, number), (order, cell as i64));
            assert_eq!((found.x, found.y, found.half), (diamond.x, diamond.y, diamond.half));
            let turned = Diamond::around(x.map(|x| x + 8.0), y).map(|(_, order, cell)| (order, cell));
            assert!(order > 25 || turned == Some((order, cell as i64)));
            let across = Diamond::around([x[0], diamond.x + 1.01 * diamond.half], y);
            assert!(across.is_none_or(|(_, above, ancestor)| {
                above < order && ancestor == cell as i64 >> (2 * (order - above))
            }));
        }
    }

    #[test]
    fn no_point_of_a_cell_is_beyond_its_radius() {
        for (order, cell) in cells() {
            let diamond = diamond(order, cell);
            let layer = get(order as u8);
            let bound = diamond.radius() + 5e-15;
            let centre = diamond.centre().vector();
            let inside = (0..=16).flat_map(|i| (0..=16).map(move |j| (f64::from(i), f64::from(j))));
            for (i, j) in inside {
                let edge = |n: f64| (n / 16.0).min(1.0 - f64::EPSILON);
                let distance = angle(centre, vector(layer.sph_coo(cell, edge(i), edge(j))));
                assert!(distance <= bound, "cell {cell} of order {order}: {distance} > {bound}");
            }
        }
    }

    #[test]
    fn the_radius_is_tight() {
        for (order, cell) in cells() {
            let diamond = diamond(order, cell);
            assert!(diamond.radius() <= STRETCH * diamond.half);
            let layer = get(order as u8);
            let centre = diamond.centre().vector();
            let reached = layer.vertices(cell).map(|vertex| angle(centre, vector(vertex)));
            let reached = reached.into_iter().fold(0.0, f64::max);
            let excess = diamond.radius() / reached;
            // A cell at a pole spans all |u| ≤ 1, whatever its size.
            let allowed = if order < 6 { 1.5 } else { 1.32 };
            assert!(excess < allowed, "cell {cell} of order {order}: {excess} times its radius");
        }
    }
}
