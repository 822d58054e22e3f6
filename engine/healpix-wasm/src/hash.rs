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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bad_row_is_named() {
        for (lon, lat) in [(f64::NAN, 0.0), (0.0, f64::NAN), (361.0, 0.0), (0.0, -90.1), (f64::INFINITY, 0.0)]
        {
            let mut cells = [0; 3];
            assert_eq!(hash(&[0.0, lon, lon], &[0.0, lat, lat], &mut cells), Err(1));
        }
    }

    #[test]
    fn longitude_is_periodic() {
        let mut cells = [0; 4];
        hash(&[-360.0, 0.0, 360.0, -0.0], &[10.0; 4], &mut cells).unwrap();
        assert_eq!(cells, [cells[0]; 4]);
    }
}
