//! Which regions have a point in common, and which contain which: circles, polygons and zones, their borders included.
//!
//! **Polygons.** A border is one closed path. Where two borders cross nowhere, each lies whole on one side of the other:
//! then one vertex of each tells. Vertices within [`TOUCH`] of the other's border count as on it, so that what rounding may do to
//! regions that touch makes them overlap.
//!
//! **Zones.** An edge of a polygon (cut at its summit and in the poles) is monotone in latitude and in longitude: the
//! part of it between the zone's parallels has an interval of longitudes, and so has the zone.

use std::f64::consts::{PI, TAU};

use crate::cone::Cone;
use crate::polygon::{Edge, Polygon};
use crate::region::Region;
use crate::vector::{angle, cross, dot, plus, scaled, vector, Vector};
use crate::zone::Zone;

/// Radians (2e-8 arcseconds). Rounding of a vertex and of a distance comes to a few 1e-15.
const TOUCH: f64 = 1e-13;

/// Whether two regions have a point in common; `None` for two zones, of which nobody asks it.
pub fn overlap(a: &Region, b: &Region) -> Option<bool> {
    Some(match (a, b) {
        (Region::Circle(a), Region::Circle(b)) => {
            a.separation(b.lon, b.lat) <= a.radius + b.radius + TOUCH.to_degrees()
        }
        (Region::Circle(circle), Region::Polygon(polygon))
        | (Region::Polygon(polygon), Region::Circle(circle)) => {
            near(polygon, centre(circle), radius(circle))
                && (polygon.contains(circle.lon, circle.lat)
                    || polygon.border_distance(centre(circle)) <= radius(circle) + TOUCH)
        }
        (Region::Polygon(a), Region::Polygon(b)) => near(a, b.middle, b.reach) && polygons_overlap(a, b),
        (Region::Zone(zone), Region::Circle(circle)) | (Region::Circle(circle), Region::Zone(zone)) => {
            zone.contains(circle.lon, circle.lat) || zone_distance(zone, circle) <= radius(circle) + TOUCH
        }
        (Region::Zone(zone), Region::Polygon(polygon)) | (Region::Polygon(polygon), Region::Zone(zone)) => {
            polygon.edges.iter().any(|edge| enters(edge, zone)) || polygon.contains(zone.west, zone.south)
        }
        (Region::Zone(_), Region::Zone(_)) => return None,
    })
}

/// Whether a region contains all of another; `None` where one of them is a zone.
pub fn contain(outer: &Region, inner: &Region) -> Option<bool> {
    Some(match (outer, inner) {
        (Region::Circle(outer), Region::Circle(inner)) => {
            outer.radius == 180.0
                || outer.separation(inner.lon, inner.lat) + inner.radius <= outer.radius + TOUCH.to_degrees()
        }
        (Region::Circle(outer), Region::Polygon(inner)) => {
            outer.radius == 180.0 || {
                // The rest of the sphere is a circle around the antipode.
                let (lon, lat) = ((outer.lon + 180.0).rem_euclid(360.0), -outer.lat);
                !inner.contains(lon, lat)
                    && inner.border_distance(vector(lon, lat)) >= PI - radius(outer) - TOUCH
            }
        }
        (Region::Polygon(outer), Region::Circle(inner)) => {
            outer.contains(inner.lon, inner.lat)
                && outer.border_distance(centre(inner)) >= radius(inner) - TOUCH
        }
        (Region::Polygon(outer), Region::Polygon(inner)) => polygon_contains(outer, inner),
        (Region::Zone(_), _) | (_, Region::Zone(_)) => return None,
    })
}

fn centre(circle: &Cone) -> Vector {
    vector(circle.lon, circle.lat)
}

fn radius(circle: &Cone) -> f64 {
    circle.radius.to_radians()
}

/// Whether a polygon may reach into a circle, as far as its bounding circle tells.
fn near(polygon: &Polygon, centre: Vector, radius: f64) -> bool {
    polygon.reach + radius >= PI || angle(polygon.middle, centre) <= polygon.reach + radius + TOUCH
}

fn polygons_overlap(a: &Polygon, b: &Polygon) -> bool {
    let holds = |polygon: &Polygon, edge: &Edge| polygon.holds(edge.from_lon, edge.from_lat, edge.from);
    // Each border lies on one side of the other, unless they meet.
    holds(a, &b.edges[0])
        || holds(b, &a.edges[0])
        || a.edges.iter().any(|edge| b.edges.iter().any(|other| crosses(edge, other)))
        || a.edges.iter().any(|edge| b.border_distance(edge.from) <= TOUCH)
        || b.edges.iter().any(|edge| a.border_distance(edge.from) <= TOUCH)
}

