//! Rows that wait in memory until there are many, and then come out group by group: so a group lies in few places of a file.

/// The keys, 8 bytes each, and where each row ends, 4 bytes each.
const OVERHEAD: usize = 12;

const ALIGN: usize = 8;

/// Bytes, with the overhead.
const TYPICAL_ROW: usize = 128;

/// Rows of any bytes, in the order in which they came.
pub struct WaitingRows {
    bytes: Vec<u8>,
    /// Of each row, in `bytes`.
    ends: Vec<u32>,
    keys: Vec<i64>,
    groups: Vec<u32>,
    gathered: Gathered,
}

/// The rows that waited, in little-endian: of each group that has some the keys (i64), where each row ends after the first one's
/// beginning (u32), the rows, and whatever up to a multiple of 8 bytes.
#[derive(Default)]
pub struct Gathered {
    /// Of 8 bytes, so that it begins at a multiple of that.
    words: Vec<u64>,
    /// How many rows each group has, and how many bytes they take without keys and ends.
    pub rows: Vec<u32>,
    pub row_bytes: Vec<u32>,
    pub length: usize,
}

impl Gathered {
    pub fn address(&self) -> *const u8 {
        self.words.as_ptr().cast()
    }
}

impl WaitingRows {
    /// With room for rows that take so many bytes; more of them take more.
    pub fn with_room(bytes: usize) -> WaitingRows {
        let rows = bytes / TYPICAL_ROW;
        WaitingRows {
            bytes: Vec::with_capacity(bytes),
            ends: Vec::with_capacity(rows),
            keys: Vec::with_capacity(rows),
            groups: Vec::with_capacity(rows),
            gathered: Gathered::default(),
        }
    }

    /// What the rows take when they are gathered, in bytes; a little more for each group.
    pub fn size(&self) -> usize {
        self.bytes.len() + OVERHEAD * self.ends.len()
    }

    /// Adds a row whose group is not known yet: [`WaitingRows::place`] tells it, in the same order.
    pub fn push(&mut self, row: &[u8]) {
        append(&mut self.bytes, row);
        self.ends.push(self.bytes.len() as u32);
    }

    pub fn place(&mut self, key: i64, group: u32) {
        self.keys.push(key);
        self.groups.push(group);
    }

    pub fn gathered(&self) -> &Gathered {
        &self.gathered
    }

    /// Takes all rows out, in groups 0 to before `groups`.
    pub fn gather(&mut self, groups: usize) {
        let Gathered { words, rows, row_bytes, length } = &mut self.gathered;
        for counts in [&mut *rows, &mut *row_bytes] {
            counts.clear();
            counts.resize(groups, 0);
        }
        let mut start = 0;
        for (&end, &group) in self.ends.iter().zip(&self.groups) {
            rows[group as usize] += 1;
            row_bytes[group as usize] += end - start;
            start = end;
        }
        let mut places = Vec::with_capacity(groups);
        *length = 0;
        for (&rows, &bytes) in rows.iter().zip(row_bytes.iter()) {
            let first = *length + OVERHEAD * rows as usize;
            places.push(Place { key: *length, end: *length + 8 * rows as usize, first, row: first });
            *length = (first + bytes as usize).next_multiple_of(ALIGN);
        }
        if words.len() < *length / ALIGN {
            // Nothing of it is copied to where there is more room.
            words.clear();
            words.resize(*length / ALIGN, 0);
        }
        let out: *mut u8 = words.as_mut_ptr().cast();
        let mut start = 0;
        for ((&end, &key), &group) in self.ends.iter().zip(&self.keys).zip(&self.groups) {
            let place = &mut places[group as usize];
            let row = &self.bytes[start as usize..end as usize];
            // SAFETY: the places of each group were counted from the same rows.
            unsafe {
                copy(row, out.add(place.row));
                place.row += row.len();
                out.add(place.key).cast::<i64>().write_unaligned(key);
                out.add(place.end).cast::<u32>().write_unaligned((place.row - place.first) as u32);
            }
            place.key += 8;
            place.end += 4;
            start = end;
        }
        self.bytes.clear();
        self.ends.clear();
        self.keys.clear();
        self.groups.clear();
    }
}

/// Where the next row of a group goes, and where its first one is.
struct Place {
    key: usize,
    end: usize,
    first: usize,
    row: usize,
}

/// `extend_from_slice`, quicker for a hundred bytes.
pub fn append(to: &mut Vec<u8>, bytes: &[u8]) {
    to.reserve(bytes.len());
    // SAFETY: there is room for them.
    unsafe {
        copy(bytes, to.as_mut_ptr().add(to.len()));
        to.set_len(to.len() + bytes.len());
    }
}

/// Copies a row. WebAssembly's own instruction for it is a call, which takes longer than a short row.
///
/// # Safety
/// `to` has room for it, and is no part of it.
pub unsafe fn copy(from: &[u8], to: *mut u8) {
    const STEP: usize = 16;
    const LONG: usize = 1024;
    let n = from.len();
    let from = from.as_ptr();
    if !(STEP..=LONG).contains(&n) {
        return to.copy_from_nonoverlapping(from, n);
    }
    let step = |at: usize| {
        let value = from.add(at).cast::<[u8; STEP]>().read_unaligned();
        to.add(at).cast::<[u8; STEP]>().write_unaligned(value);
    };
    for at in (0..=n - STEP).step_by(STEP) {
        step(at);
    }
    step(n - STEP);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(groups: usize, waiting: &mut WaitingRows) -> Vec<Vec<(i64, String)>> {
        waiting.gather(groups);
        let gathered = waiting.gathered();
        let out = unsafe { std::slice::from_raw_parts(gathered.address(), gathered.length) };
        let mut at: usize = 0;
        (gathered.rows.iter().zip(&gathered.row_bytes))
            .map(|(&rows, &bytes)| {
                let rows = rows as usize;
                let first = at + OVERHEAD * rows;
                let mut start = first;
                let found = (0..rows)
                    .map(|row| {
                        let key = i64::from_le_bytes(out[at + 8 * row..][..8].try_into().unwrap());
                        let end = &out[at + 8 * rows + 4 * row..][..4];
                        let end = first + u32::from_le_bytes(end.try_into().unwrap()) as usize;
                        let text = String::from_utf8(out[start..end].to_vec()).unwrap();
                        start = end;
                        (key, text)
                    })
                    .collect();
                assert_eq!(start, first + bytes as usize);
                at = start.next_multiple_of(ALIGN);
                found
            })
            .collect()
    }

    #[test]
    fn rows_of_all_lengths_come_out_by_their_groups_in_order() {
        let mut waiting = WaitingRows::with_room(10);
        for round in 0..3 {
            let rows: Vec<_> = (0..3000)
                .map(|n: usize| (n as i64 - 7, format!("{round} {n}; {}", "x".repeat(n % 1500))))
                .collect();
            for (key, row) in &rows {
                waiting.push(row.as_bytes());
                waiting.place(*key, (key.rem_euclid(5)) as u32);
            }
            let expected: Vec<Vec<_>> = (0..7)
                .map(|group| rows.iter().filter(|(key, _)| key.rem_euclid(5) == group).cloned().collect())
                .collect();
            assert_eq!(texts(7, &mut waiting), expected);
        }
        assert_eq!(texts(2, &mut waiting), [vec![], vec![]]);
    }
}
