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

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(index: &[i64], ranges: &[(i64, i64, bool)]) -> Vec<(u32, u32, bool)> {
        let mut found = Vec::new();
        let ranges = ranges.iter().map(|&(start, end, full)| Range { start, end, full });
        rows_in_ranges(index, ranges, |span| found.push((span.start, span.end, span.full)));
        found
    }

    #[test]
    fn ends_are_exclusive_and_equal_cells_stay_together() {
        let index = [1, 5, 5, 5, 9, 12];
        assert_eq!(spans(&index, &[(5, 9, true)]), [(1, 4, true)]);
        assert_eq!(spans(&index, &[(2, 5, false), (9, 10, false)]), [(4, 5, false)]);
        assert_eq!(spans(&index, &[(0, 100, false)]), [(0, 6, false)]);
        assert_eq!(spans(&index, &[(13, 100, false)]), []);
        assert_eq!(spans(&[], &[(0, 100, false)]), []);
        assert_eq!(spans(&index, &[]), []);
    }

    #[test]
    fn neighbours_alike_are_merged() {
        let index = [1, 5, 9, 12];
        assert_eq!(
            spans(&index, &[(1, 2, true), (5, 6, true), (9, 10, false)]),
            [(0, 2, true), (2, 3, false)]
        );
        assert_eq!(spans(&index, &[(1, 2, false), (12, 13, false)]), [(0, 1, false), (3, 4, false)]);
    }

    #[test]
    fn finds_what_a_scan_finds() {
        let index: Vec<i64> = (0..5000i64).map(|i| i * i / 7).collect();
        let ranges: Vec<(i64, i64, bool)> =
            (0..300i64).map(|i| (i * i * 40, i * i * 40 + i * i % 23 * 10, i % 3 == 0)).collect();
        let found = spans(&index, &ranges);
        for (row, cell) in index.iter().enumerate() {
            let expected =
                ranges.iter().find(|(start, end, _)| start <= cell && cell < end).map(|range| range.2);
            let span = found
                .iter()
                .find(|(start, end, _)| (*start..*end).contains(&(row as u32)))
                .map(|span| span.2);
            assert_eq!(span, expected, "row {row}");
        }
    }
}
