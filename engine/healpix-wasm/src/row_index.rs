//! The cells of a row group's rows in 4 bytes each, and the rows that may be in a cone or in ranges by them.
//!
//! Cells are kept at the deepest order at which those of the row group are within 2³² of the first: a thousand rows of a
//! catalogue of 2.5 million have order 20, cells of 0.2″, and those of 2 thousand million have order 25.
//!
//! **Candidates.** A position is within R of its cell's centre, R = [`STRETCH`] · 2⁻ᵒʳᵈᵉʳ, so its row is left out only if the
//! centre's distance d from the cone's is above r + R: what remains beyond the cone's own rows is a rim of 2 R. The test
//! is that of cover.rs, sin(d/2) > sin(r/2) + cos(r/2) R/2 + margin, for the same reasons and with the same margin, at
//! every radius: the sines and cosines of centres are good to a few 1e-16 each and only then subtracted, so that
//! sin(d/2), as half a chord, is off by no more at the smallest distances, where R/2 is 1e-9 at least and the margin 5e-14.
//! Rows are taken in blocks, without a branch, which the compiler turns into SIMD.

use std::ops::Range;

use crate::cone::Cone;
use crate::cover::MARGIN;
use crate::plane::{unit, Point, STRETCH};
use crate::trig::Numbers;
use crate::{CELLS, ORDER};

/// Rows tested together.
const BLOCK: usize = 64;

/// Sorted, disjoint half-open ranges of order-29 cells, one slice per member.
#[derive(Clone, Copy)]
pub struct Ranges<'a> {
    pub start: &'a [i64],
    pub end: &'a [i64],
    /// 1 where all of the range is in the region.
    pub full: &'a [u8],
}

/// What cells are kept relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Of the cells kept.
    pub order: u32,
    /// The first of them.
    pub first: i64,
}

impl Frame {
    /// The frame for order-29 cells; `None` if they do not ascend within the sphere.
    pub fn of(cells: &[i64]) -> Option<Frame> {
        let (Some(&first), Some(&last)) = (cells.first(), cells.last()) else {
            return Some(Frame { order: ORDER, first: 0 });
        };
        let ascending = cells.windows(2).fold(true, |all, pair| all & (pair[0] <= pair[1]));
        (ascending && first >= 0 && last < CELLS).then(|| {
            let mut order = ORDER;
            let at = |cell: i64, order: u32| cell >> (2 * (ORDER - order));
            while at(last, order) - at(first, order) > i64::from(u32::MAX) {
                order -= 1;
            }
            Frame { order, first: at(first, order) }
        })
    }

    /// Bits of an order-29 cell that are left out.
    fn shift(&self) -> u32 {
        2 * (ORDER - self.order)
    }

    pub fn pack(&self, cells: &[i64], packed: &mut [u32]) {
        for (&cell, packed) in cells.iter().zip(packed) {
            *packed = ((cell >> self.shift()) - self.first) as u32;
        }
    }
}

/// Rows of packed cells.
#[derive(Clone, Copy)]
pub struct RowIndex<'a> {
    pub frame: Frame,
    pub cells: &'a [u32],
}

