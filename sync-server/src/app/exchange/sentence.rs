//! A command as one line of an order's history. Personal data that a command carries (who collected,
//! a reason in words) stays out of it.

use domain::{claim::ClaimKind, command::Command, handoff::Verification, measure::in_units};

/// What the command says was done.
pub(super) fn of(command: &Command) -> String {
    match command {
        Command::Claim { kind: ClaimKind::Free } => "Started the work.".into(),
        Command::Claim { kind: ClaimKind::Override } => {
            "Took the work over from another tablet.".into()
        }
        Command::Release {} => "Gave the work back.".into(),
        Command::LinePicked { line, sku, quantity, .. } => {
            format!("Picked {} of {sku} (line {line}).", quantity.units())
        }
        Command::LineUnpicked { line, quantity } => {
            format!("Took back the pick of {} (line {line}).", quantity.units())
        }
        Command::LineShorted { line, quantity, reason } => {
            let units = quantity.units();
            format!("Could not pick {units} (line {line}): {}.", reason.sentence().to_lowercase())
        }
        Command::PackagePacked { contents, .. } => {
            let units = contents.iter().fold(0_u32, |sum, c| sum.saturating_add(c.units));
            format!("Closed a package with {}.", in_units(units))
        }
        Command::PackageReopened { .. } => "Opened a package again.".into(),
        Command::LabelPrinted { .. } => "Printed a label.".into(),
        Command::PackageStaged { slot, .. } => format!("Put a package into slot {slot}."),
        Command::HandedOver { proof } => match proof.verification {
            Verification::SignedCode => "Handed over against the scanned code.".into(),
            Verification::ShortCode => "Handed over against the spoken code.".into(),
            Verification::Override { .. } => "Handed over without a code.".into(),
        },
        Command::PackageScannedOut { carrier, .. } => {
            format!("Gave a package to {}.", carrier.chars().take(40).collect::<String>())
        }
        Command::UnitRestocked { line, quantity } => {
            format!("Put {} back on the shelf (line {line}).", quantity.units())
        }
        Command::ExceptionSettled { .. } => "Settled an exception.".into(),
    }
}
