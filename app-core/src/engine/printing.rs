//! The print queue. A label is sent once; when nobody can know whether it came out, a person looks.
//! Bytes are sent elsewhere: this gives out the next label and takes the answer.

use domain::{
    bridge::{Feedback, LabelForm, PrintChoice, PrintState, Printer, Printing},
    clock::TimeMs,
    command::{Actor, Command},
    ids::{FulfillmentId, PackageId},
    rejection::Rejection,
};

use super::{Engine, act::accepted};
use crate::{
    Failure,
    error::Answer,
    printing::{LabelJob, PrintError, Rendered},
    store::{NewPrint, QueuedPrint},
};

/// First wait after a printer did not answer; doubles with every try.
const RETRY_MS: i64 = 2_000;
/// Longest such wait.
const RETRY_MAX_MS: i64 = 60_000;

/// A label to be sent now. Whoever took it must answer with [`Engine::print_result`].
#[derive(Debug, Clone)]
pub struct PrintTask {
    /// Its number in the queue.
    pub entry: u64,
    /// Where to.
    pub printer: Printer,
    /// What.
    pub label: Rendered,
}

/// What became of it.
pub type PrintResult = Result<(), PrintError>;

impl Engine {
    /// Printers and what waits for them.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn printing(&self) -> Answer<Printing> {
        let entries = self.outbox.prints()?.into_iter().map(|print| print.shown).collect();
        Ok(Printing { printers: self.outbox.printers()?, entries })
    }

    /// Adds a printer, or changes the one of this name; it becomes the one that prints.
    ///
    /// # Errors
    /// [`Rejection::OverLimit`] for a name or resolution that cannot be.
    pub fn set_printer(&mut self, printer: &Printer) -> Answer<Printing> {
        let long = printer.name.chars().count() > domain::limits::TEXT_MAX;
        if printer.name.trim().is_empty() || long {
            let (what, max) = ("the printer's name".into(), domain::limits::TEXT_MAX as u64);
            return Err(Rejection::OverLimit { what, max }.into());
        }
        if !matches!(printer.dpi, 203 | 300) {
            return Err(Rejection::OverLimit { what: "the resolution".into(), max: 300 }.into());
        }
        self.outbox.set_printer(printer)?;
        self.printing()
    }

    pub(super) fn print(
        &mut self,
        id: FulfillmentId,
        package: PackageId,
        form: LabelForm,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let printer = self.outbox.printers()?.into_iter().next().ok_or(Rejection::NoPrinter)?;
        let label = self.label(id, package, form, printer.dpi)?;
        self.draw(&label)?;
        let what = match form {
            LabelForm::Logistic => "Shipping label",
            LabelForm::Staging => "Staging label",
        };
        let print = NewPrint {
            what: format!("{what} {} {}/{}", label.short_code, label.number, label.packages),
            fulfillment: id,
            package,
            actor: serde_json::to_string(&self.actor()?).expect("an actor is plain data"),
            label: serde_json::to_string(&label).expect("a label is plain data"),
            printer: printer.name.clone(),
        };
        self.outbox.enqueue_print(&print, now)?;
        self.changed.insert(id);
        Ok(accepted(format!("Printing on {}.", printer.name)))
    }

    /// When the next label is to be sent; `None` when none waits.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn print_due(&self) -> Answer<Option<TimeMs>> {
        Ok(self.outbox.next_print()?.map(|(_, at)| at))
    }

    /// The next label to send, marked as being sent. `None` when none is due.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn take_print(&mut self, now: TimeMs) -> Answer<Option<PrintTask>> {
        let Some((entry, at)) = self.outbox.next_print()? else { return Ok(None) };
        if at > now {
            return Ok(None);
        }
        let Some(print) = self.outbox.print(entry)? else { return Ok(None) };
        let Some(printer) = self.printer_for(&print)? else {
            let state = PrintState::Unsure;
            self.outbox.settle_print(entry, state, Some("This printer is gone."), now)?;
            return Ok(None);
        };
        let drawn = serde_json::from_str::<LabelJob>(&print.label)
            .map_err(|e| Rejection::Server { message: e.to_string() }.into())
            .and_then(|label| self.draw(&LabelJob { dpi: printer.dpi, ..label }));
        match drawn {
            Ok(label) => {
                self.outbox.sending_print(entry)?;
                Ok(Some(PrintTask { entry, printer, label }))
            }
            Err(Failure::Refused(reason)) => {
                let reason = reason.to_string();
                self.outbox.settle_print(entry, PrintState::Unsure, Some(&reason), now)?;
                Ok(None)
            }
            Err(broken) => Err(broken),
        }
    }

    /// The printer that was asked, or the first one where that was removed.
    fn printer_for(&self, print: &QueuedPrint) -> Answer<Option<Printer>> {
        let printers = self.outbox.printers()?;
        let named = printers.iter().find(|printer| printer.name == print.printer);
        Ok(named.or(printers.first()).cloned())
    }

    /// What became of a label. A printed one is a fact about its package.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn print_result(&mut self, entry: u64, result: &PrintResult, now: TimeMs) -> Answer<()> {
        let Some(print) = self.outbox.print(entry)? else { return Ok(()) };
        self.changed.insert(print.shown.fulfillment);
        match result {
            Ok(()) => self.came_out(&print, now),
            Err(error @ PrintError::Unreachable { .. }) => {
                let tries = print.shown.tries.clamp(1, 6);
                let wait = (RETRY_MS << (tries - 1)).min(RETRY_MAX_MS);
                let (state, at) = (PrintState::Waiting, now.plus_ms(wait));
                Ok(self.outbox.settle_print(entry, state, Some(&error.to_string()), at)?)
            }
            Err(error) => {
                let state = PrintState::Unsure;
                Ok(self.outbox.settle_print(entry, state, Some(&error.to_string()), now)?)
            }
        }
    }

    /// Closed first: a crash in between leaves a label uncounted, never one printed twice.
    fn came_out(&mut self, print: &QueuedPrint, now: TimeMs) -> Answer<()> {
        self.outbox.settle_print(print.shown.entry, PrintState::Printed, None, now)?;
        let Ok(actor) = serde_json::from_str::<Actor>(&print.actor) else { return Ok(()) };
        let (package, printer) = (print.shown.package, print.printer.clone());
        let command = Command::LabelPrinted { package, printer };
        match self.record_as(print.shown.fulfillment, &[command], None, &actor, now) {
            // The package was opened again meanwhile: the label is void and nobody counts it.
            Err(Failure::Refused(_)) => Ok(()),
            other => other,
        }
    }

    /// What a person says about a label that is not surely on paper.
    ///
    /// # Errors
    /// [`Rejection::NotSignedIn`].
    pub fn settle_print(
        &mut self,
        entry: u64,
        choice: PrintChoice,
        now: TimeMs,
    ) -> Answer<Printing> {
        self.require_session()?;
        if let Some(print) = self.outbox.print(entry)? {
            self.changed.insert(print.shown.fulfillment);
            match choice {
                PrintChoice::CameOut if print.shown.state != PrintState::Printed => {
                    self.came_out(&print, now)?;
                }
                PrintChoice::CameOut => {}
                PrintChoice::Again => {
                    self.outbox.settle_print(entry, PrintState::Waiting, None, now)?;
                }
                PrintChoice::GiveUp => {
                    self.outbox.settle_print(entry, PrintState::GivenUp, None, now)?;
                }
            }
        }
        self.printing()
    }
}
