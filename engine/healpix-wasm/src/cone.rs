//! A cone, and the haversine that decides what is in it.

/// Centre and radius in degrees: `lon` in [0, 360], `lat` in [−90, 90], `radius` in [0, 180].
#[derive(Clone, Copy, Debug)]
pub struct Cone {
    pub lon: f64,
    pub lat: f64,
    pub radius: f64,
}

impl Cone {
    /// `None` where a number is not finite or out of its interval.
    pub fn new(lon: f64, lat: f64, radius: f64) -> Option<Cone> {
        let valid =
            (0.0..=360.0).contains(&lon) && (-90.0..=90.0).contains(&lat) && (0.0..=180.0).contains(&radius);
        valid.then_some(Cone { lon, lat, radius })
    }

    /// Angular separation of a position from the centre, all in degrees, by the haversine formula: accurate at
    /// small separations, unlike the spherical law of cosines (4 mas off), and NaN for a NaN position.
    #[inline]
    pub fn separation(&self, lon: f64, lat: f64) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), lat.to_radians());
        let sin_dlat = ((lat - self.lat).to_radians() * 0.5).sin();
        let sin_dlon = ((lon - self.lon).to_radians() * 0.5).sin();
        let h = sin_dlat * sin_dlat + lat1.cos() * lat2.cos() * sin_dlon * sin_dlon;
        // Rounding may carry h just above 1 for antipodes. Not `min`: it would turn NaN into 1.
        let sin_half = if h > 1.0 { 1.0 } else { h.sqrt() };
        (2.0 * sin_half.asin()).to_degrees()
    }

    /// Whether a position is in the cone: the one decision at the rim. NaN positions are in no cone.
    #[inline]
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        self.separation(lon, lat) <= self.radius
    }
}
