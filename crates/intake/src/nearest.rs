//! The nearest word of a list, for "did you mean".

/// The candidate that differs least from `word`, if it differs little enough to be a slip; ties go to the first.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Long values are no misspelt words, and the distance is quadratic.
    if word.len() > 64 {
        return None;
    }
    let folded = word.to_lowercase();
    let allowed = (folded.chars().count() / 3).clamp(1, 4);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let distance = distance(&folded, &candidate.to_lowercase());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The words "did you mean …?" or nothing.
#[must_use]
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!(" (did you mean \"{near}\"?)"))
}

/// The words that would be right: all of them while a reader can take them in, else how many and some.
#[must_use]
pub fn among(words: &[&str]) -> String {
    if words.len() <= 24 {
        return words.join(", ");
    }
    let some: Vec<&str> = words.iter().take(8).copied().collect();
    format!("{} words, such as {}", words.len(), some.join(", "))
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, diagonal), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or(0);
            next.push((diagonal + usize::from(x != *y)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let words = ["airstrike", "shelling", "rocket-fire"];
        assert_eq!(nearest("airstirke", words), Some("airstrike"));
        assert_eq!(nearest("Rocket fire", words), Some("rocket-fire"));
        assert_eq!(nearest("flood", words), None);
    }
}
