//! What a person does next with a pickup, from claiming it to handing it over: so that a test can
//! interrupt the journey after any step and go on.

use std::collections::BTreeMap;

use domain::{
    bridge::{Action, Step, Work},
    handoff::Signature,
};

/// The next thing to do; `None` when it is finished. `barcodes` by SKU, `code` the customer's.
pub fn next(work: &Work, barcodes: &BTreeMap<String, String>, code: &str) -> Option<Action> {
    match work.step {
        Step::Claim => Some(Action::Claim { take_over: false }),
        Step::Pick => {
            let line = work.lines.iter().find(|line| line.left > 0).expect("a unit to pick");
            Some(Action::Scan { text: barcodes[&line.sku].clone(), typed: false })
        }
        Step::Pack => Some(Action::Pack { contents: Vec::new(), weight_g: None }),
        Step::Stage => {
            let package = work.packages.first().expect("a package to stage").package;
            let slot = work.slot_proposal.clone().expect("a slot is proposed");
            Some(Action::Stage { package, slot })
        }
        Step::HandOver if !work.code_verified => Some(Action::VerifyCode { code: code.to_owned() }),
        Step::HandOver => Some(Action::HandOver { collector: None, signature: Some(signature()) }),
        Step::Finished => None,
        step @ (Step::Label | Step::CarrierScan | Step::Restock) => {
            panic!("{step:?} is no step of a pickup that goes well")
        }
    }
}

/// Whether a step leaves nothing behind but this session's knowledge.
pub const fn is_forgotten(action: &Action) -> bool {
    matches!(action, Action::VerifyCode { .. })
}

fn signature() -> Signature {
    Signature { strokes: vec![vec![[100, 500], [400, 300], [900, 520]]] }
}
