//! The three answers to a scan as notes, told apart without looking.
//!
//! Makes no sound: the page plays them.

use domain::bridge::Feedback;

/// One note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Pitch at its beginning, in hertz.
    pub from_hz: u16,
    /// Pitch at its end, in hertz.
    pub to_hz: u16,
    /// When it begins.
    pub at_ms: u16,
    /// How long it sounds.
    pub length_ms: u16,
}

/// How an answer sounds, looks and feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// One short high tone, green edge.
    Accepted,
    /// Two low tones, red edge.
    Refused,
    /// A rising tone, amber edge.
    Attention,
}

impl Tone {
    /// The tone of an answer.
    #[must_use]
    pub const fn of(feedback: &Feedback) -> Self {
        match feedback {
            Feedback::Accepted { .. } => Self::Accepted,
            Feedback::Refused { .. } => Self::Refused,
            Feedback::Attention { .. } => Self::Attention,
        }
    }

    /// The value of the `data-tone` attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Attention => "attention",
        }
    }

    /// The notes.
    #[must_use]
    pub const fn notes(self) -> &'static [Note] {
        const ACCEPTED: &[Note] = &[note(1_760, 1_760, 0, 90)];
        const REFUSED: &[Note] = &[note(220, 220, 0, 150), note(165, 165, 200, 220)];
        const ATTENTION: &[Note] = &[note(520, 1_040, 0, 320)];
        match self {
            Self::Accepted => ACCEPTED,
            Self::Refused => REFUSED,
            Self::Attention => ATTENTION,
        }
    }

    /// The vibration, in milliseconds on, off, on.
    #[must_use]
    pub const fn vibration(self) -> &'static [u16] {
        match self {
            Self::Accepted => &[30],
            Self::Refused => &[120, 60, 120],
            Self::Attention => &[60, 40, 60],
        }
    }
}

const fn note(from_hz: u16, to_hz: u16, at_ms: u16, length_ms: u16) -> Note {
    Note { from_hz, to_hz, at_ms, length_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_differ_in_pitch_number_and_direction() {
        let (yes, no, look) =
            (Tone::Accepted.notes(), Tone::Refused.notes(), Tone::Attention.notes());
        assert_eq!((yes.len(), no.len(), look.len()), (1, 2, 1));
        assert!(no.iter().all(|n| n.from_hz * 4 < yes[0].from_hz), "two octaves apart");
        assert!(no[1].at_ms > no[0].at_ms + no[0].length_ms, "two tones, not one");
        assert!(look[0].to_hz > look[0].from_hz, "rising");
    }
}
