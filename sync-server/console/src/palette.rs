//! Which commands of the palette a typed text means, the best first.

/// How well the text means these words; lower is better, `None` is not at all. Every word of the text
/// must begin a word, or at least be inside one.
#[must_use]
pub fn rank(text: &str, words: &str) -> Option<u32> {
    let (text, words) = (text.trim().to_lowercase(), words.to_lowercase());
    let mut rank = 0;
    for part in text.split_whitespace() {
        let begins = words.split_whitespace().position(|word| word.starts_with(part));
        rank += match begins {
            Some(place) => u32::try_from(place).unwrap_or(u32::MAX - 100).min(50),
            None if words.contains(part) => 100,
            None => return None,
        };
    }
    Some(rank)
}

/// The commands that the text means, the best first, else in their own order.
#[must_use]
pub fn matching<T: Clone>(text: &str, commands: &[T], words: impl Fn(&T) -> String) -> Vec<T> {
    let mut found: Vec<_> =
        commands.iter().filter_map(|c| rank(text, &words(c)).map(|rank| (rank, c))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, command)| command.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_word_counts_most() {
        let commands = ["Go to Exceptions", "Go to At risk", "Add a tablet", "Switch to dark"];
        let find = |text| matching(text, &commands, |c| (*c).to_owned());
        assert_eq!(find("ta"), ["Add a tablet"]);
        assert_eq!(find("a"), ["Add a tablet", "Go to At risk", "Switch to dark"]);
        assert_eq!(find("go risk"), ["Go to At risk"]);
        assert_eq!(find("zebra"), Vec::<&str>::new());
        assert_eq!(find("").len(), 4);
    }
}
