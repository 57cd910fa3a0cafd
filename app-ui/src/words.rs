//! Words put together for a line of text. Chooses none of them.

/// What there is of the parts, with a dot between: an item of no size has no dot before its department.
#[must_use]
pub fn dotted(parts: &[&str]) -> String {
    let there: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    there.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_leaves_no_dot() {
        assert_eq!(dotted(&["6 oz", "Grocery"]), "6 oz · Grocery");
        assert_eq!(dotted(&["", "Produce"]), "Produce");
        assert_eq!(dotted(&["Bananas", ""]), "Bananas");
    }
}
