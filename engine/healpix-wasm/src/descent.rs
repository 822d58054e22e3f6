//! The descent through the quadtree of cells that turns a shape into ranges.

use crate::plane::{Diamond, Four, STRETCH};
use crate::ORDER;

/// A half-open range [start, end) of order-29 cells; `full` if all of it is inside the shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: i64,
    pub end: i64,
    pub full: bool,
}

/// Where a cell is, as far as its bounding circle tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// No point of it is in the shape.
    Outside,
    /// All points of it are.
    Full,
    /// Neither is known.
    Partial,
}

/// A part of the sphere that can be covered.
pub trait Shape {
    /// A cell that holds all of the shape, its order and number; `None` for all base cells.
    fn start(&self) -> Option<(Diamond, u32, i64)>;
    /// Where partial cells are kept rather than split.
    fn last_order(&self) -> u32;
    /// The places of cells all of whose points are within `radius` radians of their centres.
    fn places(&self, cells: &Four, radius: f64) -> [Place; 4];
}

/// Cells of this order vary so little in stretch that what is inside them takes over theirs.
const EVEN_ORDER: u32 = 6;

/// Ascending, disjoint ranges of the cells of a shape: those alike that follow each other are one.
pub fn descend(shape: &impl Shape, emit: impl FnMut(Range)) {
    let mut descent = Descent { shape, last_order: shape.last_order(), merge: Merge::new(emit) };
    match shape.start() {
        Some((diamond, order, cell)) => descent.keep(Place::Partial, diamond, order, cell, diamond.stretch()),
        None => (0..3).for_each(|ring| descent.visit(&Four::ring(ring), 0, 4 * i64::from(ring), STRETCH)),
    }
    descent.merge.finish();
}

struct Descent<'a, S, Emit: FnMut(Range)> {
    shape: &'a S,
    last_order: u32,
    merge: Merge<Emit>,
}

impl<S: Shape, Emit: FnMut(Range)> Descent<'_, S, Emit> {
    /// Four cells of an order from `first` on, and a bound on their stretch.
    fn visit(&mut self, cells: &Four, order: u32, first: i64, stretch: f64) {
        for (n, place) in self.shape.places(cells, stretch * cells.half).into_iter().enumerate() {
            if place != Place::Outside {
                self.keep(place, cells.cell(n), order, first + n as i64, stretch);
            }
        }
    }

    fn keep(&mut self, place: Place, diamond: Diamond, order: u32, cell: i64, stretch: f64) {
        if place == Place::Full || order >= self.last_order {
            let shift = 2 * (ORDER - order);
            let (start, end) = (cell << shift, (cell + 1) << shift);
            self.merge.push(Range { start, end, full: place == Place::Full });
        } else {
            let stretch = if order <= EVEN_ORDER { diamond.stretch() } else { stretch };
            self.visit(&diamond.children(), order + 1, cell << 2, stretch);
        }
    }
}

/// Joins ranges alike that follow each other.
pub struct Merge<Emit: FnMut(Range)> {
    pending: Option<Range>,
    emit: Emit,
}

impl<Emit: FnMut(Range)> Merge<Emit> {
    pub fn new(emit: Emit) -> Self {
        Merge { pending: None, emit }
    }

    #[inline]
    pub fn push(&mut self, range: Range) {
        match &mut self.pending {
            Some(last) if last.end == range.start && last.full == range.full => last.end = range.end,
            pending => {
                if let Some(done) = pending.replace(range) {
                    (self.emit)(done);
                }
            }
        }
    }

    pub fn finish(mut self) {
        if let Some(done) = self.pending {
            (self.emit)(done);
        }
    }
}