impl RowIndex<'_> {
    /// Writes the rows, ascending, whose cell has part in one of the ranges; returns their number. There is room for all.
    pub fn in_ranges(&self, ranges: Ranges, rows: &mut [u32]) -> usize {
        let mut found = Found { rows, count: 0 };
        self.spans(ranges, |_, rows| found.extend(rows));
        found.count
    }

    /// Writes the rows, ascending, whose cell has part in one of the ranges, and is inside a full one or may have a
    /// point in the cone; returns their number. There is room for all.
    pub fn candidates(&self, cone: &Cone, ranges: Ranges, rows: &mut [u32]) -> usize {
        let mut found = Found { rows, count: 0 };
        // Most row groups that are asked have no row in the ranges: no trigonometry for them.
        let mut rim = None;
        self.spans(ranges, |range, rows| {
            let inside =
                if ranges.full[range] == 1 { self.wholly_in(ranges, range, rows.clone()) } else { 0..0 };
            let (before, after) = if inside.is_empty() {
                (rows, 0..0)
            } else {
                (rows.start..inside.start, inside.end..rows.end)
            };
            let mut test = |rows: Range<usize>, found: &mut Found| {
                if !rows.is_empty() {
                    rim.get_or_insert_with(|| Rim::new(cone, self.frame)).sift(self.cells, rows, found);
                }
            };
            test(before, &mut found);
            found.extend(inside);
            test(after, &mut found);
        });
        found.count
    }

    /// Calls `emit` with the number of each range that rows have part in, and with those that the ranges before have not.
    /// Leaps over rows between ranges and over ranges between rows, whichever are more: a row group's cells are a small
    /// part of a large region's, and a small cone's of a row group's.
    fn spans(&self, Ranges { start, end, .. }: Ranges, mut emit: impl FnMut(usize, Range<usize>)) {
        let Frame { first, .. } = self.frame;
        let shift = self.frame.shift();
        let row_at_least =
            |from: usize, cell: i64| gallop(self.cells, from, |&packed| i64::from(packed) + first < cell);
        let Some(&lowest) = self.cells.first() else { return };
        let mut row = 0;
        let mut range = end.partition_point(|&end| end <= (i64::from(lowest) + first) << shift);
        while range < start.len() {
            row = row_at_least(row, start[range] >> shift);
            let Some(&packed) = self.cells.get(row) else { return };
            let cell = i64::from(packed) + first;
            let last = (end[range] - 1) >> shift;
            if cell > last {
                range = gallop(end, range + 1, |&end| end <= cell << shift);
                continue;
            }
            let after = row_at_least(row + 1, last + 1);
            emit(range, row..after);
            row = after;
            range += 1;
        }
    }

    /// Of rows that have part in a range, those whose cell is inside.
    fn wholly_in(&self, ranges: Ranges, range: usize, rows: Range<usize>) -> Range<usize> {
        let shift = self.frame.shift();
        let below = (1 << shift) - 1;
        let (start, end) = ((ranges.start[range] + below) >> shift, ranges.end[range] >> shift);
        let before = |cell: i64| move |&packed: &u32| i64::from(packed) + self.frame.first < cell;
        let from = rows.start + self.cells[rows.clone()].partition_point(before(start));
        from..from + self.cells[from..rows.end].partition_point(before(end))
    }
}

/// First element from `from` on that is not `before`, those that are coming first: by leaps, because ranges come in order
/// and are often close, then by halves.
fn gallop<T>(elements: &[T], from: usize, before: impl Fn(&T) -> bool) -> usize {
    let mut step = 1;
    let (mut low, mut high) = (from, from);
    while high < elements.len() && before(&elements[high]) {
        low = high + 1;
        high = low + step;
        step *= 2;
    }
    let high = high.min(elements.len());
    low + elements[low..high].partition_point(before)
}

/// The rim of a cone, for cells of one frame.
struct Rim {
    frame: Frame,
    centre: Point,
    /// Haversines of centres above are out.
    limit: f64,
    numbers: Numbers,
}

impl Rim {
    fn new(cone: &Cone, frame: Frame) -> Rim {
        let numbers = Numbers::load();
        let (sin_half, cos_half) = numbers.sin_cos(0.5 * cone.radius.to_radians());
        let outer = sin_half + 0.5 * STRETCH * unit(frame.order) * cos_half + MARGIN;
        Rim { frame, centre: Point::at(cone.lon, cone.lat, &numbers), limit: outer * outer, numbers }
    }

    /// Of rows, those that may be in the cone.
    fn sift(&self, cells: &[u32], rows: Range<usize>, found: &mut Found) {
        let mut haversines = [0.0; BLOCK];
        for (block, cells) in cells[rows.clone()].chunks(BLOCK).enumerate() {
            for (&packed, haversine) in cells.iter().zip(&mut haversines) {
                let centre = centre(self.frame.order, self.frame.first + i64::from(packed), &self.numbers);
                *haversine = centre.haversine(&self.centre, &self.numbers);
            }
            for (at, &haversine) in haversines[..cells.len()].iter().enumerate() {
                found.push_if(rows.start + block * BLOCK + at, haversine <= self.limit);
            }
        }
    }
}

/// Rows found, ascending, in room for all.
struct Found<'a> {
    rows: &'a mut [u32],
    count: usize,
}

impl Found<'_> {
    /// Without a branch. Of as many rows as there is room for, each comes once.
    #[inline(always)]
    fn push_if(&mut self, row: usize, found: bool) {
        self.rows[self.count] = row as u32;
        self.count += usize::from(found);
    }

    fn extend(&mut self, rows: Range<usize>) {
        let to = &mut self.rows[self.count..self.count + rows.len()];
        self.count += to.len();
        for (to, row) in to.iter_mut().zip(rows) {
            *to = row as u32;
        }
    }
}

