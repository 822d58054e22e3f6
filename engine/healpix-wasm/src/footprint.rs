//! Footprints of images: polygons, or circles where there is none. A few cells that cover one, for an index; and which of many
//! overlap a region.

use crate::cone::Cone;
use crate::cover::Cap;
use crate::descent::{Place, Shape};
use crate::overlap::{contain, overlap};
use crate::plane::{Diamond, Four, STRETCH};
use crate::region::Region;

/// What is asked of a footprint and a region.
#[derive(Clone, Copy)]
pub enum Test {
    /// They have a point in common.
    Overlaps,
    /// The footprint contains the region.
    Covers,
    /// The region contains the footprint.
    Enclosed,
}

/// Footprints, one array per member.
pub struct Footprints<'a> {
    /// Longitude and latitude of each vertex of each polygon.
    pub vertices: &'a [f64],
    /// Where the vertices of each begin among the numbers, and those of the last end.
    pub offsets: &'a [i32],
    /// Of circles.
    pub lon: &'a [f64],
    pub lat: &'a [f64],
    pub diameter: &'a [f64],
}

impl Footprints<'_> {
    pub fn count(&self) -> usize {
        self.lon.len()
    }

    /// The polygon; the circle where its vertices make none; `None` where there is neither. A diameter that is no number
    /// makes the circle a point.
    pub fn get(&self, at: usize) -> Option<Region> {
        let (from, to) = (self.offsets[at] as usize, self.offsets[at + 1] as usize);
        Region::new(0, self.vertices.get(from..to)?).or_else(|| {
            let diameter = self.diameter[at];
            let radius = if diameter > 0.0 { (0.5 * diameter).min(180.0) } else { 0.0 };
            Cone::new(self.lon[at], self.lat[at], radius).map(Region::Circle)
        })
    }

    /// Whether a footprint passes a test with a region; `None` for a region that cannot be tested like that.
    pub fn passes(&self, at: usize, region: &Region, test: Test) -> Option<bool> {
        let Some(footprint) = self.get(at) else {
            return Some(false);
        };
        match test {
            Test::Overlaps => overlap(region, &footprint),
            Test::Covers => contain(&footprint, region),
            Test::Enclosed => contain(region, &footprint),
        }
    }
}

/// Cells are not split below this order, of 0.01": so a cell's NUNIQ is a whole number below 2^53, which an f64 holds.
const DEEPEST: u32 = 24;

/// A cell of a cover: its order and number.
pub type Cell = (u32, i64);

/// At most `most` cells (12 or more), of mixed orders and without parts in common, that cover a footprint: no point of it is
/// outside of them. Cells all inside the footprint are not split.
pub fn few_cells(footprint: &Region, most: usize) -> Vec<Cell> {
    match footprint {
        Region::Circle(circle) => few(&Cap::new(circle), most),
        Region::Polygon(polygon) => few(polygon, most),
        Region::Zone(zone) => few(zone, most),
    }
}

#[derive(Clone, Copy)]
struct Item {
    diamond: Diamond,
    order: u32,
    cell: i64,
    full: bool,
    /// Bound on the stretch of the cell and of those in it.
    stretch: f64,
}

fn few(shape: &impl Shape, most: usize) -> Vec<Cell> {
    let mut items = match shape.start() {
        Some((diamond, order, cell)) if order <= DEEPEST => {
            vec![Item { diamond, order, cell, full: false, stretch: diamond.stretch() }]
        }
        _ => (0..3)
            .flat_map(|ring| kept(shape, &Four::ring(ring), 0, 4 * i64::from(ring), STRETCH))
            .collect::<Vec<_>>(),
    };
    while items.iter().any(|item| !item.full && item.order < DEEPEST) {
        let next: Vec<Item> = items.iter().flat_map(|item| split(shape, item)).collect();
        if next.len() > most {
            break;
        }
        items = next;
    }
    items.into_iter().map(|item| (item.order, item.cell)).collect()
}

fn split(shape: &impl Shape, item: &Item) -> Vec<Item> {
    if item.full || item.order >= DEEPEST {
        return vec![*item];
    }
    kept(shape, &item.diamond.children(), item.order + 1, item.cell << 2, item.stretch)
}

/// Of four cells those that are not outside.
fn kept(shape: &impl Shape, cells: &Four, order: u32, first: i64, stretch: f64) -> Vec<Item> {
    let places = shape.places(cells, stretch * cells.half);
    (0..4)
        .filter(|&n| places[n] != Place::Outside)
        .map(|n| {
            let diamond = cells.cell(n);
            let stretch = stretch.min(diamond.stretch());
            Item { diamond, order, cell: first + n as i64, full: places[n] == Place::Full, stretch }
        })
        .collect()
}
