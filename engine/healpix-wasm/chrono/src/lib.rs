//! The few names of chrono that cdshealpix needs to compile: it stamps dates into the FITS files it writes and reads.
//! The kernel does neither, so every date is the Unix epoch and none can be parsed.

use std::marker::PhantomData;
use std::str::FromStr;
use std::time::SystemTime;

const EPOCH: &str = "1970-01-01T00:00:00Z";

pub enum SecondsFormat {
    Secs,
}

pub struct Utc;

impl Utc {
    pub fn now() -> DateTime<Utc> {
        DateTime(PhantomData)
    }
}

pub struct DateTime<Zone>(PhantomData<Zone>);

impl<Zone> DateTime<Zone> {
    pub fn to_rfc3339_opts(&self, _format: SecondsFormat, _use_z: bool) -> String {
        EPOCH.to_owned()
    }
}

impl From<SystemTime> for DateTime<Utc> {
    fn from(_time: SystemTime) -> Self {
        Utc::now()
    }
}

impl From<DateTime<Utc>> for SystemTime {
    fn from(_date: DateTime<Utc>) -> Self {
        SystemTime::UNIX_EPOCH
    }
}

/// No date is ever understood here.
#[derive(Debug)]
pub struct ParseError;

impl FromStr for DateTime<Utc> {
    type Err = ParseError;

    fn from_str(_text: &str) -> Result<Self, ParseError> {
        Err(ParseError)
    }
}
