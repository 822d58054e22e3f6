//! Rows of spans that are in a cone, with their separation.

use crate::cone::Cone;
use crate::ranges::Span;

/// Emits (row, separation in degrees) of each row of the spans that is in the cone, in order.
/// Positions in degrees, `lon` in [−360, 360]; a NaN position matches nothing.
pub fn cone_filter(
    lon: &[f64],
    lat: &[f64],
    spans: impl Iterator<Item = Span>,
    cone: &Cone,
    mut emit: impl FnMut(u32, f64),
) {
    for span in spans {
        for row in span.start..span.end {
            let separation = cone.separation(lon[row as usize], lat[row as usize]);
            if separation <= cone.radius {
                emit(row, separation);
            }
        }
    }
}
