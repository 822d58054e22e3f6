//! The C layer of [`crate::waiting`], [`crate::copy_rows`] and [`crate::sorted_rows`], as [`crate::abi`] is that of the rest; what `…_new` made lives as long as the
//! module's memory.

use std::slice::{from_raw_parts, from_raw_parts_mut};

use crate::copy_rows::{CopyReader, Fault};
use crate::sorted_rows::Rows;
use crate::waiting::WaitingRows;

/// PostgreSQL did not send COPY's binary format.
pub const NOT_BINARY: i32 = -7;
/// A message of PostgreSQL is shorter than it must be.
pub const DAMAGED_MESSAGE: i32 = -8;

/// With room for rows that take so many bytes.
#[no_mangle]
pub extern "C" fn kernel_waiting_new(bytes: usize) -> *mut WaitingRows {
    Box::into_raw(Box::new(WaitingRows::with_room(bytes)))
}

/// Bytes that the rows take when they are gathered; a little more for each group.
///
/// # Safety
/// `waiting` came from [`kernel_waiting_new`].
#[no_mangle]
pub unsafe extern "C" fn kernel_waiting_size(waiting: *const WaitingRows) -> usize {
    (*waiting).size()
}

/// Adds `n` rows.
///
/// # Safety
/// `waiting` came from [`kernel_waiting_new`]; `starts` points to `n + 1` u32, ascending, and `bytes` to as many as the last of them says;
/// `keys` to `n` i64, `groups` to `n` u32.
#[no_mangle]
pub unsafe extern "C" fn kernel_waiting_add(
    waiting: *mut WaitingRows,
    bytes: *const u8,
    starts: *const u32,
    keys: *const i64,
    groups: *const u32,
    n: usize,
) {
    let waiting = &mut *waiting;
    let starts = from_raw_parts(starts, n + 1);
    for row in 0..n {
        let (start, end) = (starts[row] as usize, starts[row + 1] as usize);
        waiting.push(from_raw_parts(bytes.add(start), end - start));
        waiting.place(*keys.add(row), *groups.add(row));
    }
}

/// Takes all rows out, in groups 0 to before `groups`. Returns how many bytes they take; they are good until the next call.
///
/// # Safety
/// `waiting` came from [`kernel_waiting_new`]; `addresses` points to three u32, in which it gets where those bytes are, and the u32 that say
/// how many rows and how many bytes of them each group has.
#[no_mangle]
pub unsafe extern "C" fn kernel_waiting_gather(
    waiting: *mut WaitingRows,
    groups: usize,
    addresses: *mut u32,
) -> usize {
    let waiting = &mut *waiting;
    waiting.gather(groups);
    let gathered = waiting.gathered();
    addresses.write(gathered.address() as usize as u32);
    addresses.add(1).write(gathered.rows.as_ptr() as usize as u32);
    addresses.add(2).write(gathered.row_bytes.as_ptr() as usize as u32);
    gathered.length
}

#[no_mangle]
pub extern "C" fn kernel_copy_new(lon_field: usize, lat_field: usize, order: u32) -> *mut CopyReader {
    Box::into_raw(Box::new(CopyReader::new(lon_field, lat_field, order)))
}

/// Reads messages, and hands over their rows. Returns how many bytes it has read, or [`NOT_BINARY`] or [`DAMAGED_MESSAGE`].
///
/// # Safety
/// `reader` came from [`kernel_copy_new`], `waiting` from [`kernel_waiting_new`]; `bytes` points to `n`.
#[no_mangle]
pub unsafe extern "C" fn kernel_copy_read(
    reader: *mut CopyReader,
    waiting: *mut WaitingRows,
    bytes: *const u8,
    n: usize,
) -> i32 {
    match (*reader).read(from_raw_parts(bytes, n), &mut *waiting) {
        Ok(read) => read as i32,
        Err(Fault::NotBinary) => NOT_BINARY,
        Err(Fault::Damaged) => DAMAGED_MESSAGE,
    }
}

/// Tells the groups of the rows that were handed over: to be called before they are gathered. Returns whether the last row has come.
///
/// # Safety
/// As [`kernel_copy_read`]; `counts` points to two u32, in which it gets how many rows have come since the last call, and how many of them
/// without a position.
#[no_mangle]
pub unsafe extern "C" fn kernel_copy_place(
    reader: *mut CopyReader,
    waiting: *mut WaitingRows,
    counts: *mut u32,
) -> i32 {
    let reader = &mut *reader;
    reader.place(&mut *waiting);
    counts.write(std::mem::take(&mut reader.rows));
    counts.add(1).write(std::mem::take(&mut reader.rows_without_position));
    i32::from(reader.ended())
}

/// Writes `n` rows in ascending order of their keys, those of the same key in that of their bytes.
///
/// # Safety
/// `keys` points to `n` i64, not negative, `starts` to `n + 1` u32, ascending from 0, and `bytes` to as many as the last of them says; `to_keys`,
/// `to_starts` and `to_bytes` have room for as much.
#[no_mangle]
pub unsafe extern "C" fn kernel_sort_rows(
    n: usize,
    keys: *const i64,
    starts: *const u32,
    bytes: *const u8,
    to_keys: *mut i64,
    to_starts: *mut u32,
    to_bytes: *mut u8,
) {
    let starts = from_raw_parts(starts, n + 1);
    let length = starts[n] as usize;
    let rows = Rows { keys: from_raw_parts(keys, n), starts, bytes: from_raw_parts(bytes, length) };
    rows.sort(
        from_raw_parts_mut(to_keys, n),
        from_raw_parts_mut(to_starts, n + 1),
        from_raw_parts_mut(to_bytes, length),
    );
}
