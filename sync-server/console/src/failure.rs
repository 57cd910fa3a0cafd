//! Why a page has nothing to show, and what to do about it.

use domain::{order::FieldError, problem::Problem};

/// A call that did not bring what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server could not be reached.
    Offline,
    /// Nobody is signed in any more.
    SignedOut,
    /// This person may not see or do it.
    Forbidden(Problem),
    /// There is no such thing.
    Missing(Problem),
    /// Refused for a reason that the server names.
    Refused(Problem),
    /// The server or the connection is broken; the text is for support.
    Broken(String),
}

impl Failure {
    /// Reads an answer that is not a success.
    #[must_use]
    pub fn of_answer(status: u16, problem: Option<Problem>) -> Self {
        let plain = || Problem::new(status, "unknown", "The server refused this.");
        match (status, problem) {
            (401, _) => Self::SignedOut,
            (403, problem) => Self::Forbidden(problem.unwrap_or_else(plain)),
            (404, problem) => Self::Missing(problem.unwrap_or_else(plain)),
            (502..=504, _) => Self::Offline,
            (500.., problem) => Self::Broken(problem.map_or_else(
                || format!("HTTP {status}"),
                |p| {
                    format!(
                        "{}{}",
                        p.title,
                        p.trace_id.map_or_else(String::new, |t| format!(" Trace {t}."))
                    )
                },
            )),
            (_, Some(problem)) => Self::Refused(problem),
            (_, None) => Self::Refused(plain()),
        }
    }

    /// What is wrong, in a few words.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Offline => "The server cannot be reached".to_owned(),
            Self::SignedOut => "You are signed out".to_owned(),
            Self::Forbidden(_) => "This is not yours to see".to_owned(),
            Self::Missing(_) => "There is nothing here".to_owned(),
            Self::Refused(problem) => problem.title.clone(),
            Self::Broken(_) => "Something broke on the server".to_owned(),
        }
    }

    /// What to do now.
    #[must_use]
    pub fn advice(&self) -> String {
        let told = |problem: &Problem, else_: &str| {
            let fields: Vec<_> =
                problem.errors.iter().map(|e| format!("{}: {}.", e.field, e.message)).collect();
            match (&problem.detail, fields.is_empty()) {
                (Some(detail), _) => detail.clone(),
                (None, false) => fields.join(" "),
                (None, true) => else_.to_owned(),
            }
        };
        match self {
            Self::Offline => "Check the network of this computer. The page tries again by itself every ten seconds.".to_owned(),
            Self::SignedOut => "Sign in again; the page stays where it is.".to_owned(),
            Self::Forbidden(problem) => told(problem, "Ask an administrator for the right to see it, or go back to your own store."),
            Self::Missing(problem) => told(problem, "Check the address, or search for it with Ctrl+K."),
            Self::Refused(problem) => told(problem, "Change what you entered and try again."),
            Self::Broken(said) => format!("Try again in a minute. If it stays, give support these words: {said}"),
        }
    }

    /// What is wrong with which field, where the server says so.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        self.problem().map_or(&[], |problem| &problem.errors)
    }

    /// The stable code of a refusal.
    #[must_use]
    pub fn code(&self) -> &str {
        self.problem().map_or("", |problem| &problem.code)
    }

    const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Forbidden(problem) | Self::Missing(problem) | Self::Refused(problem) => {
                Some(problem)
            }
            Self::Offline | Self::SignedOut | Self::Broken(_) => None,
        }
    }

    /// Whether trying the same again can help.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Offline | Self::Broken(_))
    }
}

/// What is wrong with a field, without the place in a body that the reader has never seen.
#[must_use]
pub fn plain(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(plain, _)| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_kind() {
        assert_eq!(Failure::of_answer(401, None), Failure::SignedOut);
        assert_eq!(Failure::of_answer(503, None), Failure::Offline);
        assert!(matches!(Failure::of_answer(403, None), Failure::Forbidden(_)));
        assert!(matches!(Failure::of_answer(404, None), Failure::Missing(_)));
        assert!(matches!(Failure::of_answer(409, None), Failure::Refused(_)));
        assert!(Failure::of_answer(500, None).may_pass());
    }

    #[test]
    fn the_server_s_own_advice_is_passed_on() {
        let problem = Problem::new(409, "stage", "It has left.").advise("Refund it by a return.");
        let failure = Failure::of_answer(409, Some(problem));
        assert_eq!(
            (failure.title(), failure.advice()),
            ("It has left.".into(), "Refund it by a return.".into())
        );
    }

    #[test]
    fn a_refusal_has_a_code_and_names_fields() {
        let mut problem = Problem::new(422, "invalid_rules", "No.");
        problem.errors = vec![FieldError { field: "rules[0]".into(), message: "wrong".into() }];
        let failure = Failure::of_answer(422, Some(problem));
        assert_eq!((failure.code(), failure.fields().len()), ("invalid_rules", 1));
        assert_eq!((Failure::Offline.code(), Failure::Offline.fields().len()), ("", 0));
    }

    #[test]
    fn a_place_in_the_body_is_left_out() {
        assert_eq!(plain("expected a list at line 1 column 19"), "expected a list");
        assert_eq!(plain("at most 100 percent"), "at most 100 percent");
    }

    #[test]
    fn every_failure_says_what_to_do() {
        for status in [400, 401, 403, 404, 409, 422, 500, 503] {
            assert!(!Failure::of_answer(status, None).advice().is_empty(), "{status}");
        }
    }
}
