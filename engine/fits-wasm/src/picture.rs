//! PNG and JPEG of an image, its last row on top, as FITS images are shown.

use jpeg_encoder::{ColorType, Encoder};

use crate::stretch::grey;

pub enum Format {
    Png,
    /// Quality from 1 to 100.
    Jpeg(u8),
}

/// None where the sides do not fit the pixels or the format.
pub fn encode(pixels: &[f32], width: usize, height: usize, format: Format) -> Option<Vec<u8>> {
    if width == 0 || height == 0 || pixels.len() != width * height {
        return None;
    }
    let levels: Vec<u8> = grey(pixels).chunks_exact(width).rev().flatten().copied().collect();
    let mut bytes = Vec::new();
    match format {
        Format::Png => {
            let mut encoder = png::Encoder::new(&mut bytes, width.try_into().ok()?, height.try_into().ok()?);
            encoder.set_color(png::ColorType::Grayscale);
            encoder.set_depth(png::BitDepth::Eight);
            encoder.set_compression(png::Compression::Fast);
            encoder.write_header().ok()?.write_image_data(&levels).ok()?;
        }
        Format::Jpeg(quality) => {
            let (width, height) = (width.try_into().ok()?, height.try_into().ok()?);
            Encoder::new(&mut bytes, quality).encode(&levels, width, height, ColorType::Luma).ok()?;
        }
    }
    Some(bytes)
}
