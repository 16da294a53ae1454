//! Signs by which documents, sentences and candidates are weighed: what the reader made of the words, and the words that stand around.

use std::collections::BTreeSet;

use truceline_intake::prose::Mark;
use truceline_score::Claim;

use super::candidates::Place;
use super::page::{Page, Sentence};

/// Sorts of marks that are noun phrases.
pub const NOUNS: [&str; 8] = ["name", "people", "force", "thing", "weapon", "act", "body", "other"];

/// Signs, each once, in order.
pub type Signs = BTreeSet<String>;

/// In how many steps a weight is told.
pub fn step(weight: i32) -> i32 {
    (weight / 500).clamp(-8, 8)
}

/// Of a whole document.
#[must_use]
pub fn of_document(page: &Page) -> Signs {
    let mut out = Signs::new();
    for sentence in &page.sentences {
        for word in &sentence.words {
            if word.text.chars().all(|c| c.is_ascii_digit()) {
                continue;
            }
            out.insert(format!("w={}", word.text));
        }
    }
    for sentence in page.sentences.iter().take(2) {
        for word in &sentence.words {
            out.insert(format!("w1={}", word.text));
        }
    }
    for claim in &page.claims {
        out.insert(format!("claim={}", claim.sub));
        for field in ["victims", "target", "actor", "weapon"] {
            if !claim.field(field).is_empty() {
                out.insert(format!("claim={}+{field}", claim.sub));
            }
        }
    }
    out
}

/// Of a sentence.
#[must_use]
pub fn of_sentence(page: &Page, number: usize) -> Signs {
    let mut out = Signs::new();
    let Some(sentence) = page.sentences.get(number) else { return out };
    let mut last = "^";
    for word in &sentence.words {
        if word.text.chars().all(|c| c.is_ascii_digit()) {
            continue;
        }
        out.insert(format!("w={}", word.text));
        out.insert(format!("2={last} {}", word.text));
        last = &word.text;
    }
    for mark in &sentence.marks {
        if !NOUNS.contains(&mark.sort) {
            out.insert(format!("m={}:{}", mark.sort, mark.kind));
        } else {
            out.insert(format!("n={}", mark.sort));
        }
    }
    for claim in claims(page, sentence) {
        out.insert(format!("claim={}", claim.sub));
        out.insert(format!("gran={}", claim.granularity.as_deref().unwrap_or_default()));
        for field in ["victims", "target", "actor", "weapon", "killed", "wounded", "where", "when", "hedge"] {
            if !claim.field(field).is_empty() {
                out.insert(format!("claim={}+{field}", claim.sub));
                out.insert(format!("claim+{field}"));
            }
        }
    }
    out.insert(format!("at={}", number.min(8)));
    out
}

fn claims<'p>(page: &'p Page, sentence: &'p Sentence) -> impl Iterator<Item = &'p Claim> {
    sentence.claims.iter().filter_map(|at| page.claims.get(*at))
}

/// What is known of the document and its sentences when a candidate is weighed: of any role, and of its own.
#[derive(Clone, Debug, Default)]
pub struct Weighed {
    /// Of the document.
    pub document: [i32; 2],
    /// Of each sentence.
    pub sentences: Vec<[i32; 2]>,
}

impl Weighed {
    fn of(&self, number: usize) -> [i32; 2] {
        self.sentences.get(number).copied().unwrap_or([-6000; 2])
    }

    /// Whether any role, and its own, is told of a sentence.
    fn told(&self, name: &str, number: usize, out: &mut Signs) {
        let [any, own] = self.of(number);
        out.insert(format!("{name}={}", step(any)));
        out.insert(format!("{name} own={}", step(own)));
    }
}

/// Of a candidate, wherever it stands in the document.
#[must_use]
pub fn of_candidate(
    page: &Page,
    words: &str,
    places: &[Place],
    weighed: &Weighed,
    rule: bool,
    name: bool,
) -> Signs {
    let mut out = Signs::new();
    for place in places {
        of_place(page, place, weighed, name, &mut out);
    }
    let parts: Vec<&str> = words.split(' ').collect();
    if !name {
        out.insert(format!("head={}", parts.last().unwrap_or(&"")));
        out.insert(format!("first={}", parts.first().unwrap_or(&"")));
        for part in &parts {
            out.insert(format!("in={part}"));
        }
        out.insert(format!("all={words}"));
    }
    out.insert(format!("long={}", parts.len().min(6)));
    out.insert(format!("times={}", places.len().min(4)));
    for (at, name) in ["any", "own"].into_iter().enumerate() {
        let of = |all: [i32; 2]| all.get(at).copied().unwrap_or(-6000);
        let best = places.iter().map(|place| of(weighed.of(place.sentence))).max().unwrap_or(-6000);
        out.insert(format!("best {name}={}", step(best)));
        out.insert(format!("doc {name}={}", step(of(weighed.document))));
        out.insert(format!("both {name}={}:{}", step(best) / 2, step(of(weighed.document)) / 2));
    }
    let first = places.iter().map(|place| place.sentence).min().unwrap_or(0);
    out.insert(format!("from={}", first.min(6)));
    if rule {
        out.insert("rule".to_owned());
        out.insert(format!("rule+doc={}", step(weighed.document[0]) / 2));
    }
    out
}