/// The centre of a cell, as [`crate::plane::Diamond::centre`] has it.
#[inline(always)]
fn centre(order: u32, cell: i64, numbers: &Numbers) -> Point {
    // Unsigned: SIMD has no signed shift of 64 bits.
    let cell = cell as u64;
    let (low, high) = ((1 << order) - 1, cell >> (2 * order));
    let (east, west) = (gather(cell, numbers) & low, gather(cell >> 1, numbers) & low);
    let (ring, column) = (high >> 2, high & 3);
    // x of the base cell's centre, x from there, and y.
    let base = small(2 * column + (ring & 1 ^ 1), numbers);
    let x = small(east.wrapping_sub(west), numbers) * unit(order);
    let y = small((east + west + 1).wrapping_sub(ring << order), numbers) * unit(order);
    Point::of_plane(base, x, y, numbers)
}

/// An integer, up to 2⁵¹ either way in two's complement, as a float: SIMD has no conversion of 64 bits.
#[inline(always)]
fn small(integer: u64, numbers: &Numbers) -> f64 {
    f64::from_bits(numbers.rounder.to_bits().wrapping_add(integer)) - numbers.rounder
}

/// Every second bit of a number together, in the low 32 bits: the inverse of the spreading of hash.rs.
#[inline(always)]
fn gather(bits: u64, numbers: &Numbers) -> u64 {
    let [pairs, fours, bytes, halves, singles] = numbers.masks;
    let mut number = bits & singles;
    number = (number | number >> 1) & pairs;
    number = (number | number >> 2) & fours;
    number = (number | number >> 4) & bytes;
    number = (number | number >> 8) & halves;
    number | number >> 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Diamond;

    fn diamond(order: u32, cell: i64) -> Diamond {
        (0..order).rev().fold(Diamond::base((cell >> (2 * order)) as u8), |parent, level| {
            parent.child((cell >> (2 * level) & 3) as u8)
        })
    }

    /// All over the sphere, and at the corners of the base cells, where the poles are.
    fn cells(order: u32) -> impl Iterator<Item = i64> {
        let golden = 0.618_033_988_749_894_9;
        let count = 12i64 << (2 * order);
        let spread = (0..20_000).map(move |i| ((f64::from(i) * golden).fract() * count as f64) as i64);
        let corners = (0..12i64).flat_map(move |base| {
            let side = 1i64 << (2 * order);
            let corners = [0, (side - 1) / 3, (side - 1) / 3 * 2, side - 1];
            corners.into_iter().flat_map(move |corner| {
                (-40..=40).map(move |near| (base * side + corner + near).clamp(0, count - 1))
            })
        });
        spread.chain(corners)
    }

    #[test]
    fn centres_are_those_of_the_plane() {
        for order in 0..=ORDER {
            for cell in cells(order) {
                let (found, expected) =
                    (centre(order, cell, &Numbers::load()), diamond(order, cell).centre());
                let apart = (found.x - expected.x).abs();
                assert!(apart < 1e-15, "cell {cell}: x {} is not {}", found.x, expected.x);
                assert_eq!(
                    (found.sin_lat, found.cos_lat),
                    (expected.sin_lat, expected.cos_lat),
                    "cell {cell}"
                );
            }
        }
    }

    #[test]
    fn no_cell_reaches_farther() {
        assert!((0..=ORDER)
            .all(|order| cells(order).all(|cell| diamond(order, cell).radius() <= STRETCH * unit(order))));
    }

    #[test]
    fn the_frame_is_the_finest_that_fits() {
        let frame = |cells: &[i64]| Frame::of(cells).map(|frame| (frame.order, frame.first));
        let wide = 1i64 << 32;
        assert_eq!(frame(&[]), Some((29, 0)));
        assert_eq!(frame(&[7]), Some((29, 7)));
        assert_eq!(frame(&[7, 7, wide + 6]), Some((29, 7)));
        assert_eq!(frame(&[7, wide + 7]), Some((28, 1)));
        assert_eq!(frame(&[0, CELLS - 1]), Some((14, 0)));
        assert_eq!(frame(&[0, 1 << 50]), Some((19, 0)));
        for bad in [vec![5, 4], vec![-1, 5], vec![5, CELLS]] {
            assert_eq!(frame(&bad), None);
        }
    }

    fn packed(cells: &[i64]) -> (Frame, Vec<u32>) {
        let frame = Frame::of(cells).unwrap();
        let mut packed = vec![0; cells.len()];
        frame.pack(cells, &mut packed);
        (frame, packed)
    }

    fn in_ranges(index: &[i64], ranges: &[(i64, i64)]) -> Vec<u32> {
        let (start, end): (Vec<i64>, Vec<i64>) = ranges.iter().copied().unzip();
        let (frame, cells) = packed(index);
        let mut rows = vec![0; index.len()];
        let ranges = Ranges { start: &start, end: &end, full: &[] };
        let count = RowIndex { frame, cells: &cells }.in_ranges(ranges, &mut rows);
        rows[..count].to_vec()
    }

    #[test]
    fn ends_are_exclusive_and_equal_cells_stay_together() {
        let index = [1, 5, 5, 5, 9, 12];
        assert_eq!(in_ranges(&index, &[(5, 9)]), [1, 2, 3]);
        assert_eq!(in_ranges(&index, &[(2, 5), (9, 10)]), [4]);
        assert_eq!(in_ranges(&index, &[(0, 5), (5, 6), (6, 6), (6, 100)]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(in_ranges(&index, &[(13, 100)]), []);
        assert_eq!(in_ranges(&index, &[(0, 1)]), []);
        assert_eq!(in_ranges(&[], &[(0, 100)]), []);
        assert_eq!(in_ranges(&index, &[]), []);
    }

    /// Few rows among many ranges, and many rows among few; with all bits of the cells, and with some.
    #[test]
    fn rows_are_those_of_a_scan() {
        for stretch in [1, 1 << 20, 1 << 38] {
            for (rows, count) in [(5i64, 3000i64), (5000, 3), (700, 700), (1, 1)] {
                let index: Vec<i64> =
                    (0..rows).map(|i| (i * 1_000_000 / rows + i * i % 7) * stretch).collect();
                let ranges: Vec<(i64, i64)> = (0..count)
                    .map(|i| {
                        (
                            i * 999_000 / count,
                            (i * 999_000 / count + i * i % 300).min((i + 1) * 999_000 / count),
                        )
                    })
                    .map(|(start, end)| (start * stretch + stretch / 3, end * stretch + stretch / 2))
                    .map(|(start, end)| (start, end.max(start)))
                    .collect();
                let (frame, cells) = packed(&index);
                let shift = frame.shift();
                let expected: Vec<u32> = (0..rows as u32)
                    .filter(|&row| {
                        let cell = i64::from(cells[row as usize]) + frame.first;
                        ranges
                            .iter()
                            .any(|&(start, end)| start >> shift <= cell && cell <= (end - 1) >> shift)
                    })
                    .collect();
                assert_eq!(in_ranges(&index, &ranges), expected, "{rows} rows by {stretch}, {count} ranges");
                let exact = |cell: i64| ranges.iter().any(|&(start, end)| start <= cell && cell < end);
                assert!((0..rows).all(|row| !exact(index[row as usize]) || expected.contains(&(row as u32))));
            }
        }
    }

    #[test]
    fn rows_inside_full_ranges_are_not_tested() {
        let far = Cone::new(200.0, -60.0, 1e-3).unwrap();
        for (stretch, edge) in [(1i64, 0), (1 << 38, 1)] {
            let index: Vec<i64> = (0..300).map(|i| i * 1000 * stretch).collect();
            let (frame, cells) = packed(&index);
            // The last of the rows in a range may not be wholly in it, when bits are left out.
            let (start, end) = ([0, 50_000 * stretch], [2000 * stretch + 1, 199_000 * stretch + 1]);
            let find = |full: [u8; 2]| {
                let mut rows = vec![0; index.len()];
                let ranges = Ranges { start: &start, end: &end, full: &full };
                let count = RowIndex { frame, cells: &cells }.candidates(&far, ranges, &mut rows);
                rows[..count].to_vec()
            };
            assert_eq!(find([0, 0]), []);
            assert_eq!(find([1, 0]), (0..3 - edge).collect::<Vec<u32>>());
            assert_eq!(find([0, 1]), (50..200 - edge).collect::<Vec<u32>>());
        }
    }
}
