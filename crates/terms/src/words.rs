//! The statements of the language and their linking words, each once: the parser splits by this table and looks up verbs in it.
//!
//! Says only which words there are and where a statement may stand; what follows a word is the parser's business.
//! `docs/terms/grammar.md` is held against it by a test, both ways.

/// Where a statement may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a block that opens no clause.
    Declares,
    /// As the first line of a clause's block.
    Opens,
    /// In a clause or a calm.
    Clause,
    /// In a calm, and of the whole agreement.
    Chain,
    /// In a procedure.
    Procedure,
}

/// One kind of statement: its verb, and its linking words.
pub(crate) struct Form {
    pub(crate) verb: &'static str,
    pub(crate) places: &'static [Place],
    /// Linking words that may stand once.
    pub(crate) once: &'static [&'static str],
    /// Linking words that may stand again and again.
    pub(crate) again: &'static [&'static str],
    /// Linking words of other statements that people try here; they are told apart only to be refused in words.
    pub(crate) refused: &'static [&'static str],
}

/// Linking words of conditions: those that begin one, and, last, those that join them.
const EITHER: &[&str] = &[
    "did",
    "with",
    "of-system",
    "fired-at",
    "struck-of",
    "done-by",
    "commanded-by",
    "ground-held-by",
    "in",
    "within",
    "counted",
    "before",
    "from",
    "daily",
    "found",
    "not-denied",
    "judged",
    "not",
    "and",
    "or",
];

/// Words that begin a condition.
pub(crate) const CONDITIONS: &[&str] = EITHER.split_at(EITHER.len() - 3).0;

/// Linking words of conditions that are joined by `and` alone.
const JOINED: &[&str] = EITHER.split_at(EITHER.len() - 1).0;

/// How counts compare.
pub(crate) const COMPARES: &[&str] = &["at-least", "at-most", "more-than", "fewer-than", "exactly"];

/// Words that stand inside the part of a linking word, where the grammar page has to name them.
#[cfg(test)]
pub(crate) const INNER: &[&str] =
    &["of", "until", "per", "working", "origin", "origins", "any-weapon", "opening"];

/// What an exception can give.
pub(crate) const OUTCOMES: &[&str] = &["not-covered", "not-prohibited"];

/// Units of length and of time, as they stand unquoted.
#[cfg(test)]
pub(crate) const UNITS: &[&str] = &["km", "m", "hour", "hours", "day", "days", "week", "weeks"];

/// Roles in a procedure that no actor's id names.
pub(crate) const ROLES: &[&str] = &["complainant", "respondent", "guarantor", "mission", "anybody"];

/// What a step can ask of those who act.
pub(crate) const ASKS: &[&str] = &truceline_model::Asks::WORDS;

/// Who may open a case, beside actors.
pub(crate) const OPENERS: &[&str] = &["parties", "public", "mission"];

/// What opens a case by itself.
pub(crate) const THRESHOLDS: &[&str] = &["persistent", "unmet"];

const D: &[Place] = &[Place::Declares];
const O: &[Place] = &[Place::Opens];
const C: &[Place] = &[Place::Clause];
const P: &[Place] = &[Place::Procedure];
const STEPS: &[Place] = &[Place::Chain];

const fn form(
    places: &'static [Place],
    verb: &'static str,
    once: &'static [&'static str],
    again: &'static [&'static str],
) -> Form {
    Form { verb, places, once, again, refused: &[] }
}

const fn but(form: Form, refused: &'static [&'static str]) -> Form {
    Form { refused, ..form }
}

const STEP: &[&str] = &["from", "until", "for", "without-end", "per", "known"];
const ACCEPTANCE: &[&str] = &["through", "told", "on", "known", "reserving", "per"];
const OBJECT: &[&str] = &["forces-of", "ground-held-by", "or"];
const COURSE: &[&str] = &[
    "asks",
    "by",
    "each",
    "to",
    "through",
    "within",
    "of",
    "then",
    "silence",
    "concur",
    "deadlock",
    "recuse-when",
    "instead",
    "needs",
    "extendable",
    "extended-by",
];