fn of_place(page: &Page, place: &Place, weighed: &Weighed, name: bool, out: &mut Signs) {
    let Some(sentence) = page.sentences.get(place.sentence) else { return };
    let (from, to) = sentence.range(place.start, place.end);
    let mark = place.mark.and_then(|at| sentence.marks.get(at));
    out.insert(format!("form={}", place.form));
    let [_, own] = weighed.of(place.sentence).map(|weight| step(weight) / 2);
    out.insert(format!("own+doc={own}:{}", step(weighed.document[0]) / 2));
    if let Some(mark) = mark {
        out.insert(format!("sort={}", mark.sort));
        if !mark.kind.is_empty() && mark.name.is_none() {
            out.insert(format!("kind={}:{}", mark.sort, mark.kind));
            out.insert(format!("value={}", mark.value));
            out.insert(format!("form={}:{}", place.form, mark.kind));
        }
        if mark.owner {
            out.insert("owner".to_owned());
        }
        if mark.core != mark.span {
            let before =
                page.text.get(mark.span.start as usize..mark.core.start as usize).unwrap_or_default();
            out.insert(format!("det={}", before.trim().to_lowercase()));
        }
        if name {
            let lead = page.text.get(mark.core.start as usize..mark.core.end as usize).unwrap_or_default();
            out.insert(format!("lead={}", lead.split_whitespace().next().unwrap_or_default().to_lowercase()));
        }
    }
    around(sentence, from, to, out);
    acts(page, sentence, place, out);
    for claim in claims(page, sentence) {
        for (field, values) in &claim.fields {
            let over = values
                .iter()
                .any(|value| value.bytes.is_some_and(|b| b.start < place.end && place.start < b.end));
            if over && field != "according_to" && field != "via" {
                out.insert(format!("as={field}"));
                out.insert(format!("as={field}:{}", claim.sub));
                out.insert(format!("as={field}+own={own}"));
                out.insert(format!("as={field}:{}", claim.granularity.as_deref().unwrap_or_default()));
            }
        }
        out.insert(format!("beside={}", claim.sub));
        for field in ["victims", "target", "actor", "weapon", "claim"] {
            if !claim.field(field).is_empty() {
                out.insert(format!("beside={}+{field}", claim.sub));
            }
        }
        for hedge in claim.field("hedge") {
            out.insert(format!("hedged={}", hedge.norm.as_deref().unwrap_or_default()));
        }
    }
    weighed.told("here", place.sentence, out);
    if let Some(before) = place.sentence.checked_sub(1) {
        weighed.told("prior", before, out);
    }
    weighed.told("next", place.sentence + 1, out);
}

fn around(sentence: &Sentence, from: usize, to: usize, out: &mut Signs) {
    let back = |n: usize| from.checked_sub(n).map_or("^", |at| sentence.word(at));
    let on = |n: usize| if to + n < sentence.words.len() { sentence.word(to + n) } else { "$" };
    out.insert(format!("-1={}", back(1)));
    out.insert(format!("-2={}", back(2)));
    out.insert(format!("-21={} {}", back(2), back(1)));
    out.insert(format!("+1={}", on(0)));
    out.insert(format!("+2={}", on(1)));
    out.insert(format!("+12={} {}", on(0), on(1)));
    for n in 1..=5 {
        out.insert(format!("<={}", back(n)));
        out.insert(format!(">={}", on(n - 1)));
    }
}

/// Acts before and after it, with how many phrases lie between.
fn acts(page: &Page, sentence: &Sentence, place: &Place, out: &mut Signs) {
    let acted = |mark: &&Mark| matches!(mark.sort, "does" | "suffers" | "noun" | "hurt" | "blame");
    let between = |a: usize, b: usize| {
        let inside = sentence.marks.iter().filter(|m| {
            NOUNS.contains(&m.sort)
                && m.sort != "act"
                && a <= m.span.start as usize
                && m.span.end as usize <= b
        });
        inside.count().min(3)
    };
    let words = |mark: &Mark| {
        crate::ceaf::normal(
            page.text.get(mark.span.start as usize..mark.span.end as usize).unwrap_or_default(),
        )
    };
    let before = sentence.marks.iter().filter(acted).rfind(|m| m.span.end as usize <= place.start);
    let after = sentence.marks.iter().filter(acted).find(|m| m.span.start as usize >= place.end);
    let (from, _) = sentence.range(place.start, place.end);
    let back = from.checked_sub(1).map_or("^", |at| sentence.word(at));
    if let Some(mark) = before {
        let n = between(mark.span.end as usize, place.start);
        out.insert(format!("b={}:{}", mark.sort, mark.kind));
        out.insert(format!("b={}:{}:{n}", mark.sort, mark.kind));
        out.insert(format!("b={}:{n}:{back}", mark.sort));
        out.insert(format!("b={}:{}:{back}", mark.sort, mark.kind));
        out.insert(format!("bw={}:{n}", words(mark)));
    }
    if let Some(mark) = after {
        let n = between(place.end, mark.span.start as usize);
        out.insert(format!("a={}:{}", mark.sort, mark.kind));
        out.insert(format!("a={}:{}:{n}", mark.sort, mark.kind));
        out.insert(format!("a={}:{n}", mark.sort));
        out.insert(format!("aw={}:{n}", words(mark)));
    }
    if before.is_none() && after.is_none() {
        out.insert("no act".to_owned());
    }
    for mark in &sentence.marks {
        if matches!(mark.sort, "date" | "place" | "hedge") {
            out.insert(format!("has={}:{}", mark.sort, mark.kind));
        }
    }
}
