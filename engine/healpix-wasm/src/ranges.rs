//! Rows of a sorted index column that lie in ranges of cells.

use std::ops::Range;

/// Spans of rows whose cell is in one of the ascending, disjoint ranges [start, end). Empty spans are left out, neighbours
/// are merged, so there are never more spans than ranges.
pub fn rows_in_ranges(
    index: &[i64],
    ranges: impl Iterator<Item = (i64, i64)>,
    mut emit: impl FnMut(Range<usize>),
) {
    let mut pending = 0..0;
    for (first, last) in ranges {
        let start = first_at_least(index, pending.end, first);
        let end = first_at_least(index, start, last);
        if start != pending.end && pending.start != pending.end {
            emit(pending.clone());
        }
        pending = if start == pending.end { pending.start..end } else { start..end };
    }
    if pending.start != pending.end {
        emit(pending);
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

    fn spans(index: &[i64], ranges: &[(i64, i64)]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        rows_in_ranges(index, ranges.iter().copied(), |span| found.push((span.start, span.end)));
        found
    }

    #[test]
    fn ends_are_exclusive_and_equal_cells_stay_together() {
        let index = [1, 5, 5, 5, 9, 12];
        assert_eq!(spans(&index, &[(5, 9)]), [(1, 4)]);
        assert_eq!(spans(&index, &[(2, 5), (9, 10)]), [(4, 5)]);
        assert_eq!(spans(&index, &[(0, 100)]), [(0, 6)]);
        assert_eq!(spans(&index, &[(13, 100)]), []);
        assert_eq!(spans(&[], &[(0, 100)]), []);
        assert_eq!(spans(&index, &[]), []);
    }

    #[test]
    fn neighbours_are_merged() {
        let index = [1, 5, 9, 12];
        assert_eq!(spans(&index, &[(1, 2), (3, 4), (5, 6), (9, 10)]), [(0, 3)]);
        assert_eq!(spans(&index, &[(1, 2), (12, 13)]), [(0, 1), (3, 4)]);
    }

    #[test]
    fn finds_what_a_scan_finds() {
        let index: Vec<i64> = (0..5000i64).map(|i| i * i / 7).collect();
        let ranges: Vec<(i64, i64)> =
            (0..300i64).map(|i| (i * i * 40, i * i * 40 + i * i % 23 * 10)).collect();
        let found = spans(&index, &ranges);
        for (row, cell) in index.iter().enumerate() {
            let expected = ranges.iter().any(|(start, end)| start <= cell && cell < end);
            assert_eq!(found.iter().any(|(start, end)| (*start..*end).contains(&row)), expected, "row {row}");
        }
        assert!(found.windows(2).all(|pair| pair[0].0 < pair[0].1 && pair[0].1 < pair[1].0));
    }
}
