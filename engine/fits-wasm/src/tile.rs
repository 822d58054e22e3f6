//! Decompression of the tiles of compressed images (FITS 4.0 §10) to pixels as an uncompressed file has them.

use hcompress::read::HCDecoder;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use pliocomp::pl_l2pi;
use ricecomp::read::RCDecoder;

use crate::dither::Quantization;

#[derive(Clone, Copy)]
pub enum Algorithm {
    /// Pixels as they are.
    None,
    Gzip1,
    Gzip2,
    Rice {
        block: usize,
        pixel_bytes: usize,
    },
    Hcompress {
        smooth: i32,
    },
    Plio,
}

pub struct Tile {
    pub algorithm: Algorithm,
    /// Of the image.
    pub bitpix: i32,
    pub pixels: usize,
    pub quantization: Option<Quantization>,
    /// Of integers: what stands in the tile for a pixel without a value, and in the image.
    pub blank: Option<(i32, i32)>,
}

#[derive(Debug)]
pub struct Corrupt;

enum Pixels {
    /// As a file has them, most significant byte first.
    Raw(Vec<u8>),
    Integers(Vec<i32>),
}

impl Tile {
    /// Pixels of BITPIX, most significant byte first.
    pub fn decompress(&self, bytes: &[u8]) -> Result<Vec<u8>, Corrupt> {
        match (self.decoded(bytes)?, &self.quantization) {
            (Pixels::Raw(raw), None) if raw.len() == self.bytes() && self.blank.is_none() => Ok(raw),
            (Pixels::Raw(raw), None) => Ok(self.packed(&self.integers(&raw)?)),
            (Pixels::Raw(raw), Some(quantization)) => self.restored(&self.integers(&raw)?, quantization),
            (Pixels::Integers(pixels), None) => Ok(self.packed(&pixels)),
            (Pixels::Integers(pixels), Some(quantization)) => self.restored(&pixels, quantization),
        }
    }

    fn bytes(&self) -> usize {
        self.pixels * (self.bitpix.unsigned_abs() / 8) as usize
    }

    fn decoded(&self, bytes: &[u8]) -> Result<Pixels, Corrupt> {
        let n = self.pixels;
        match self.algorithm {
            Algorithm::None => Ok(Pixels::Raw(bytes.to_vec())),
            Algorithm::Gzip1 => Ok(Pixels::Raw(gunzip(bytes, n * 8)?)),
            Algorithm::Gzip2 => Ok(Pixels::Raw(unshuffled(&gunzip(bytes, n * 8)?, n))),
            Algorithm::Rice { block, pixel_bytes } => {
                rice(bytes, n, block, pixel_bytes).map(Pixels::Integers)
            }
            Algorithm::Hcompress { smooth } => hcompress(bytes, n, smooth).map(Pixels::Integers),
            Algorithm::Plio => {
                let words: Vec<i16> =
                    bytes.chunks_exact(2).map(|w| i16::from_be_bytes([w[0], w[1]])).collect();
                let mut pixels = vec![0; n];
                if words.len() < 3 || pl_l2pi(&words, 1, &mut pixels, n) != n {
                    return Err(Corrupt);
                }
                Ok(Pixels::Integers(pixels))
            }
        }
    }

