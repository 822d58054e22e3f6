//! The descent through the quadtree of cells that turns a shape into ranges.

use crate::plane::Diamond;
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
    /// The place of a cell all of whose points are within `radius` radians of its centre.
    fn place(&self, diamond: &Diamond, radius: f64) -> Place;
}

/// Cells of this order vary so little in stretch that what is inside them takes over theirs.
const EVEN_ORDER: u32 = 6;

/// Ascending, disjoint ranges of the cells of a shape: those alike that follow each other are one.
pub fn descend(shape: &impl Shape, emit: impl FnMut(Range)) {
    let mut descent = Descent { shape, last_order: shape.last_order(), merge: Merge::new(emit) };
    match shape.start() {
        Some((diamond, order, cell)) => descent.visit(diamond, order, cell, diamond.stretch()),
        None => (0..12).for_each(|base| descent.visit(Diamond::base(base), 0, base.into(), 0.0)),
    }
    descent.merge.finish();
}

struct Descent<'a, S, Emit: FnMut(Range)> {
    shape: &'a S,
    last_order: u32,
    merge: Merge<Emit>,
}

impl<S: Shape, Emit: FnMut(Range)> Descent<'_, S, Emit> {
    fn visit(&mut self, diamond: Diamond, order: u32, cell: i64, stretch: f64) {
        let stretch = if order <= EVEN_ORDER { diamond.stretch() } else { stretch };
        let place = self.shape.place(&diamond, stretch * diamond.half);
        if place == Place::Outside {
            return;
        }
        if place == Place::Full || order >= self.last_order {
            let shift = 2 * (ORDER - order);
            let (start, end) = (cell << shift, (cell + 1) << shift);
            self.merge.push(Range { start, end, full: place == Place::Full });
        } else {
            for n in 0..4 {
                self.visit(diamond.child(n), order + 1, cell << 2 | i64::from(n), stretch);
            }
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