fn polygon_contains(outer: &Polygon, inner: &Polygon) -> bool {
    let within = |position: Vector, lon: f64, lat: f64| {
        outer.holds(lon, lat, position) || outer.border_distance(position) <= TOUCH
    };
    // An edge may leave the outer polygon between two of its vertices without crossing its border elsewhere.
    let middle_within = |edge: &Edge| {
        let middle = plus(edge.from, edge.to);
        let (lon, lat) = (lon_of(middle), middle[2].atan2(middle[0].hypot(middle[1])).to_degrees());
        within(vector(lon, lat), lon, lat)
    };
    inner.edges.iter().all(|edge| within(edge.from, edge.from_lon, edge.from_lat) && middle_within(edge))
        && !outer.edges.iter().any(|edge| inner.edges.iter().any(|other| crosses(edge, other)))
        && outer.edges.iter().all(|edge| {
            !inner.holds(edge.from_lon, edge.from_lat, edge.from) || inner.border_distance(edge.from) <= TOUCH
        })
}

/// Whether two edges cross in a point that is an end of neither.
fn crosses(a: &Edge, b: &Edge) -> bool {
    let (from, to) = (dot(b.unit_normal, a.from), dot(b.unit_normal, a.to));
    let (other_from, other_to) = (dot(a.unit_normal, b.from), dot(a.unit_normal, b.to));
    // Their great circles cross twice: on the same side of the sphere both turn the same way there.
    let apart = |x: f64, y: f64| x.min(y) < -TOUCH && x.max(y) > TOUCH;
    apart(from, to) && apart(other_from, other_to) && (from < 0.0) == (other_to < 0.0)
}

/// Degrees, in [0, 360).
fn lon_of(v: Vector) -> f64 {
    let lon = v[1].atan2(v[0]).to_degrees().rem_euclid(360.0);
    if lon < 360.0 {
        lon
    } else {
        0.0
    }
}

/// Whether an edge has a point in a zone.
fn enters(edge: &Edge, zone: &Zone) -> bool {
    if edge.north < zone.south || edge.south > zone.north {
        return false;
    }
    let in_pole = (zone.north == 90.0 && edge.north == 90.0) || (zone.south == -90.0 && edge.south == -90.0);
    if in_pole || (zone.west, zone.east) == (0.0, 360.0) {
        return true;
    }
    let ends = [lon_at(edge, zone.south), lon_at(edge, zone.north)];
    let eastwards = (ends[1] - ends[0]).rem_euclid(360.0);
    let (west, width) = if eastwards <= 180.0 { (ends[0], eastwards) } else { (ends[1], 360.0 - eastwards) };
    (zone.west - west).rem_euclid(360.0) <= width
        || (west - zone.west).rem_euclid(360.0) <= zone.width().to_degrees()
}

/// Degrees; where the edge is at a latitude, or at that of its ends which is closest to it.
fn lon_at(edge: &Edge, lat: f64) -> f64 {
    let (southern, northern) = if edge.from_lat <= edge.to_lat {
        (edge.from_lon, edge.to_lon)
    } else {
        (edge.to_lon, edge.from_lon)
    };
    if lat <= edge.south {
        return southern;
    }
    if lat >= edge.north {
        return northern;
    }
    // Along the edge z is height · cos(t − summit), t being the angle from its beginning.
    let ahead = cross(edge.unit_normal, edge.from);
    let height = edge.from[2].hypot(ahead[2]);
    let summit = ahead[2].atan2(edge.from[2]);
    let offset = (lat.to_radians().sin() / height).clamp(-1.0, 1.0).acos();
    let length = angle(edge.from, edge.to);
    // Of the two, the one on the edge: the other is beyond the summit.
    let middle = 0.5 * length;
    let off_middle = |t: f64| {
        let turned = (t - middle).rem_euclid(TAU);
        if turned > PI {
            turned - TAU
        } else {
            turned
        }
    };
    let (a, b) = (off_middle(summit - offset), off_middle(summit + offset));
    let t = middle + if a.abs() <= b.abs() { a } else { b };
    lon_of(plus(scaled(edge.from, t.cos()), scaled(ahead, t.sin())))
}

/// Radians from the centre of a circle, outside of a zone, to the zone.
fn zone_distance(zone: &Zone, circle: &Cone) -> f64 {
    let (lon, lat) = (circle.lon.rem_euclid(360.0), circle.lat.to_radians());
    let beside =
        if zone.holds(lon) { (zone.south.to_radians() - lat).max(lat - zone.north.to_radians()) } else { PI };
    let to_meridian = |meridian: f64| {
        let offset = (lon - meridian).to_radians();
        let foot = lat.sin().atan2(lat.cos() * offset.cos()).to_degrees();
        if offset.cos() > 0.0 && zone.south <= foot && foot <= zone.north {
            (lat.cos() * offset.sin().abs()).min(1.0).asin()
        } else {
            let to = |end: f64| angle(centre(circle), vector(meridian, end));
            to(zone.south).min(to(zone.north))
        }
    };
    beside.min(to_meridian(zone.west)).min(to_meridian(zone.east))
}
