//! From the label of a print queue to the label in every form: what stands on it is chosen here.
//!
//! Reads no time zone of the machine: those that a deadline is written in are built in.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::bridge::LabelForm;
use domain::label::{LabelJob, Postal, Rendered};
use jiff::{Timestamp, tz::TimeZone, tz::TimeZoneDatabase};

use crate::address::Address;
use crate::compose::PackageCount;
use crate::doc::{LabelDoc, LabelError};
use crate::initials::Initials;
use crate::logistic::LogisticLabel;
use crate::printer::PrinterProfile;
use crate::render::Renderer;
use crate::staging::StagingLabel;

/// Said on a label that was printed before, so that nobody looks for a second package.
const COPY: &str = "COPY";

impl Renderer {
    /// A label of the print queue, in every form.
    ///
    /// # Errors
    /// [`LabelError::NumberMissing`] for a logistic label without an SSCC.
    pub fn job(&self, job: &LabelJob) -> Result<Rendered, LabelError> {
        let doc = match job.form {
            LabelForm::Logistic => logistic(job)?,
            LabelForm::Staging => staging(job)?,
        };
        let printer = profile(job.dpi);
        let png = self.png(&doc, &printer);
        let svg = svg(&doc, &png);
        Ok(Rendered { zpl: self.zpl(&doc, &printer), pdf: self.pdf(&doc), png, svg })
    }
}

fn logistic(job: &LabelJob) -> Result<LabelDoc, LabelError> {
    let label = LogisticLabel {
        sender: address(&job.sender),
        receiver: address(&job.receiver),
        sscc: job.sscc.clone().ok_or(LabelError::NumberMissing)?,
        service: job.service.clone(),
        short_code: job.short_code.clone(),
        package: count(job),
        weight_g: job.weight_g,
        remarks: job.copy.then(|| COPY.to_owned()).into_iter().collect(),
    };
    Ok(label.layout())
}

/// A copy looks the same: it hangs on the package in the first one's place.
fn staging(job: &LabelJob) -> Result<LabelDoc, LabelError> {
    let label = StagingLabel {
        short_code: job.short_code.clone(),
        initials: Initials::of(&job.receiver.name),
        package: count(job),
        slot: job.slot.clone().unwrap_or_default(),
        deadline: deadline(job.promise_at_ms, &job.time_zone),
        scan_code: job.package.to_string(),
    };
    label.layout()
}

fn count(job: &LabelJob) -> PackageCount {
    PackageCount { number: job.number, total: job.packages }
}

fn address(postal: &Postal) -> Address {
    let Postal { name, street, city, region, postcode, country } = postal.clone();
    Address { name, lines: vec![street], city, region, postcode, country }
}

const fn profile(dpi: u16) -> PrinterProfile {
    if dpi == 300 { PrinterProfile::DPI_300 } else { PrinterProfile::DPI_203 }
}

/// Day and time at the location; in UTC, and saying so, where its time zone is not known.
fn deadline(at_ms: i64, time_zone: &str) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    match TimeZoneDatabase::bundled().get(time_zone) {
        Ok(zone) => at.to_zoned(zone).strftime("%a %H:%M").to_string(),
        Err(_) => at.to_zoned(TimeZone::UTC).strftime("%a %H:%M UTC").to_string(),
    }
}

/// The dots as a picture of the label's size: what a screen shows is what comes out.
fn svg(doc: &LabelDoc, png: &[u8]) -> String {
    let (width, height) = (doc.width, doc.height);
    let [wide, high] = [width, height].map(|length| format!("{}.{}", length / 10, length % 10));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}mm\" height=\"{high}mm\" \
         viewBox=\"0 0 {width} {height}\"><image width=\"{width}\" height=\"{height}\" \
         href=\"data:image/png;base64,{}\"/></svg>",
        BASE64_STANDARD.encode(png)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        clock::TimeMs,
        gs1::{Sscc, SsccBlock},
        ids::PackageId,
    };

    fn sscc() -> Sscc {
        SsccBlock::new("9520001", 0, 417, 100).expect("valid").next().expect("new")
    }

    fn job(form: LabelForm) -> LabelJob {
        LabelJob {
            form,
            sender: Postal { name: "Northlight Duluth".into(), ..Postal::default() },
            receiver: Postal { name: "Ada Lovelace".into(), ..Postal::default() },
            package: PackageId::new(TimeMs(1_795_411_267_000), [7; 10]),
            sscc: Some(sscc()),
            service: "STORE PICKUP".into(),
            short_code: "A7K2".into(),
            number: 2,
            packages: 3,
            weight_g: None,
            slot: Some("B-04".into()),
            promise_at_ms: 1_795_411_267_000,
            time_zone: "America/Chicago".into(),
            copy: false,
            dpi: 203,
        }
    }

    fn zpl(job: &LabelJob) -> String {
        let drawn = Renderer::default().job(job).expect("drawable");
        assert!(drawn.pdf.starts_with(b"%PDF") && drawn.png.starts_with(b"\x89PNG"));
        assert!(drawn.svg.starts_with("<svg ") && drawn.svg.ends_with("</svg>"));
        String::from_utf8(drawn.zpl).expect("ASCII")
    }

    #[test]
    fn a_staging_label_shows_initials_the_slot_and_the_local_time() {
        let zpl = zpl(&job(LabelForm::Staging));
        for words in ["A7K2", "^FDAL^FS", "B-04", "Sun 23:21"] {
            assert!(zpl.contains(words), "{words} in {zpl}");
        }
        assert!(!zpl.contains("Lovelace"), "{zpl}");
    }

    #[test]
    fn a_logistic_label_needs_its_number_and_says_when_it_is_a_copy() {
        let mut job = job(LabelForm::Logistic);
        assert!(!zpl(&job).contains(COPY));
        job.copy = true;
        let zpl = zpl(&job);
        assert!(zpl.contains(COPY) && zpl.contains("Ada Lovelace"), "{zpl}");
        job.sscc = None;
        assert_eq!(Renderer::default().job(&job), Err(LabelError::NumberMissing));
    }

    #[test]
    fn a_deadline_without_a_known_time_zone_says_utc() {
        assert_eq!(deadline(0, "America/New_York"), "Wed 19:00");
        assert_eq!(deadline(0, "Nowhere/At_all"), "Thu 00:00 UTC");
    }
}
