//! Rows of a table with positions, as PostgreSQL sends them: cut out of the messages of a COPY TO STDOUT (FORMAT binary),
//! and found on the sphere. PostgreSQL documentation: "Message Formats", and COPY, "Binary Format".

use crate::hash::hash;
use crate::waiting::{append, WaitingRows};
use crate::ORDER;

const COPY_DATA: u8 = b'd';
/// A message's kind, and its length without the kind.
const HEAD: usize = 5;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// The signature, flags, and the length of what else the header has.
const HEADER: usize = SIGNATURE.len() + 8;
/// In place of the number of fields.
const TRAILER: i16 = -1;

/// Positions hashed together: they stay in the processor's cache.
const BLOCK: usize = 2048;

/// Why the rows cannot be read on.
#[derive(Debug, PartialEq)]
pub enum Fault {
    NotBinary,
    /// A message is shorter than it must be.
    Damaged,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Header,
    Rows,
    Ended,
}

pub struct CopyReader {
    /// Numbers of the fields, each a float8 in degrees, that a row's position is in.
    lon_field: usize,
    lat_field: usize,
    /// From an order-29 cell to the number of a row's group.
    shift: u32,
    stage: Stage,
    /// As much of a message's head as has come.
    head: [u8; HEAD],
    head_bytes: usize,
    /// Bytes of the message that are still to come.
    left: usize,
    /// What has come of the row, or the header, that is not yet complete.
    part: Vec<u8>,
    lon: Vec<f64>,
    lat: Vec<f64>,
    cells: Vec<i64>,
    /// Since they were last asked for.
    pub rows: u32,
    pub rows_without_position: u32,
}

impl CopyReader {
    /// The groups are the cells of an order.
    pub fn new(lon_field: usize, lat_field: usize, order: u32) -> CopyReader {
        CopyReader {
            lon_field,
            lat_field,
            shift: 2 * (ORDER - order),
            stage: Stage::Header,
            head: [0; HEAD],
            head_bytes: 0,
            left: 0,
            part: Vec::new(),
            lon: Vec::with_capacity(BLOCK),
            lat: Vec::with_capacity(BLOCK),
            cells: vec![0; BLOCK],
            rows: 0,
            rows_without_position: 0,
        }
    }

    /// Whether the trailer has come, after the last row.
    pub fn ended(&self) -> bool {
        self.stage == Stage::Ended
    }

    /// Reads messages, which may be cut anywhere, and hands over the rows that have a position: right ascension in [0, 360] and
    /// declination in [−90, 90] degrees. Returns how many bytes it has read: up to the first message that is not COPY's data.
    pub fn read(&mut self, bytes: &[u8], to: &mut WaitingRows) -> Result<usize, Fault> {
        let mut at = 0;
        while at < bytes.len() {
            if self.left == 0 {
                if self.head_bytes == 0 && bytes[at] != COPY_DATA {
                    break;
                }
                let taken = (HEAD - self.head_bytes).min(bytes.len() - at);
                self.head[self.head_bytes..][..taken].copy_from_slice(&bytes[at..][..taken]);
                self.head_bytes += taken;
                at += taken;
                if self.head_bytes < HEAD {
                    break;
                }
                self.head_bytes = 0;
                let length = i32::from_be_bytes([self.head[1], self.head[2], self.head[3], self.head[4]]);
                self.left = usize::try_from(length - 4).map_err(|_| Fault::Damaged)?;
            }
            let taken = self.left.min(bytes.len() - at);
            let data = &bytes[at..at + taken];
            at += taken;
            let is_whole = taken == self.left;
            self.left -= taken;
            if is_whole && self.part.is_empty() {
                let read = self.rows_in(data, to)?;
                append(&mut self.part, &data[read..]);
            } else {
                append(&mut self.part, data);
                if is_whole && self.left == 0 {
                    let part = std::mem::take(&mut self.part);
                    let read = self.rows_in(&part, to)?;
                    self.part = part;
                    self.part.drain(..read);
                }
            }
        }
        Ok(at)
    }

    /// Tells the groups of all rows that were handed over. To be called before they are gathered.
    pub fn place(&mut self, to: &mut WaitingRows) {
        let n = self.lon.len();
        // They were found to be on the sphere.
        let _ = hash(&self.lon, &self.lat, &mut self.cells[..n]);
        for &cell in &self.cells[..n] {
            to.place(cell, (cell >> self.shift) as u32);
        }
        self.lon.clear();
        self.lat.clear();
    }

    /// Hands over the rows that are complete. Returns how many bytes they, the header and the trailer take.
    fn rows_in(&mut self, data: &[u8], to: &mut WaitingRows) -> Result<usize, Fault> {
        let mut at = 0;
        if self.stage == Stage::Header {
            let Some(header) = header_bytes(data)? else {
                return Ok(0);
            };
            at = header;
            self.stage = Stage::Rows;
        }
        while self.stage == Stage::Rows {
            let Some(fields) = number(data, at).map(i16::from_be_bytes) else {
                return Ok(at);
            };
            if fields == TRAILER {
                self.stage = Stage::Ended;
                break;
            }
            let Some((end, lon, lat)) = self.row(data, at, fields) else {
                return Ok(at);
            };
            self.rows += 1;
            // Comparisons with NaN are false.
            if (0.0..=360.0).contains(&lon) && (-90.0..=90.0).contains(&lat) {
                to.push(&data[at..end]);
                self.lon.push(lon);
                self.lat.push(lat);
                if self.lon.len() == BLOCK {
                    self.place(to);
                }
            } else {
                self.rows_without_position += 1;
            }
            at = end;
        }
        // Nothing that follows the trailer is a row.
        Ok(if self.stage == Stage::Ended { data.len() } else { at })
    }

    /// Where a row ends, and its position, NaN for a null; none when the row is not all there.
    fn row(&self, data: &[u8], start: usize, fields: i16) -> Option<(usize, f64, f64)> {
        let mut at = start + 2;
        let (mut lon, mut lat) = (f64::NAN, f64::NAN);
        for field in 0..fields.max(0) as usize {
            let length = i32::from_be_bytes(number(data, at)?);
            at += 4;
            if field == self.lon_field && length == 8 {
                lon = f64::from_be_bytes(number(data, at)?);
            }
            if field == self.lat_field && length == 8 {
                lat = f64::from_be_bytes(number(data, at)?);
            }
            at = at.saturating_add(length.max(0) as usize);
        }
        (at <= data.len()).then_some((at, lon, lat))
    }
}

fn number<const N: usize>(data: &[u8], at: usize) -> Option<[u8; N]> {
    data.get(at..at + N)?.try_into().ok()
}

/// None when the header is not all there.
fn header_bytes(data: &[u8]) -> Result<Option<usize>, Fault> {
    let signature = SIGNATURE.len().min(data.len());
    if data[..signature] != SIGNATURE[..signature] {
        return Err(Fault::NotBinary);
    }
    let Some(extension) = number(data, HEADER - 4).map(u32::from_be_bytes) else {
        return Ok(None);
    };
    let end = HEADER + extension as usize;
    Ok((data.len() >= end).then_some(end))
}
