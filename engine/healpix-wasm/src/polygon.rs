//! A polygon on the sphere: its edges are arcs of great circles, shorter than half a turn, and its inside is the smaller of
//! the two sides, whichever way round the vertices go: STC polygons have a winding, DALI and ADQL clients often heed none, and
//! for what fits in half the sky this reading agrees with all of them.
//!
//! **Inside.** The meridian from a position to the north pole crosses the edges that are north of it. The pole is on one
//! side; the position is on the other if the number of crossings is odd. Which edges a meridian crosses is decided by comparing
//! longitudes only, so that a meridian through a vertex crosses one of its edges or both or none, as it must. Where the
//! edges cross each other, this is the even-odd rule.
//!
//! **Which side.** The excess of the triangle of an edge and the north pole, summed with the sign of the edge's direction, is
//! the area of the side without the north pole, up to sign; or, if the polygon goes around the pole, that of the side
//! with it.
//!
//! **Cover.** A cell whose points are all within R of its centre is on one side, that of its centre, if every edge is
//! farther than R from the centre: the cell's bounding circle is connected and meets no edge.

use std::f64::consts::PI;

use crate::descent::{Place, Shape};
use crate::plane::{Diamond, Four};
use crate::vector::{angle, cross, dot, length, minus, plus, scaled, vector, Vector};
use crate::ORDER;

/// Radians. Rounding of a position, its hash, a vertex and a distance comes to a few 1e-15.
const MARGIN: f64 = 1e-13;

/// The descent stops where a cell's half diagonal is this part of the perimeter, as in the cover of a cone.
const FINENESS: f64 = 8.0 * PI;

/// Radians, below a right angle.
const LARGEST_REACH: f64 = 1.5;

/// Closer vertices are one; vertices as close to each other's antipodes span no edge. Radians.
const DISTINCT: f64 = 1e-14;

#[derive(Clone, Debug)]
pub struct Polygon {
    pub(crate) edges: Vec<Edge>,
    /// Whether the inside is the side with the north pole.
    with_pole: bool,
    /// A circle that holds all of it: centre, and radius in radians, π where there is none below a right angle.
    pub(crate) middle: Vector,
    pub(crate) reach: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) from: Vector,
    pub(crate) to: Vector,
    /// from × to.
    normal: Vector,
    pub(crate) unit_normal: Vector,
    /// Longitudes of both ends in [0, 360).
    pub(crate) from_lon: f64,
    pub(crate) to_lon: f64,
    pub(crate) from_lat: f64,
    pub(crate) to_lat: f64,
    /// Whether it crosses longitude 0 on its shorter way.
    wraps: bool,
    /// Latitudes of its ends, which are its extremes: see [`Edge::summit`].
    pub(crate) south: f64,
    pub(crate) north: f64,
}

impl Edge {
    fn new((from_lon, from_lat): (f64, f64), (to_lon, to_lat): (f64, f64)) -> Edge {
        let (from, to) = (vector(from_lon, from_lat), vector(to_lon, to_lat));
        // (a − b) × (a + b) = 2 a × b, without the cancellation of a short edge.
        let normal = scaled(cross(minus(from, to), plus(from, to)), 0.5);
        let wraps = (from_lon - to_lon).abs() > 180.0;
        // An edge in a pole has no length.
        let unit_normal = scaled(normal, 1.0 / length(normal).max(f64::MIN_POSITIVE));
        let (south, north) = (from_lat.min(to_lat), from_lat.max(to_lat));
        Edge { from, to, normal, unit_normal, from_lon, to_lon, from_lat, to_lat, wraps, south, north }
    }

    /// The position between the ends that is farthest north or south, in degrees; `None` if that is an end.
    fn summit(&self) -> Option<(f64, f64)> {
        // Upwards at one end and downwards at the other.
        let (leaves, arrives) = (cross(self.normal, self.from)[2], cross(self.normal, self.to)[2]);
        if leaves * arrives >= 0.0 {
            return None;
        }
        let n = self.unit_normal;
        let up = leaves.signum();
        let (x, y, z) = (-up * n[0] * n[2], -up * n[1] * n[2], up * n[0].hypot(n[1]));
        let lon = y.atan2(x).to_degrees().rem_euclid(360.0);
        let summit = (if lon < 360.0 { lon } else { 0.0 }, to_pole(z.atan2(n[2].abs()).to_degrees()));
        let at = vector(summit.0, summit.1);
        (angle(at, self.from) > DISTINCT && angle(at, self.to) > DISTINCT).then_some(summit)
    }

    fn goes_east(&self) -> bool {
        (self.from_lon < self.to_lon) != self.wraps
    }

