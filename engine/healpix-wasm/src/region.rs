//! Regions, by the kinds that the C layer tells apart.

use crate::cone::Cone;
use crate::cover::cover;
use crate::descent::{descend, Range};
use crate::polygon::Polygon;
use crate::zone::Zone;

pub enum Region {
    Polygon(Polygon),
    Zone(Zone),
    Circle(Cone),
}

impl Region {
    /// Kind 0: a polygon, (lon, lat) of each vertex. 1: a box, lon and lat of its centre, width and height. 2: a zone, west,
    /// east, south and north. 3: a circle, lon and lat of its centre, and its radius. All in degrees. `None` where the numbers make no such region.
    pub fn new(kind: u32, numbers: &[f64]) -> Option<Region> {
        match (kind, numbers) {
            (0, _) => {
                let vertices = numbers.chunks_exact(2);
                let whole = vertices.remainder().is_empty();
                let vertices: Vec<_> = vertices.map(|vertex| (vertex[0], vertex[1])).collect();
                Polygon::new(&vertices).filter(|_| whole).map(Region::Polygon)
            }
            (1, &[lon, lat, width, height]) => Polygon::of_box(lon, lat, width, height).map(Region::Polygon),
            (2, &[west, east, south, north]) => Zone::new(west, east, south, north).map(Region::Zone),
            (3, &[lon, lat, radius]) => Cone::new(lon, lat, radius).map(Region::Circle),
            _ => None,
        }
    }

    pub fn cover(&self, emit: impl FnMut(Range)) {
        match self {
            Region::Polygon(polygon) => descend(polygon, emit),
            Region::Zone(zone) => descend(zone, emit),
            Region::Circle(circle) => cover(circle, emit),
        }
    }

    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        match self {
            Region::Polygon(polygon) => polygon.contains(lon, lat),
            Region::Zone(zone) => zone.contains(lon, lat),
            Region::Circle(circle) => circle.contains(lon, lat),
        }
    }
}
