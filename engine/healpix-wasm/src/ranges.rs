//! Rows of a sorted index column that lie in ranges of cells.

use std::ops::Range;

/// Calls `emit` with the number of each range [start, end) that has rows in it, and with those rows. The ranges are
/// ascending and disjoint. Leaps over rows between ranges and over ranges between rows, whichever are more: a row
/// group's cells are a small part of a large region's, and a small cone's of a row group's.
pub fn spans_in_ranges(index: &[i64], start: &[i64], end: &[i64], mut emit: impl FnMut(usize, Range<usize>)) {
    let Some(&first) = index.first() else { return };
    let mut row = 0;
    let mut range = end.partition_point(|&end| end <= first);
    while range < start.len() {
        row = first_at_least(index, row, start[range]);
        let Some(&cell) = index.get(row) else { return };
        if cell >= end[range] {
            range = first_at_least(end, range + 1, cell + 1);
            continue;
        }
        let after = first_at_least(index, row + 1, end[range]);
        emit(range, row..after);
        row = after;
        range += 1;
    }
}

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

/// First element from `from` on that is at least `cell`: gallops, because ranges come in order and are often close, then
/// bisects.
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

    fn spans_by_range(index: &[i64], ranges: &[(i64, i64)]) -> Vec<(usize, usize, usize)> {
        let (start, end): (Vec<i64>, Vec<i64>) = ranges.iter().copied().unzip();
        let mut found = Vec::new();
        spans_in_ranges(index, &start, &end, |range, span| found.push((range, span.start, span.end)));
        found
    }

    #[test]
    fn spans_are_told_by_range() {
        let index = [1, 5, 5, 5, 9, 12];
        assert_eq!(spans_by_range(&index, &[(5, 9)]), [(0, 1, 4)]);
        assert_eq!(spans_by_range(&index, &[(2, 5), (9, 10)]), [(1, 4, 5)]);
        assert_eq!(spans_by_range(&index, &[(0, 5), (5, 6), (6, 6), (6, 100)]), [(0, 0, 1), (1, 1, 4), (3, 4, 6)]);
        assert_eq!(spans_by_range(&index, &[(13, 100)]), []);
        assert_eq!(spans_by_range(&index, &[(0, 1)]), []);
        assert_eq!(spans_by_range(&[], &[(0, 100)]), []);
        assert_eq!(spans_by_range(&index, &[]), []);
    }

    /// Few rows among many ranges, and many rows among few.
    #[test]
    fn spans_are_those_of_a_scan() {
        for (rows, count) in [(5i64, 3000i64), (5000, 3), (700, 700), (1, 1)] {
            let index: Vec<i64> = (0..rows).map(|i| i * 1_000_000 / rows + i * i % 7).collect();
            let ranges: Vec<(i64, i64)> =
                (0..count).map(|i| (i * 999_000 / count, i * 999_000 / count + i * i % 300)).collect();
            let expected: Vec<(usize, usize)> = (0..ranges.len())
                .flat_map(|range| {
                    let (start, end) = ranges[range];
                    let inside = index.iter().enumerate().filter(move |(_, &cell)| start <= cell && cell < end);
                    inside.map(move |(row, _)| (range, row))
                })
                .collect();
            let found: Vec<(usize, usize)> = spans_by_range(&index, &ranges)
                .into_iter()
                .flat_map(|(range, start, end)| (start..end).map(move |row| (range, row)))
                .collect();
            assert_eq!(found, expected);
        }
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
