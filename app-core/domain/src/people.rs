//! Who works on a device and what they may do there. Passwords and PINs are checked at the edges;
//! here are only roles and the policy table.

use serde::{Deserialize, Serialize};

use crate::{clock::TimeMs, ids::AssociateId};

/// A role in a store, each including the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Picks, packs, stages and hands over.
    Associate,
    /// Also takes over another's work and overrides a missing pickup code.
    Lead,
    /// Also runs the store.
    Manager,
}

impl Role {
    /// The word that databases and the wire use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Associate => "associate",
            Self::Lead => "lead",
            Self::Manager => "manager",
        }
    }

    /// Whether this role may take over work that another device has claimed.
    #[must_use]
    pub fn may_take_over(self) -> bool {
        self >= Self::Lead
    }

    /// Whether this role may hand goods over without a verified code.
    #[must_use]
    pub fn may_override_code(self) -> bool {
        self >= Self::Lead
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Associate, Self::Lead, Self::Manager]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                format!("“{}” is not a role (associate, lead, manager)", text.escape_debug())
            })
    }
}

/// One row of a location's roster, as tablets hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Associate {
    /// Personal number.
    pub id: AssociateId,
    /// Name as colleagues read it.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Argon2id verifier of the PIN in PHC form; never the PIN.
    pub pin_verifier: String,
    /// First instant at which the person may work.
    pub valid_from: TimeMs,
    /// First instant at which the person may not work any more.
    pub valid_to: Option<TimeMs>,
}

impl Associate {
    /// Whether the person may work at `at`.
    #[must_use]
    pub fn is_active(&self, at: TimeMs) -> bool {
        at >= self.valid_from && self.valid_to.is_none_or(|end| at < end)
    }
}

/// Why a PIN cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPin {
    /// Not six to twelve digits.
    #[error("a PIN has 6 to 12 digits")]
    Form,
    /// A run, a repetition or another PIN that everyone tries first.
    #[error("this PIN is too easy to guess")]
    Common,
}

/// Checks a new PIN: 6 to 12 digits, no run (123456, 987654), no pattern repeated (111111, 121212, 123123).
///
/// # Errors
/// [`WeakPin`] with the reason.
pub fn check_new_pin(pin: &str) -> Result<(), WeakPin> {
    if !(6..=12).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(WeakPin::Form);
    }
    let digits: Vec<i16> = pin.bytes().map(|b| i16::from(b - b'0')).collect();
    let steps: Vec<i16> = digits.windows(2).map(|w| (w[1] - w[0]).rem_euclid(10)).collect();
    let run = steps.iter().all(|&s| s == steps[0]) && matches!(steps[0], 0 | 1 | 9);
    let repeats = (1..=3).any(|n| digits.iter().zip(&digits[n..]).all(|(a, b)| a == b));
    if run || repeats { Err(WeakPin::Common) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_pins_are_refused() {
        for easy in ["111111", "123456", "987654", "121212", "123123", "890123"] {
            assert_eq!(check_new_pin(easy), Err(WeakPin::Common), "{easy}");
        }
        for malformed in ["", "12345", "1234567890123", "12a456"] {
            assert_eq!(check_new_pin(malformed), Err(WeakPin::Form), "{malformed}");
        }
        assert_eq!(check_new_pin("481526"), Ok(()));
    }

    #[test]
    fn a_role_includes_the_ones_before_it() {
        assert!(!Role::Associate.may_take_over() && Role::Lead.may_take_over());
        assert!(Role::Manager.may_override_code());
        assert_eq!("lead".parse::<Role>(), Ok(Role::Lead));
    }
}
