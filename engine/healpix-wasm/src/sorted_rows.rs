//! Rows in the order of their keys.

use crate::waiting::copy;

/// Of a digit; for few rows counting large ones takes longer than more passes.
const BITS: usize = 16;
const BITS_OF_FEW: usize = 8;
const FEW: usize = 4096;

/// Rows of any bytes with their keys, which are not negative.
pub struct Rows<'a> {
    pub keys: &'a [i64],
    /// Of each row in `bytes`, and at the end where the last one stops.
    pub starts: &'a [u32],
    pub bytes: &'a [u8],
}

impl Rows<'_> {
    fn row(&self, row: u32) -> &[u8] {
        &self.bytes[self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize]
    }

    /// Writes the rows in ascending order of their keys, those of the same key in that of their bytes.
    pub fn sort(&self, keys: &mut [i64], starts: &mut [u32], bytes: &mut [u8]) {
        let mut order = order(self.keys);
        let key = |row: &u32| self.keys[*row as usize];
        for tie in order.chunk_by_mut(|a, b| key(a) == key(b)).filter(|tie| tie.len() > 1) {
            heap_sort(tie, |a, b| self.row(a) < self.row(b));
        }
        let mut at = 0;
        for (place, &row) in order.iter().enumerate() {
            keys[place] = key(&row);
            starts[place] = at as u32;
            let row = self.row(row);
            let room = &mut bytes[at..at + row.len()];
            // SAFETY: it is as long as the row.
            unsafe { copy(row, room.as_mut_ptr()) };
            at += row.len();
        }
        starts[order.len()] = at as u32;
    }
}

/// The standard library's sort would make the module a tenth larger.
fn heap_sort(rows: &mut [u32], is_less: impl Fn(u32, u32) -> bool) {
    let n = rows.len();
    for step in (0..n + n / 2).rev() {
        // First the heap is made, from the last row that has others below it; then the largest is taken away each time.
        let (mut at, end) = if step >= n { (step - n, n) } else { (0, step) };
        if step < n {
            rows.swap(0, step);
        }
        while 2 * at + 1 < end {
            let mut child = 2 * at + 1;
            if child + 1 < end && is_less(rows[child], rows[child + 1]) {
                child += 1;
            }
            if !is_less(rows[at], rows[child]) {
                break;
            }
            rows.swap(at, child);
            at = child;
        }
    }
}

/// Numbers of rows in ascending order of their keys: a radix sort of the digits in which they differ.
fn order(keys: &[i64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    let mut next = order.clone();
    let bits = if keys.len() < FEW { BITS_OF_FEW } else { BITS };
    let differing = keys.iter().fold(0, |all, &key| all | (key ^ keys[0]));
    for shift in (0..i64::BITS as usize).step_by(bits) {
        let digit = |key: i64| (key >> shift) as usize & ((1 << bits) - 1);
        if digit(differing) == 0 {
            continue;
        }
        let mut places = vec![0u32; 1 << bits];
        for &key in keys {
            places[digit(key)] += 1;
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for &row in &order {
            let place = &mut places[digit(keys[row as usize])];
            next[*place as usize] = row;
            *place += 1;
        }
        std::mem::swap(&mut order, &mut next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_ascend_by_key_then_by_bytes() {
        for n in [0, 1, 7, FEW - 1, FEW, 5 * FEW] {
            let mut state = 7u64;
            let mut rows: Vec<(i64, Vec<u8>)> = (0..n)
                .map(|row| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    let key = if row % 3 == 0 { state % 5 } else { state >> 2 };
                    (key as i64, state.to_le_bytes().repeat(1 + row % 9)[row % 8..].to_vec())
                })
                .collect();
            let keys: Vec<_> = rows.iter().map(|(key, _)| *key).collect();
            let bytes = rows.iter().flat_map(|(_, bytes)| bytes.clone()).collect::<Vec<u8>>();
            let ends = rows.iter().scan(0, |end, (_, bytes)| {
                *end += bytes.len() as u32;
                Some(*end)
            });
            let starts: Vec<_> = std::iter::once(0).chain(ends).collect();
            let (mut to_keys, mut to_starts, mut to_bytes) =
                (vec![0; n], vec![0; n + 1], vec![0; bytes.len()]);
            let given = Rows { keys: &keys, starts: &starts, bytes: &bytes };
            given.sort(&mut to_keys, &mut to_starts, &mut to_bytes);
            rows.sort();
            let found: Vec<_> = (0..n)
                .map(|row| {
                    (to_keys[row], to_bytes[to_starts[row] as usize..to_starts[row + 1] as usize].to_vec())
                })
                .collect();
            assert_eq!(found, rows);
        }
    }
}
