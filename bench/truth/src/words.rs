//! Texts cut into words, and rules of word stems: what the tables in `data/` are matched with.
//!
//! Matching never looks at whole sentences or their order: a rule holds when each of its stems begins some word. A stem of up to three
//! letters must be the whole word, for "ex" is no "execution".

/// The words of a text: small letters and digits, a plural's last `s` taken off.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| singular(&word.to_lowercase()))
        .collect()
}

fn singular(word: &str) -> String {
    match word.strip_suffix('s') {
        Some(stem) if word.len() > 3 && !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// Whether every stem of a rule (`kill+soldier`) begins one of the words.
#[must_use]
pub fn holds(stems: &str, words: &[String]) -> bool {
    stems.split('+').all(|stem| words.iter().any(|word| begins(stem, word)))
}

/// Whether a stem begins a word.
#[must_use]
pub fn begins(stem: &str, word: &str) -> bool {
    if stem.chars().count() <= 3 { word == stem } else { word.starts_with(stem) }
}

/// Where `part` begins in `whole`, the leftmost.
#[must_use]
pub fn find(whole: &[String], part: &[String]) -> Option<usize> {
    if part.is_empty() || part.len() > whole.len() {
        return None;
    }
    whole.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_punctuation_do_not_matter() {
        assert_eq!(words("SPLM/A-IO soldiers (RM)"), ["splm", "a", "io", "soldier", "rm"]);
    }

    #[test]
    fn a_short_stem_is_a_whole_word() {
        assert!(holds("ex", &words("ex soldiers")));
        assert!(!holds("ex", &words("execution of a soldier")));
        assert!(holds("execution+soldier", &words("execution of soldiers")));
    }
}