    /// Whether the meridian from a position to the north pole crosses it.
    fn is_north_of(&self, lon: f64, lat: f64, position: Vector) -> bool {
        let between = ((self.from_lon <= lon) != (self.to_lon <= lon)) != self.wraps;
        // Where the edge runs along a meridian, rounding may put it beside a position that is beyond its ends.
        if !between || lat > self.north {
            return false;
        }
        // From an end of the edge: exact for small polygons too.
        lat < self.south || (dot(self.normal, minus(position, self.from)) < 0.0) == self.goes_east()
    }

    /// Lower bound of the distance from a unit vector to any point of the edge, in radians.
    fn distance(&self, position: Vector) -> f64 {
        if self.south.abs() == 90.0 && self.south == self.north {
            return angle(position, self.from);
        }
        let height = dot(self.unit_normal, position).clamp(-1.0, 1.0);
        let foot = minus(position, scaled(self.unit_normal, height));
        let beside_from = dot(cross(self.normal, self.from), foot) < 0.0;
        let beside_to = dot(cross(self.normal, self.to), foot) > 0.0;
        if beside_from || beside_to {
            angle(position, self.from).min(angle(position, self.to))
        } else {
            height.abs().asin()
        }
    }

    /// Whether an edge may be within an angle of a unit vector, as [`Edge::distance`] tells; most are not by their great circle.
    fn is_within(&self, position: Vector, angle: f64) -> bool {
        let height = dot(self.unit_normal, position).abs();
        !(angle < 1.0 && height > angle) && self.distance(position) <= angle
    }

    /// Area of the triangle with the north pole, positive if the edge goes east.
    fn excess(&self) -> f64 {
        // Tangents of half the polar distances.
        let tangent = |v: Vector| v[0].hypot(v[1]) / (1.0 + v[2]);
        let product = tangent(self.from).min(1e16) * tangent(self.to).min(1e16);
        let width = (self.to_lon - self.from_lon
            + if self.wraps { 360f64.copysign(self.from_lon - self.to_lon) } else { 0.0 })
        .to_radians();
        2.0 * (product * width.sin()).atan2(1.0 + product * width.cos())
    }
}

/// The latitude, or the pole's that is one with it ([`DISTINCT`]): an edge that ends there then runs along a meridian. A
/// vertex beside the pole must not swallow the summit in the pole of an edge that goes over it.
fn to_pole(lat: f64) -> f64 {
    if (90.0 - lat.abs()).to_radians() < 2.0 * DISTINCT {
        90f64.copysign(lat)
    } else {
        lat
    }
}

/// A circle below a hemisphere that holds the vertices is convex: it holds the edges and the smaller side, too.
fn bounding_circle(edges: &[Edge]) -> (Vector, f64) {
    let sum = edges.iter().fold([0.0; 3], |sum, edge| plus(sum, edge.from));
    let middle = scaled(sum, 1.0 / length(sum).max(f64::MIN_POSITIVE));
    let reach = edges.iter().map(|edge| angle(middle, edge.from)).fold(0.0, f64::max);
    (middle, if reach < LARGEST_REACH { reach } else { PI })
}

/// The edges of a closed path. A pole has every longitude: the edges on either side of it are pieces of meridians, and one
/// in the pole itself leads from meridian to meridian.
fn edges_along(path: &[(f64, f64)]) -> Vec<Edge> {
    let n = path.len();
    let mut edges = Vec::with_capacity(n + 1);
    for (i, &(lon, lat)) in path.iter().enumerate() {
        let (before, after) = (path[(i + n - 1) % n], path[(i + 1) % n]);
        if lat.abs() == 90.0 {
            edges.push(Edge::new((before.0, lat), (after.0, lat)));
            edges.push(Edge::new((after.0, lat), after));
        } else if after.1.abs() == 90.0 {
            edges.push(Edge::new((lon, lat), (lon, after.1)));
        } else {
            edges.push(Edge::new((lon, lat), after));
        }
    }
    edges
}

