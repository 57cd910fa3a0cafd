//! The journey of a fulfillment as the steps of a line, for the order's page.
//!
//! Decides nothing: the stage comes from the server.

use domain::fulfillment::{Method, Stage};

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Behind.
    Done,
    /// Here.
    Now,
    /// Ahead.
    Ahead,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Which stage.
    pub stage: Stage,
    /// How far.
    pub reach: Reach,
}

const PICKUP: [Stage; 6] =
    [Stage::Accepted, Stage::InPick, Stage::Picked, Stage::Packed, Stage::Ready, Stage::HandedOver];
const SHIP: [Stage; 7] = [
    Stage::Accepted,
    Stage::InPick,
    Stage::Picked,
    Stage::Packed,
    Stage::Labelled,
    Stage::AwaitingCarrier,
    Stage::HandedToCarrier,
];

/// The steps of the journey. A stage that left the usual way (put back, cancelled, not found) stands
/// alone: nothing is known to lie behind it, and nothing lies ahead.
#[must_use]
pub fn steps(method: Method, stage: Stage) -> Vec<Step> {
    let way: &[Stage] = match method {
        Method::Pickup => &PICKUP,
        Method::Ship => &SHIP,
    };
    let Some(here) = way.iter().position(|step| *step == stage) else {
        return vec![Step { stage, reach: Reach::Now }];
    };
    let reach = |index: usize| match index.cmp(&here) {
        std::cmp::Ordering::Less => Reach::Done,
        std::cmp::Ordering::Equal if stage.is_final() => Reach::Done,
        std::cmp::Ordering::Equal => Reach::Now,
        std::cmp::Ordering::Greater => Reach::Ahead,
    };
    way.iter()
        .enumerate()
        .map(|(index, stage)| Step { stage: *stage, reach: reach(index) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_its_place_in_one_of_the_journeys() {
        for method in [Method::Pickup, Method::Ship] {
            for stage in Stage::ALL {
                assert!(steps(method, stage).iter().any(|step| step.stage == stage), "{stage:?}");
            }
        }
    }

    #[test]
    fn steps_lie_behind_here_and_ahead() {
        let reaches: Vec<_> =
            steps(Method::Pickup, Stage::InPick).iter().map(|step| step.reach).collect();
        assert_eq!(reaches[..3], [Reach::Done, Reach::Now, Reach::Ahead]);
    }

    #[test]
    fn a_finished_journey_has_nothing_under_way() {
        let steps = steps(Method::Ship, Stage::HandedToCarrier);
        assert!(steps.iter().all(|step| step.reach == Reach::Done));
    }

    #[test]
    fn a_stage_off_the_way_stands_alone() {
        assert_eq!(steps(Method::Ship, Stage::Restocking).len(), 1);
    }
}
