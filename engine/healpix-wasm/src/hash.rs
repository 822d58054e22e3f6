//! Positions to nested order-29 cells.

use cdshealpix::nested::{get, Layer};

use crate::ORDER;

/// Cells of positions in degrees: `lon` in [−360, 360], `lat` in [−90, 90].
/// Stops at the first position that is not finite or out of its interval, and gives its row as the error.
pub fn hash(lon: &[f64], lat: &[f64], cells: &mut [i64]) -> Result<(), usize> {
    let layer: &Layer = get(ORDER as u8);
    for (row, ((&lon, &lat), cell)) in lon.iter().zip(lat).zip(cells).enumerate() {
        if !((-360.0..=360.0).contains(&lon) && (-90.0..=90.0).contains(&lat)) {
            return Err(row);
        }
        *cell = layer.hash(lon.to_radians(), lat.to_radians()) as i64;
    }
    Ok(())
}
