//! Vectors and rotations of three dimensions.

pub type Vector = [f64; 3];

#[derive(Clone, Copy)]
pub struct Matrix(pub [[f64; 3]; 3]);

pub enum Axis {
    X,
    Y,
    Z,
}

impl Matrix {
    /// Rotates the axes, not the vector, by an angle in degrees, as matrices of precession are written.
    pub fn rotation(degrees: f64, axis: Axis) -> Matrix {
        let (s, c) = degrees.to_radians().sin_cos();
        Matrix(match axis {
            Axis::X => [[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]],
            Axis::Y => [[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]],
            Axis::Z => [[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]],
        })
    }

    pub fn identity() -> Matrix {
        Matrix([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    }

    /// First `first`, then this one.
    pub fn after(&self, first: &Matrix) -> Matrix {
        let mut product = [[0.0; 3]; 3];
        for (i, row) in product.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = (0..3).map(|k| self.0[i][k] * first.0[k][j]).sum();
            }
        }
        Matrix(product)
    }

    /// The inverse of a rotation.
    pub fn transposed(&self) -> Matrix {
        let m = &self.0;
        Matrix([[m[0][0], m[1][0], m[2][0]], [m[0][1], m[1][1], m[2][1]], [m[0][2], m[1][2], m[2][2]]])
    }

    pub fn apply(&self, v: Vector) -> Vector {
        self.0.map(|row| dot(row, v))
    }
}

pub fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub fn normalized(v: Vector) -> Vector {
    let length = dot(v, v).sqrt();
    v.map(|x| x / length)
}

pub fn from_degrees(lon: f64, lat: f64) -> Vector {
    let (sin_lon, cos_lon) = lon.to_radians().sin_cos();
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// Longitude in [0, 360) and latitude, in degrees.
pub fn to_degrees(v: Vector) -> (f64, f64) {
    let lon = v[1].atan2(v[0]).to_degrees();
    let lat = v[2].atan2(v[0].hypot(v[1])).to_degrees();
    let lon = if lon < 0.0 { lon + 360.0 } else { lon };
    (if lon >= 360.0 { 0.0 } else { lon }, lat)
}
