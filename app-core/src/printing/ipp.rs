//! IPP: ask what the printer takes, then one Print-Job. ZPL where the printer says it takes it, PDF
//! otherwise. The answer to the question proves that the printer is there before anything is sent.

use std::{io::Cursor, time::Duration};

use ipp::prelude::*;

use super::{PrintError, Rendered};

const PATIENCE: Duration = Duration::from_secs(20);
const ZPL: &str = "application/vnd.zebra-zpl";
const PDF: &str = "application/pdf";

pub(super) async fn send(printer: &str, uri: &str, label: &Rendered) -> Result<(), PrintError> {
    let name = || printer.to_owned();
    let refused = |reason: String| PrintError::Refused { printer: name(), reason };
    let uri: Uri = uri.parse().map_err(|e| refused(format!("“{uri}” is no address: {e}")))?;
    let client = AsyncIppClient::builder(uri.clone()).request_timeout(PATIENCE).build();

    let takes_zpl = takes_zpl(&client, &uri)
        .await
        .map_err(|e| PrintError::Unreachable { printer: name(), reason: e.to_string() })?;
    let (format, bytes) = if takes_zpl { (ZPL, &label.zpl) } else { (PDF, &label.pdf) };
    let payload = IppPayload::new(Cursor::new(bytes.clone()));
    let job = IppOperationBuilder::print_job(uri, payload)
        .job_title("Stockhand label")
        .document_format(format)
        .build()
        .map_err(|e| refused(e.to_string()))?;
    let answer = client
        .send(job)
        .await
        .map_err(|e| PrintError::Unsure { printer: name(), reason: e.to_string() })?;
    let code = answer.header().status_code();
    if code.is_success() { Ok(()) } else { Err(refused(format!("{code:?}"))) }
}

async fn takes_zpl(client: &AsyncIppClient, uri: &Uri) -> Result<bool, IppError> {
    let question = IppOperationBuilder::get_printer_attributes(uri.clone())
        .attribute("document-format-supported")
        .build()?;
    let answer = client.send(question).await?;
    let groups = answer.attributes().groups_of(DelimiterTag::PrinterAttributes);
    let formats = groups.filter_map(|group| group.get("document-format-supported"));
    Ok(formats.into_iter().any(|formats| formats.value().to_string().contains(ZPL)))
}
