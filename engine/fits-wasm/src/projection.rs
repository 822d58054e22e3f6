//! The projections of Calabretta & Greisen (2002) that `mapproj` has, between the unit sphere of native coordinates and
//! the projection plane in radians. SZP is left out: what mapproj 0.4 makes of it is not what the paper says.

use std::f64::consts::{FRAC_PI_2, PI};

use mapproj::conic::{cod::Cod, coe::Coe, coo::Coo, cop::Cop};
use mapproj::cylindrical::{car::Car, cea::Cea, cyp::Cyp, mer::Mer};
use mapproj::hybrid::hpx::Hpx;
use mapproj::pseudocyl::{ait::Ait, mol::Mol, par::Par, sfl::Sfl};
use mapproj::zenithal::{
    air::Air, arc::Arc, azp::Azp, sin::Sin, sin::SinSlant, stg::Stg, tan::Tan, zea::Zea, zpn::Zpn,
};
use mapproj::{CanonicalProjection, ProjXY, XYZ};

use crate::matrix::Vector;

/// A projection of any type.
trait Plane {
    fn project(&self, v: &XYZ) -> Option<ProjXY>;
    fn unproject(&self, at: &ProjXY) -> Option<XYZ>;
}

impl<P: CanonicalProjection> Plane for P {
    fn project(&self, v: &XYZ) -> Option<ProjXY> {
        self.proj(v)
    }

    fn unproject(&self, at: &ProjXY) -> Option<XYZ> {
        self.unproj(at)
    }
}

pub struct Projection {
    plane: Box<dyn Plane>,
    zenithal: bool,
    /// The paper's y where `mapproj` has 1.
    y_unit: f64,
    /// Native latitude of the reference point, in degrees; its longitude is 0.
    pub theta0: f64,
}

impl Projection {
    /// `code` are the three letters of CTYPE, as bytes of a number, the first one highest; `pv` are the parameters of the
    /// latitude from PVi_0 on, NaN where there is none. None where the projection is not known or its parameters are bad.
    pub fn new(code: u32, pv: &[f64]) -> Option<Projection> {
        let or =
            |m: usize, default: f64| pv.get(m).copied().filter(|value| !value.is_nan()).unwrap_or(default);
        let radians = |m: usize, default: f64| or(m, default).to_radians();
        let zenithal =
            |plane: Box<dyn Plane>| Some(Projection { plane, zenithal: true, y_unit: 1.0, theta0: 90.0 });
        let scaled =
            |plane: Box<dyn Plane>, y_unit| Some(Projection { plane, zenithal: false, y_unit, theta0: 0.0 });
        let other = |plane: Box<dyn Plane>| scaled(plane, 1.0);
        let theta_a = or(1, f64::NAN);
        let conic = |plane: Box<dyn Plane>| {
            (theta_a.abs() <= 90.0).then_some(Projection {
                plane,
                zenithal: false,
                y_unit: 1.0,
                theta0: theta_a,
            })
        };
        let (ta, eta) = (theta_a.to_radians(), radians(2, 0.0));
        match &code.to_be_bytes()[1..] {
            b"TAN" => zenithal(Box::new(Tan::new())),
            b"SIN" if or(1, 0.0) == 0.0 && or(2, 0.0) == 0.0 => zenithal(Box::new(Sin::new())),
            b"SIN" => zenithal(Box::new(SinSlant::new(or(1, 0.0), or(2, 0.0)))),
            b"STG" => zenithal(Box::new(Stg::new())),
            b"ARC" => zenithal(Box::new(Arc::new())),
            b"ZEA" => zenithal(Box::new(Zea::new())),
            b"ZPN" => {
                let last = pv.iter().rposition(|value| !value.is_nan())?;
                zenithal(Box::new(Zpn::from_params((0..=last).map(|m| or(m, 0.0)).collect())?))
            }
            b"AZP" => zenithal(Box::new(Azp::from_params(or(1, 0.0), radians(2, 0.0)))),
            b"AIR" => zenithal(Box::new(Air::from_param(FRAC_PI_2 - radians(1, 90.0)))),
            b"CAR" => other(Box::new(Car::new())),
            b"CEA" => other(Box::new(Cea::from_param(or(1, 1.0)))),
            b"CYP" => other(Box::new(Cyp::from_params(or(1, 1.0), or(2, 1.0)))),
            b"MER" => other(Box::new(Mer::new())),
            b"SFL" => other(Box::new(Sfl::new())),
            b"PAR" => scaled(Box::new(Par::new()), PI),
            b"MOL" => other(Box::new(Mol::new())),
            b"AIT" => other(Box::new(Ait::new())),
            b"HPX" if or(1, 4.0) == 4.0 && or(2, 3.0) == 3.0 => other(Box::new(Hpx::new())),
            b"COP" => conic(Box::new(Cop::from_params(ta, eta))),
            b"COE" => conic(Box::new(Coe::from_params(ta, eta))),
            b"COD" => conic(Box::new(Cod::from_params(ta, eta))),
            b"COO" => conic(Box::new(Coo::from_params(ta, eta))),
            _ => None,
        }
    }

    /// A native position to the plane. `mapproj` has the reference point of zenithal projections, their native pole, on
    /// the x axis.
    pub fn project(&self, native: Vector) -> Option<(f64, f64)> {
        let [x, y, z] = native;
        let v = if self.zenithal { XYZ::new(z, y, -x) } else { XYZ::new(x, y, z) };
        let at = self.plane.project(&v)?;
        let (x, y) = (at.x(), at.y() * self.y_unit);
        (x.is_finite() && y.is_finite()).then_some((x, y))
    }

    pub fn unproject(&self, x: f64, y: f64) -> Option<Vector> {
        let v = self.plane.unproject(&ProjXY::new(x, y / self.y_unit))?;
        let native = if self.zenithal { [-v.z(), v.y(), v.x()] } else { [v.x(), v.y(), v.z()] };
        native.iter().all(|c| c.is_finite()).then_some(native)
    }
}
