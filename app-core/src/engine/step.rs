//! The one thing to do now, derived from where the goods are.

use domain::{
    bridge::Step,
    fulfillment::{Fulfillment, Method, Stage},
    ids::DeviceId,
    package::Package,
};

/// What to do now on this tablet. `label_first`: a printer is set up, so a pickup's package gets its
/// label before it goes into a slot; `labelled` says whether a package's label is under way.
pub(super) fn step(
    f: &Fulfillment,
    device: DeviceId,
    label_first: bool,
    labelled: impl Fn(&Package) -> bool,
) -> Step {
    match f.stage() {
        Stage::Restocking => Step::Restock,
        stage if stage.is_final() => {
            if f.units_to_restock() > 0 {
                Step::Restock
            } else {
                Step::Finished
            }
        }
        Stage::Accepted | Stage::InPick => match f.claim() {
            Some(claim) if claim.device == device => Step::Pick,
            _ => Step::Claim,
        },
        Stage::Picked => Step::Pack,
        Stage::Packed if f.method() == Method::Ship => Step::Label,
        Stage::Packed => {
            let waits = |p: &Package| !p.is_gone() && p.slot().is_none() && !labelled(p);
            if label_first && f.packages().iter().any(waits) { Step::Label } else { Step::Stage }
        }
        Stage::Labelled => Step::Stage,
        Stage::Ready => Step::HandOver,
        Stage::AwaitingCarrier => Step::CarrierScan,
        _ => Step::Finished,
    }
}
