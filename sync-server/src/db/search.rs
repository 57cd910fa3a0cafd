//! What people type into a search box, as patterns; and small numbers out of counts.

/// The pattern of texts that contain what was typed, small letters against small letters.
/// Behind `like … escape '\'`.
#[must_use]
pub fn pattern(typed: &str) -> String {
    let mut pattern = String::from("%");
    for c in typed.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A count as the API shows it; more than four thousand million are as many.
#[must_use]
pub(super) fn small(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_no_pattern() {
        assert_eq!(pattern(" 100%_A\\ "), "%100\\%\\_a\\\\%");
        assert_eq!(pattern(""), "%%");
    }
}
