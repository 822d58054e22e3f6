//! Pixels to the sky, ICRS, and back (FITS 4.0 §8).

use crate::distortion::{Polynomial, Sip, Tpv};
use crate::frame::Frame;
use crate::matrix::{from_degrees, to_degrees, Matrix};
use crate::pole::Reference;
use crate::projection::Projection;

/// Numbers before the coefficients in a block of parameters.
pub const FIXED: usize = 21;

/// What of a header makes no coordinates.
#[derive(Debug, PartialEq)]
pub enum Fault {
    Projection,
    Pole,
    Matrix,
    Frame,
    Block,
}

pub struct Wcs {
    crpix: (f64, f64),
    sip: Option<Sip>,
    /// Pixels to degrees of longitude and latitude in the plane, and back.
    matrix: [f64; 4],
    inverse: [f64; 4],
    tpv: Option<Tpv>,
    /// The plane's origin, where it is not the projection's.
    offset: (f64, f64),
    projection: Projection,
    to_celestial: Matrix,
    to_native: Matrix,
    frame: Frame,
}

impl Wcs {
    /// `block`: projection (three letters as a number), CRVAL of longitude and latitude, PVi_1 and PVi_2 of the longitude (native
    /// coordinates of the reference point), LONPOLE, LATPOLE, PVi_0 of the longitude, two CRPIX, the four elements of the matrix
    /// (longitude first), frame, equinox, epoch of observation, order of A and of B (−1 for none), number of PV of the latitude
    /// and whether they and 40 of the longitude are those of TPV; then A, B, and these PV. NaN is what the header lacks.
    pub fn new(block: &[f64]) -> Result<Wcs, Fault> {
        let mut rest = block.get(FIXED..).ok_or(Fault::Block)?;
        let mut take = |n: usize| {
            let (taken, left) = rest.split_at_checked(n).ok_or(Fault::Block)?;
            rest = left;
            Ok(taken)
        };
        let (order_a, order_b) = (block[17], block[18]);
        let mut polynomial = |order: f64| {
            let order = order.max(0.0) as usize;
            Ok(Polynomial::new(order, take((order + 1) * (order + 1))?))
        };
        let sip = if order_a >= 0.0 && order_b >= 0.0 {
            Some(Sip { a: polynomial(order_a)?, b: polynomial(order_b)? })
        } else {
            None
        };
        let pv = take(block[19] as usize)?;
        let forty = |pv: &[f64]| pv.try_into().map_err(|_| Fault::Block);
        let tpv = if block[20] > 0.0 { Some(Tpv { lat: forty(pv)?, lon: forty(take(40)?)? }) } else { None };

        let parameters = if tpv.is_some() { &[] } else { pv };
        let projection = Projection::new(block[0] as u32, parameters).ok_or(Fault::Projection)?;
        let (phi, theta) = if block[3].is_nan() && block[4].is_nan() {
            (0.0, projection.theta0)
        } else {
            (or(block[3], 0.0), or(block[4], projection.theta0))
        };
        let reference =
            Reference { lon: block[1], lat: block[2], phi, theta, lonpole: block[5], latpole: block[6] };
        let to_celestial = reference.rotation().ok_or(Fault::Pole)?;
        let offset = if or(block[7], 0.0) != 0.0 {
            projection.project(from_degrees(phi, theta)).ok_or(Fault::Pole)?
        } else {
            (0.0, 0.0)
        };

        let matrix: [f64; 4] = block[10..14].try_into().map_err(|_| Fault::Block)?;
        let [a, b, c, d] = matrix;
        let determinant = a * d - b * c;
        if !determinant.is_normal() {
            return Err(Fault::Matrix);
        }
        Ok(Wcs {
            crpix: (block[8], block[9]),
            sip,
            matrix,
            inverse: [d / determinant, -b / determinant, -c / determinant, a / determinant],
            tpv,
            offset,
            projection,
            to_native: to_celestial.transposed(),
            to_celestial,
            frame: Frame::new(block[14] as u32, block[15], block[16]).ok_or(Fault::Frame)?,
        })
    }

    /// Degrees, ICRS; None where no sky is.
    pub fn sky(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (u, v) = (x - self.crpix.0, y - self.crpix.1);
        let (u, v) = self.sip.as_ref().map_or((u, v), |sip| sip.apply(u, v));
        let [a, b, c, d] = self.matrix;
        let (xi, eta) = (a * u + b * v, c * u + d * v);
        let (xi, eta) = self.tpv.as_ref().map_or((xi, eta), |tpv| tpv.apply(xi, eta));
        let (xi, eta) = (xi.to_radians() + self.offset.0, eta.to_radians() + self.offset.1);
        let native = self.projection.unproject(xi, eta)?;
        Some(to_degrees(self.frame.to_icrs(self.to_celestial.apply(native))))
    }

    /// Pixels; None where the position is not in the projection.
    pub fn pixel(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let native = self.to_native.apply(self.frame.from_icrs(from_degrees(lon, lat)));
        let (xi, eta) = self.projection.project(native)?;
        let (xi, eta) = ((xi - self.offset.0).to_degrees(), (eta - self.offset.1).to_degrees());
        let (xi, eta) = match &self.tpv {
            Some(tpv) => tpv.invert(xi, eta)?,
            None => (xi, eta),
        };
        let [a, b, c, d] = self.inverse;
        let (u, v) = (a * xi + b * eta, c * xi + d * eta);
        let (u, v) = match &self.sip {
            Some(sip) => sip.invert(u, v)?,
            None => (u, v),
        };
        Some((u + self.crpix.0, v + self.crpix.1))
    }
}

fn or(value: f64, default: f64) -> f64 {
    if value.is_nan() {
        default
    } else {
        value
    }
}