/// Every statement of the language.
pub(crate) const FORMS: &[Form] = &[
    form(D, "agreement", &[], &[]),
    form(D, "title", &[], &[]),
    form(D, "zone", &[], &[]),
    form(&[Place::Declares, Place::Clause], "in-force", &["from", "until", "known"], &[]),
    form(D, "day-one", &["known"], &[]),
    form(D, "working-hours", &["from", "until", "on"], &[]),
    form(D, "holiday", &[], &[]),
    form(D, "phase", &["from", "until", "without-end", "not-agreed", "known"], &[]),
    form(D, "party", &["whose-forces-are"], &[]),
    form(D, "umbrella", &["speaks-for"], &[]),
    form(D, "guarantor", &["answers-for"], &[]),
    form(D, "exempt", &["from", "until", "known"], &[]),
    form(D, "exempt-by-reference", &["listed-as", "from", "until", "known"], &[]),
    form(D, "excluded", &["from", "until", "known", "per"], &[]),
    form(D, "accepted", ACCEPTANCE, &[]),
    form(D, "refused", ACCEPTANCE, &[]),
    form(D, "not-found", ACCEPTANCE, &[]),
    form(D, "deadline", &["announced", "due", "met", "missed", "known"], &[]),
    form(D, "matter", &[], &[]),
    form(D, "position", &["on", "saying", "held-by", "per"], &[]),
    form(D, "reading", &["taking"], &[]),
    form(D, "judgement", &[], &[]),
    form(D, "fact", &[], &[]),
    form(D, "claim", &[], &[]),
    form(D, "measure", &[], &[]),
    form(D, "settles", &["for"], &[]),
    form(D, "status", &["over", "fraying-from", "collapsed-from"], &[]),
    form(D, "persistence", &["over", "determined-from", "found-from"], &[]),
    form(D, "proof", &["from", "or-from", "graded"], &[]),
    but(form(D, "gravity", &["when"], JOINED), &["or"]),
    form(D, "define", &["means"], &[]),
    form(D, "define-weapons", &["means"], &[]),
    form(D, "define-targets", &["means"], &[]),
    form(D, "define-systems", &["means"], &[]),
    form(D, "order", &[], &[]),
    form(D, "published-when", &["of"], &[]),
    form(STEPS, "start", STEP, &[]),
    form(STEPS, "or-start", STEP, &[]),
    form(STEPS, "extension", STEP, &[]),
    form(STEPS, "or-extension", STEP, &[]),
    form(STEPS, "or-no-extension", STEP, &[]),
    form(STEPS, "suspended", STEP, &[]),
    form(STEPS, "or-suspended", STEP, &[]),
    form(STEPS, "resumed", STEP, &[]),
    form(STEPS, "or-resumed", STEP, &[]),
    form(STEPS, "ended", STEP, &[]),
    form(STEPS, "or-ended", STEP, &[]),
    form(STEPS, "or-not-ended", STEP, &[]),
    form(O, "clause", &[], &[]),
    form(O, "duty", &[], &[]),
    form(O, "procedure", &[], &[]),
    form(O, "calm", &["in"], &[]),
    form(C, "says", &[], &[]),
    form(C, "binds", &["that-accepted", "with-affiliates", "provided", "accepted"], &[]),
    form(C, "applies", &["in", "within", "under"], &[]),
    form(C, "in-phase", &[], &[]),
    but(form(C, "forbids", &["with", "of-system"], &[]), &["when", "so-far-as"]),
    but(form(C, "permits", &["when", "so-far-as"], JOINED), &["or"]),
    but(form(C, "requires", &["by", "each-day"], &["counting", "and"]), &["with"]),
    form(C, "against", &["done-by", "under"], OBJECT),
    form(C, "on", &["done-by", "under"], OBJECT),
    but(form(C, "outside", &["when", "under"], JOINED), &["or"]),
    but(form(C, "only-when", &[], EITHER), &["under"]),
    but(form(C, "except", &["gives", "when", "under"], JOINED), &["or"]),
    form(C, "try", &[], &["then"]),
    form(P, "takes", &[], &[]),
    form(P, "opened-by", &[], &[]),
    form(P, "opened-when", &[], &[]),
    form(P, "withdrawn-by", &["then"], &[]),
    form(P, "step", COURSE, &[]),
    form(P, "final", &["reopens", "excluding", "readmitting"], &[]),
];

/// Verbs that may stand there, in the table's order.
pub(crate) fn verbs(place: Place) -> Vec<&'static str> {
    FORMS.iter().filter(|form| form.places.contains(&place)).map(|form| form.verb).collect()
}

/// Whether a statement with that verb may stand there.
pub(crate) fn stands(verb: &str, place: Place) -> bool {
    FORMS.iter().any(|form| form.verb == verb && form.places.contains(&place))
}

/// The linking words of a statement, and those of them that may repeat.
pub(crate) fn links(verb: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    match FORMS.iter().find(|form| form.verb == verb) {
        Some(form) => ([form.once, form.again, form.refused].concat(), [form.again, form.refused].concat()),
        None => (Vec::new(), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use truceline_model::WEEKDAYS;

    /// Every word of the language that stands bare: verbs, linking words, and the words inside their parts.
    fn all() -> BTreeSet<&'static str> {
        let links = FORMS.iter().flat_map(|form| [&[form.verb], form.once, form.again].concat());
        let steps = [ROLES, ASKS, OPENERS, THRESHOLDS].concat();
        let listed = [COMPARES, INNER, OUTCOMES, UNITS, &steps, WEEKDAYS.as_slice()].concat();
        links.chain(listed).collect()
    }

    #[test]
    fn the_grammar_page_has_every_word_and_no_other() {
        let page = include_str!("../../../docs/terms/grammar.md");
        let rules = page.split("```").skip(1).step_by(2).collect::<String>();
        let quoted: BTreeSet<&str> = rules.split('\'').skip(1).step_by(2).collect();
        let all = all();
        let missing: Vec<_> = all.difference(&quoted).collect();
        let stray: Vec<_> = quoted.difference(&all).collect();
        assert!(missing.is_empty() && stray.is_empty(), "missing: {missing:?}; stray: {stray:?}");
    }

    #[test]
    fn every_verb_stands_once() {
        let mut seen = BTreeSet::new();
        for form in FORMS {
            assert!(seen.insert(form.verb), "{}", form.verb);
            let (links, _) = links(form.verb);
            assert_eq!(links.iter().collect::<BTreeSet<_>>().len(), links.len(), "{}", form.verb);
        }
        assert_eq!(CONDITIONS.last(), Some(&"judged"));
    }
}
