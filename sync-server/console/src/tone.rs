//! Which of the five tones a value has. A tone never stands alone: a word or a shape is beside it.

use domain::{
    api::{AtpBand, DeviceState},
    fulfillment::Stage,
    order::OrderStage,
};

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to say.
    Quiet,
    /// Under way.
    Info,
    /// Done.
    Good,
    /// Needs a look.
    Warn,
    /// Late, refused, broken.
    Bad,
}

impl Tone {
    /// The value of the attribute `data-tone`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// The tone of an order's stage.
    #[must_use]
    pub const fn of_order(stage: OrderStage) -> Self {
        match stage {
            OrderStage::Unsourced => Self::Warn,
            OrderStage::Sourced | OrderStage::InFulfillment => Self::Info,
            OrderStage::Ready | OrderStage::Completed => Self::Good,
            OrderStage::Cancelled => Self::Quiet,
        }
    }

    /// The tone of a fulfillment's stage.
    #[must_use]
    pub const fn of_stage(stage: Stage) -> Self {
        match stage {
            Stage::Accepted
            | Stage::InPick
            | Stage::Picked
            | Stage::Packed
            | Stage::Labelled
            | Stage::AwaitingCarrier => Self::Info,
            Stage::Ready | Stage::HandedOver | Stage::HandedToCarrier => Self::Good,
            Stage::Restocking | Stage::Rejected => Self::Warn,
            Stage::Cancelled => Self::Quiet,
        }
    }

    /// The tone of the time left until a promise.
    #[must_use]
    pub const fn of_left(left_ms: i64) -> Self {
        if left_ms < 0 {
            Self::Bad
        } else if left_ms < 3_600_000 {
            Self::Warn
        } else {
            Self::Quiet
        }
    }

    /// The tone of how much there is.
    #[must_use]
    pub const fn of_band(band: AtpBand) -> Self {
        match band {
            AtpBand::InStock => Self::Good,
            AtpBand::Low => Self::Warn,
            AtpBand::Out => Self::Bad,
        }
    }

    /// The tone of a tablet's state.
    #[must_use]
    pub const fn of_device(state: DeviceState) -> Self {
        match state {
            DeviceState::Active => Self::Good,
            DeviceState::Quarantined => Self::Bad,
            DeviceState::Revoked => Self::Quiet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_grows_louder_as_it_comes_near() {
        assert_eq!(Tone::of_left(3_600_000), Tone::Quiet);
        assert_eq!(Tone::of_left(3_599_999), Tone::Warn);
        assert_eq!(Tone::of_left(-1), Tone::Bad);
    }
}