    /// Integers of as many bytes as make so many pixels: tiles may have other ones than BITPIX says.
    fn integers(&self, raw: &[u8]) -> Result<Vec<i32>, Corrupt> {
        if self.pixels == 0 || raw.len() % self.pixels != 0 {
            return Err(Corrupt);
        }
        Ok(match raw.len() / self.pixels {
            1 => raw.iter().map(|&byte| byte.into()).collect(),
            2 => raw.chunks_exact(2).map(|b| i16::from_be_bytes([b[0], b[1]]).into()).collect(),
            4 => raw.chunks_exact(4).map(|b| i32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect(),
            _ => return Err(Corrupt),
        })
    }

    fn packed(&self, pixels: &[i32]) -> Vec<u8> {
        let given = |&pixel: &i32| match self.blank {
            Some((stored, meant)) if pixel == stored => meant,
            _ => pixel,
        };
        let pixels = pixels.iter().map(given);
        match self.bitpix {
            8 => pixels.map(|pixel| pixel as u8).collect(),
            16 => pixels.flat_map(|pixel| (pixel as i16).to_be_bytes()).collect(),
            32 => pixels.flat_map(i32::to_be_bytes).collect(),
            64 => pixels.flat_map(|pixel| i64::from(pixel).to_be_bytes()).collect(),
            -32 => pixels.flat_map(|pixel| (pixel as f32).to_be_bytes()).collect(),
            _ => pixels.flat_map(|pixel| f64::from(pixel).to_be_bytes()).collect(),
        }
    }

    fn restored(&self, pixels: &[i32], quantization: &Quantization) -> Result<Vec<u8>, Corrupt> {
        let values = quantization.values(pixels);
        match self.bitpix {
            -32 => Ok(values.flat_map(|value| (value as f32).to_be_bytes()).collect()),
            -64 => Ok(values.flat_map(f64::to_be_bytes).collect()),
            _ => Err(Corrupt),
        }
    }
}

/// The one member of a gzip file (RFC 1952).
fn gunzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Corrupt> {
    let [0x1f, 0x8b, 8, flags, ..] = *bytes else {
        return Err(Corrupt);
    };
    let mut rest = bytes.get(10..).ok_or(Corrupt)?;
    if flags & 4 != 0 {
        let extra =
            usize::from(u16::from_le_bytes([*rest.first().ok_or(Corrupt)?, *rest.get(1).ok_or(Corrupt)?]));
        rest = rest.get(2 + extra..).ok_or(Corrupt)?;
    }
    for text in [8, 16] {
        if flags & text != 0 {
            let end = rest.iter().position(|&byte| byte == 0).ok_or(Corrupt)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..).ok_or(Corrupt)?;
    }
    decompress_to_vec_with_limit(rest, limit).map_err(|_| Corrupt)
}

/// GZIP_2 has the first bytes of all pixels first, then the second ones, and so on.
fn unshuffled(bytes: &[u8], pixels: usize) -> Vec<u8> {
    let size = bytes.len().checked_div(pixels).unwrap_or(0);
    let mut found = vec![0; bytes.len()];
    for (byte, column) in bytes.chunks_exact(pixels.max(1)).enumerate() {
        for (pixel, value) in column.iter().enumerate() {
            found[pixel * size + byte] = *value;
        }
    }
    found
}

fn rice(bytes: &[u8], pixels: usize, block: usize, pixel_bytes: usize) -> Result<Vec<i32>, Corrupt> {
    let decoder = RCDecoder::new();
    match pixel_bytes {
        1 => {
            let mut found = vec![0; pixels];
            decoder.decode_byte(bytes, pixels, block, &mut found).map_err(|_| Corrupt)?;
            Ok(found.into_iter().map(|pixel| i32::from(pixel as u8)).collect())
        }
        2 => {
            let mut found = vec![0; pixels];
            decoder.decode_short(bytes, pixels, block, &mut found).map_err(|_| Corrupt)?;
            Ok(found.into_iter().map(|pixel| i32::from(pixel as i16)).collect())
        }
        4 => {
            let mut found = vec![0; pixels];
            decoder.decode(bytes, pixels, block, &mut found).map_err(|_| Corrupt)?;
            Ok(found.into_iter().map(|pixel| pixel as i32).collect())
        }
        _ => Err(Corrupt),
    }
}

fn hcompress(bytes: &[u8], pixels: usize, smooth: i32) -> Result<Vec<i32>, Corrupt> {
    // Two bytes of a code, then the sides: a wrong one must not make the decoder ask for memory.
    let side =
        |at: usize| bytes.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let sides = side(2).zip(side(6)).and_then(|(a, b)| a.checked_mul(b));
    if sides != Some(pixels) || pixels == 0 {
        return Err(Corrupt);
    }
    let mut wide = vec![0_i64; pixels];
    HCDecoder::new().read64(bytes, smooth, &mut wide).map_err(|_| Corrupt)?;
    // It leaves 32-bit integers at the start of the same memory.
    let found = wide.iter().flat_map(|pair| [*pair as i32, (*pair >> 32) as i32]).take(pixels);
    Ok(found.collect())
}
