//! Articles as reports cite them, and which clauses they mean.
//!
//! A citation is an agreement's name and a path of numbers and letters: `ACOH 3(2)(g)` is `3 / 2 / g`. A digit that was lost, `?`, fits any;
//! so does `0`, for nothing in these agreements is numbered nought, and an `x` in a clause's id. A citation means a clause when its path is
//! the clause's, or begins it: citing an article cites its paragraphs. Lost digits at the end fit whatever follows.

/// An agreement's family and a path in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// `acoh`, `r-arcss`, `pctsa` or `coha`.
    pub family: String,
    /// Numbers and letters; `?` for what cannot be read.
    pub path: Vec<String>,
}

const FAMILIES: [(&str, &str); 8] = [
    ("r-arcss", "r-arcss"),
    ("rarcss", "r-arcss"),
    ("arcss", "pctsa"),
    ("pctsa", "pctsa"),
    ("coha(2014)", "coha"),
    ("coha", "coha"),
    ("coh", "coha"),
    ("acoh", "acoh"),
];

fn steps(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '?'));
    let read = parts.filter(|part| !part.is_empty()).map(|part| match part {
        "0" | "x" => "?".to_owned(),
        part => part.to_ascii_lowercase(),
    });
    read.collect()
}

/// Reads a citation; `None` when it names none of the agreements.
#[must_use]
pub fn citation(text: &str) -> Option<Citation> {
    let lower = text.trim().to_ascii_lowercase();
    let (name, family) = FAMILIES.iter().find(|(name, _)| lower.starts_with(name))?;
    let mut path = steps(lower.get(name.len()..).unwrap_or_default());
    // The list that closes Article Five has no number: some count it as the article's fifth paragraph, most as Article 6.
    if *family == "acoh" && path.len() == 3 && path.starts_with(&["5".to_owned(), "5".to_owned()]) {
        path.splice(0..2, ["6".to_owned()]);
    }
    while path.last().is_some_and(|step| step == "?") {
        path.pop();
    }
    Some(Citation { family: (*family).to_owned(), path })
}

/// The family and path of a clause, from its id: `r-arcss-2-1-10-7-4`, `acoh-3-2-g`, `pctsa-1-x-5`.
#[must_use]
pub fn of_clause(id: &str) -> Option<Citation> {
    let family = ["r-arcss", "acoh", "pctsa", "coha"].into_iter().find(|family| id.starts_with(family))?;
    // A word after the path (`-release`) tells halves of one paragraph apart.
    let path = steps(id.get(family.len()..).unwrap_or_default());
    let path = path.into_iter().take_while(|step| step.len() == 1 || step.parse::<u32>().is_ok()).collect();
    Some(Citation { family: family.to_owned(), path })
}

impl Citation {
    /// Whether this citation means that clause.
    #[must_use]
    pub fn means(&self, clause: &Citation) -> bool {
        self.family == clause.family
            && self.path.len() <= clause.path.len()
            && self.path.iter().zip(&clause.path).all(|(a, b)| a == b || a == "?" || b == "?")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn citations_mean_the_clauses_that_they_should() {
        let cases = [
            ("ACOH 3(2)(g)", "acoh-3-2-g", true),
            ("ACOH 3(2)(g)", "acoh-3-2-a", false),
            ("ACOH ?(c)", "acoh-6-c", true),
            ("ACOH ?(c)", "acoh-3-2-c", false),
            ("ACOH ?", "acoh-6-c", true),
            ("ACOH 11", "acoh-11-9", true),
            ("ACOH 11", "acoh-1-1", false),
            ("R-ARCSS 2.1.10.?", "r-arcss-2-1-10-7-4", true),
            ("R-ARCSS 2.1.10.?.4", "r-arcss-2-1-10-7-4", true),
            ("R-ARCSS 2.1.10.?.4", "r-arcss-2-1-10-4", false),
            ("R-ARCSS 2.1.10.4", "r-arcss-2-1-10-7-4", false),
            ("PCTSA 1.0.5", "pctsa-1-x-5", true),
            ("PCTSA 1.0", "pctsa-1", true),
            ("PCTSA 1.0.5", "pctsa-1", false),
            ("COHA(2014) 3.0", "coha-3-x", true),
            ("COHA 1.2.c", "coha-1-2-c", true),
            ("COHA 1.1", "acoh-1-1", false),
            ("ACOH 9(3)", "acoh-9-3-release", true),
            ("ACOH 5(5)(e)", "acoh-6-e", true),
            ("ACOH 5(4)", "acoh-5-4", true),
        ];
        for (cited, clause, means) in cases {
            let found = citation(cited).unwrap().means(&of_clause(clause).unwrap());
            assert_eq!(found, means, "{cited} and {clause}");
        }
    }
}
