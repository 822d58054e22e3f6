//! Where a cell lies.

use cdshealpix::nested::get;

use crate::ORDER;

/// Centre and the four vertices (south, east, north, west) of a nested cell as (lon, lat) in degrees, lon in
/// [0, 360). `None` if there is no such order or cell.
pub fn points(order: u32, cell: i64) -> Option<[(f64, f64); 5]> {
    if order > ORDER || !(0..12 << (2 * order)).contains(&cell) {
        return None;
    }
    let layer = get(order as u8);
    let [south, east, north, west] = layer.vertices(cell as u64);
    Some([layer.center(cell as u64), south, east, north, west].map(|(lon, lat)| {
        let lon = lon.to_degrees();
        (if lon < 360.0 { lon } else { lon - 360.0 }, lat.to_degrees())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash;

    #[test]
    fn the_centre_hashes_to_its_cell() {
        for order in 0..=ORDER {
            let count = 12i64 << (2 * order);
            for cell in [0, 1, count / 3, count / 2, count - 2, count - 1] {
                let [(lon, lat), ..] = points(order, cell).unwrap();
                assert!((0.0..360.0).contains(&lon));
                let mut found = [0];
                hash(&[lon], &[lat], &mut found).unwrap();
                assert_eq!(found[0] >> (2 * (ORDER - order)), cell, "order {order}");
            }
        }
    }

    #[test]
    fn there_is_no_cell_beyond() {
        for (order, cell) in [(30, 0), (0, 12), (0, -1), (29, 12 << 58)] {
            assert_eq!(points(order, cell), None);
        }
    }
}
