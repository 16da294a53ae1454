//! Which standbys a server waits for, read from its setting `synchronous_standby_names`.
//!
//! Never takes less than it was asked for: a list that could be met by one and the same standby, or by any stranger (`*`), is no quorum.

/// Why the setting does not give what the folder demands; `None` when it does. `wanted` standbys must have a commit on disk, each of
/// them one of at least one more, so that the loss of one stops nothing.
pub(super) fn shortfall(setting: &str, wanted: u16) -> Option<String> {
    if wanted == 0 {
        return None;
    }
    let more = wanted.saturating_add(1);
    let example: Vec<String> = (1..=more).map(|n| format!("s{n}")).collect();
    let right = format!("set it to ANY {wanted} ({}), with the names of your standbys", example.join(", "));
    let found = format!(
        "synchronous_standby_names is `{setting}`, and commits must wait for {wanted} of at least {more} standbys"
    );
    let Some((waits, names)) = parse(setting) else { return Some(format!("{found}; {right}")) };
    if names.iter().any(|name| name == "*") {
        return Some(format!("{found}, each known by name: `*` is met by anybody who connects; {right}"));
    }
    (waits < wanted || names.len() < usize::from(more)).then(|| format!("{found}; {right}"))
}

/// `ANY 1 (a, "b c")`: how many it waits for, and the names, each once. The other forms of the setting wait for the first of a list, and
/// are not read.
fn parse(setting: &str) -> Option<(u16, Vec<String>)> {
    let rest = setting.trim();
    let (word, rest) = rest.split_at_checked(3)?;
    if !word.eq_ignore_ascii_case("any") {
        return None;
    }
    let (count, rest) = rest.split_once('(')?;
    let (list, after) = rest.rsplit_once(')')?;
    if !after.trim().is_empty() {
        return None;
    }
    let mut names: Vec<String> = list.split(',').map(name).collect::<Option<_>>()?;
    names.sort();
    names.dedup();
    Some((count.trim().parse().ok()?, names))
}

/// A name as the server compares it: without regard to case, quoted or not. A quoted comma is not read, and so refused.
fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = match text.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => text,
    };
    (!inner.is_empty() && !inner.contains('"')).then(|| inner.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_quorum_of_named_standbys_is_one() {
        for right in
            ["ANY 1 (s1, s2)", "any 1(s1,s2,s3)", " ANY 2 ( \"s 1\" , s2, s3 ) ", "ANY 1 (s1, \"S2\")"]
        {
            assert_eq!(shortfall(right, 1), None, "{right}");
        }
        for wrong in [
            "",
            "s1",
            "s1, s2",
            "FIRST 1 (s1, s2)",
            "1 (s1, s2)",
            "ANY 1 (*)",
            "ANY 1 (s1)",
            "ANY 0 (s1, s2)",
            "ANY 1 (s1, S1)",
            "ANY 1 (s1, \"s1\")",
            "ANY 1 (s1, s2) x",
            "ANY one (s1, s2)",
            "ANY 1 (s1, *)",
            "ANY 1 (s1,)",
        ] {
            assert!(shortfall(wrong, 1).is_some(), "{wrong}");
        }
        assert!(shortfall("ANY 1 (s1, s2, s3)", 2).is_some());
        assert!(shortfall("ANY 2 (s1, s2)", 2).is_some(), "one lost would stop everything");
        assert_eq!(shortfall("ANY 2 (s1, s2, s3)", 2), None);
        assert_eq!(shortfall("", 0), None);
        let words = shortfall("", 1).unwrap();
        assert!(words.contains("ANY 1 (s1, s2)"), "{words}");
    }
}
