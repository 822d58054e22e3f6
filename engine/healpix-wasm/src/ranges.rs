//! Rows of a sorted index column that lie in ranges of cells.

use crate::cover::Range;

/// Rows [start, end); `full` if they are all inside the cone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: u32,
    pub end: u32,
    pub full: bool,
}

/// Spans of rows whose cell is in one of the sorted, disjoint `ranges`. Empty spans are left out, neighbours alike
/// are merged, so there are never more spans than ranges.
pub fn rows_in_ranges(index: &[i64], ranges: impl Iterator<Item = Range>, mut emit: impl FnMut(Span)) {
    let mut row = 0;
    let mut pending: Option<Span> = None;
    for range in ranges {
        let start = first_at_least(index, row, range.start);
        let end = first_at_least(index, start, range.end);
        row = end;
        if start == end {
            continue;
        }
        let (start, end) = (start as u32, end as u32);
        match &mut pending {
            Some(span) if span.end == start && span.full == range.full => span.end = end,
            _ => {
                let next = Span { start, end, full: range.full };
                if let Some(done) = pending.replace(next) {
                    emit(done);
                }
            }
        }
    }
    if let Some(done) = pending {
        emit(done);
    }
}

/// First row from `from` on whose cell is at least `cell`: gallops, because ranges come in order and are often close,
/// then bisects.
fn first_at_least(index: &[i64], from: usize, cell: i64) -> usize {
    let mut step = 1;
    let (mut low, mut high) = (from, from);
    while high < index.len() && index[high] < cell {
        low = high + 1;
        high = low + step;
        step *= 2;
    }
    let high = high.min(index.len());
    low + index[low..high].partition_point(|&c| c < cell)
}