impl Polygon {
    /// Vertices in degrees: `lon` in [0, 360], `lat` in [−90, 90]. `None` if fewer than three are distinct, or if two that
    /// follow each other are antipodes.
    pub fn new(vertices: &[(f64, f64)]) -> Option<Polygon> {
        let on_sphere = |(lon, lat): &(f64, f64)| (0.0..=360.0).contains(lon) && (-90.0..=90.0).contains(lat);
        if !vertices.iter().all(on_sphere) {
            return None;
        }
        let mut distinct: Vec<(f64, f64)> = Vec::with_capacity(vertices.len());
        let apart = |&(a, b): &(f64, f64), (c, d): (f64, f64)| angle(vector(a, b), vector(c, d)) > DISTINCT;
        for &(lon, lat) in vertices {
            let vertex = (if lon < 360.0 { lon } else { 0.0 }, to_pole(lat));
            if distinct.last().is_none_or(|last| apart(last, vertex)) {
                distinct.push(vertex);
            }
        }
        while distinct.len() > 1 && !apart(&distinct[distinct.len() - 1], distinct[0]) {
            distinct.pop();
        }
        if distinct.len() < 3 {
            return None;
        }
        let mut path = Vec::with_capacity(2 * distinct.len());
        for (&from, &to) in distinct.iter().zip(distinct.iter().cycle().skip(1)) {
            let edge = Edge::new(from, to);
            if angle(edge.from, edge.to) > PI - DISTINCT {
                return None;
            }
            path.push(from);
            path.extend(edge.summit());
        }
        let edges = edges_along(&path);
        let excess = edges.iter().map(Edge::excess).sum::<f64>().abs();
        // Around the poles, and not back, the edges cross longitude 0 an odd number of times.
        let around = edges.iter().filter(|edge| edge.wraps).count() % 2 == 1;
        let with_pole = if around { excess <= 2.0 * PI } else { excess > 2.0 * PI };
        let (middle, reach) = bounding_circle(&edges);
        Some(Polygon { edges, with_pole, middle, reach })
    }

    /// A box with its centre and the lengths of its arms east–west and north–south, in degrees: the sides are the great
    /// circles at right angles to the arms in their ends (BOX of ADQL 2.1, Box of STC). `None` unless the sizes are above
    /// 0 and below 180.
    pub fn of_box(lon: f64, lat: f64, width: f64, height: f64) -> Option<Polygon> {
        let size =
            |degrees: f64| (degrees > 0.0 && degrees < 180.0).then(|| (0.5 * degrees).to_radians().tan());
        let (east, north) = (size(width)?, size(height)?);
        let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
        let corner = |east: f64, north: f64| {
            // Forward, east and north of the centre, turned from the centre's meridian to longitude 0.
            let (x, z) = (cos_lat - north * sin_lat, sin_lat + north * cos_lat);
            let turned = (lon + east.atan2(x).to_degrees()).rem_euclid(360.0);
            (turned, z.atan2(x.hypot(east)).to_degrees())
        };
        Polygon::new(&[
            corner(-east, -north),
            corner(east, -north),
            corner(east, north),
            corner(-east, north),
        ])
    }

    /// Whether a position in degrees is inside, `lon` in [−360, 360]. A position that is not finite is in no polygon.
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        let turn = if lon < 0.0 { lon + 360.0 } else { lon };
        let turn = if turn < 360.0 { turn } else { turn - 360.0 };
        lon.is_finite() && lat.is_finite() && self.holds(turn, lat, vector(lon, lat))
    }

    /// The same for a position in [0, 360) and its unit vector.
    pub(crate) fn holds(&self, lon: f64, lat: f64, position: Vector) -> bool {
        let crossings = self.edges.iter().filter(|edge| edge.is_north_of(lon, lat, position)).count();
        (crossings % 2 == 1) != self.with_pole
    }
}

impl Polygon {
    /// Radians from a unit vector to the nearest point of an edge.
    pub(crate) fn border_distance(&self, position: Vector) -> f64 {
        self.edges.iter().map(|edge| edge.distance(position)).fold(PI, f64::min)
    }
}

impl Shape for Polygon {
    fn start(&self) -> Option<(Diamond, u32, i64)> {
        None
    }

    fn last_order(&self) -> u32 {
        let perimeter: f64 = self.edges.iter().map(|edge| angle(edge.from, edge.to)).sum();
        (FINENESS / perimeter).log2().ceil().clamp(0.0, f64::from(ORDER)) as u32
    }

    fn places(&self, cells: &Four, radius: f64) -> [Place; 4] {
        [0, 1, 2, 3].map(|n| self.place(&cells.cell(n), radius))
    }
}

impl Polygon {
    fn place(&self, diamond: &Diamond, radius: f64) -> Place {
        let centre = diamond.centre();
        let position = centre.vector();
        let reach = radius + MARGIN;
        // By chords, which are as exact as angles where these are small.
        let apart = (self.reach + reach).min(PI);
        let chord = minus(position, self.middle);
        if dot(chord, chord) > 4.0 * (0.5 * apart).sin().powi(2) + MARGIN {
            return Place::Outside;
        }
        if self.edges.iter().any(|edge| edge.is_within(position, reach)) {
            return Place::Partial;
        }
        let lon = centre.lon().to_degrees().rem_euclid(360.0);
        let lat = centre.sin_lat.atan2(centre.cos_lat).to_degrees();
        if self.holds(if lon < 360.0 { lon } else { 0.0 }, lat, position) {
            Place::Full
        } else {
            Place::Outside
        }
    }
}
