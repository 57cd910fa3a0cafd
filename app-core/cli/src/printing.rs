//! Printers, the print queue, and labels as files.

use std::path::{Path, PathBuf};

use app_core::{Tablet, printing::Rendered};
use domain::{
    bridge::{
        Act, Action, Connection, GetPrinting, GetWork, LabelForm, Printer, SetPrinter, SettlePrint,
    },
    fulfillment::Method,
    ids::{FulfillmentId, PackageId},
    rejection::Rejection,
};

use crate::{
    arguments::{Format, Package, PrinterVerb},
    said::{Failed, Said},
    verbs::accepted,
    which::Which,
    words,
};

/// Lists, sets, settles.
///
/// # Errors
/// [`Failed`].
pub async fn printer(tablet: &Tablet, verb: PrinterVerb) -> Result<Said, Failed> {
    let printing = match verb {
        PrinterVerb::List => tablet.call(GetPrinting {}).await?,
        PrinterVerb::Set { name, raw, ipp, dpi } => {
            let raw = raw.map(|address| Connection::Raw { address });
            let connection = raw.or(ipp.map(|uri| Connection::Ipp { uri }));
            let connection = connection.expect("the command line asks for one of them");
            tablet.call(SetPrinter { printer: Printer { name, connection, dpi } }).await?
        }
        PrinterVerb::Settle { entry, choice } => {
            tablet.call(SettlePrint { entry, choice: choice.into() }).await?
        }
    };
    Ok(Said::new(&printing, words::printing))
}

/// Queues a label where one is named, and sends what is due.
///
/// # Errors
/// [`Failed`].
pub async fn print(
    tablet: &Tablet,
    which: Option<Which>,
    package: &Package,
) -> Result<Said, Failed> {
    if let Some(which) = which {
        let fulfillment = which.find(tablet).await?;
        let (package, form) = package.find(tablet, fulfillment).await?;
        let action = Action::Print { package, form };
        accepted(tablet.call(Act { fulfillment, action }).await?)?;
    }
    tablet.print_now().await?;
    Ok(Said::new(&tablet.call(GetPrinting {}).await?, words::printing))
}

impl Package {
    /// The package's id and the label it carries.
    async fn find(
        &self,
        tablet: &Tablet,
        fulfillment: FulfillmentId,
    ) -> Result<(PackageId, LabelForm), Failed> {
        let work = tablet.call(GetWork { fulfillment }).await?;
        let package = work.packages.iter().find(|package| package.number == self.package);
        let package = package.ok_or(Rejection::UnknownPackage)?.package;
        let usual = match work.card.method {
            Method::Pickup => LabelForm::Staging,
            Method::Ship => LabelForm::Logistic,
        };
        Ok((package, self.form.map_or(usual, LabelForm::from)))
    }
}

/// A label to be written.
pub struct Label {
    /// Of which package.
    pub package: Package,
    /// Where to; standard output without one.
    pub out: Option<PathBuf>,
    /// How.
    pub format: Option<Format>,
    /// Dots per inch.
    pub dpi: u16,
}

impl Label {
    /// Writes it.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn write(self, tablet: &Tablet, which: &Which) -> Result<Said, Failed> {
        let fulfillment = which.find(tablet).await?;
        let (package, form) = self.package.find(tablet, fulfillment).await?;
        let format = self.format.or(self.out.as_deref().and_then(ending)).unwrap_or(Format::Zpl);
        let draw = move |engine: &mut app_core::Engine, _| {
            engine.rendered_label(fulfillment, package, form, self.dpi)
        };
        let bytes = bytes(tablet.handle().ask(draw).await?, format);
        let Some(out) = self.out else { return Ok(Said::Bytes(bytes)) };
        std::fs::write(&out, &bytes)
            .map_err(|error| Failed::Broken(format!("cannot write {}: {error}", out.display())))?;
        Ok(Said::new(&bytes.len(), |length| format!("{length} bytes in {}", out.display())))
    }
}

fn ending(path: &Path) -> Option<Format> {
    clap::ValueEnum::from_str(path.extension()?.to_str()?, true).ok()
}

fn bytes(label: Rendered, format: Format) -> Vec<u8> {
    match format {
        Format::Zpl => label.zpl,
        Format::Pdf => label.pdf,
        Format::Png => label.png,
        Format::Svg => label.svg.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_file_chooses_the_format() {
        assert_eq!(ending(Path::new("out/label.PDF")), Some(Format::Pdf));
        assert_eq!(ending(Path::new("label.txt")), None);
        assert_eq!(ending(Path::new("label")), None);
    }
}
