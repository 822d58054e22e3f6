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
