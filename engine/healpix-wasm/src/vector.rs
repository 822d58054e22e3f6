//! Vectors of three coordinates.

pub type Vector = [f64; 3];

/// Unit vector of a position in degrees.
pub fn vector(lon: f64, lat: f64) -> Vector {
    let (sin_lon, cos_lon) = lon.to_radians().sin_cos();
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

pub fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub fn plus(a: Vector, b: Vector) -> Vector {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub fn scaled(a: Vector, by: f64) -> Vector {
    a.map(|coordinate| coordinate * by)
}

pub fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

/// Angle in radians between two unit vectors, exact at every angle (Kahan).
pub fn angle(a: Vector, b: Vector) -> f64 {
    2.0 * length(minus(a, b)).atan2(length(plus(a, b)))
}
