//! Which statements there are, where each may stand, and what kind of operand stands after which word: the language as a table.
//!
//! The parser decides what is right; this table only says what stands where, for the index of names, the formatter and
//! editors. It never judges a statement. Tests hold it against the parser: every verb of the parser is here, and every name
//! that it finds in the shipped agreements is one that the parser looks up.

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// The agreement.
    Agreement,
    /// An actor of the mission's registry; a party is one that the agreement names.
    Actor,
    /// An area of the mission's map.
    Area,
    /// A source of the mission's list.
    Source,
    /// An act of the vocabulary, or a group of acts that the agreement defines.
    Act,
    /// A weapon, or a defined group.
    Weapon,
    /// A target, or a defined group.
    Target,
    /// A weapon system, by its own id, or a defined group.
    System,
    /// A matter in dispute.
    Matter,
    /// A position on a matter.
    Position,
    /// A reading.
    Reading,
    /// A judgement that only people give.
    Judgement,
    /// A fact or a claim that the terms ask about.
    Fact,
    /// A measure: what is counted.
    Measure,
    /// A deadline.
    Deadline,
    /// A phase.
    Phase,
    /// A clause, duty, procedure or calm.
    Clause,
    /// An exception of one clause.
    Exception,
}

impl NameKind {
    /// The word for it in a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Actor => "actor",
            Self::Area => "area",
            Self::Source => "source",
            Self::Act => "act",
            Self::Weapon => "weapon",
            Self::Target => "target",
            Self::System => "system",
            Self::Matter => "matter",
            Self::Position => "position",
            Self::Reading => "reading",
            Self::Judgement => "judgement",
            Self::Fact => "fact",
            Self::Measure => "measure",
            Self::Deadline => "deadline",
            Self::Phase => "phase",
            Self::Clause => "clause",
            Self::Exception => "exception",
        }
    }

    /// Whether such names come from the mission's files and not from the agreement.
    #[must_use]
    pub fn is_registered(self) -> bool {
        matches!(self, Self::Actor | Self::Area | Self::Source)
    }
}

/// What stands at one place of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A name that this statement gives.
    New(NameKind),
    /// A name that is given elsewhere.
    Name(NameKind),
    /// The same, as often as wanted.
    Names(NameKind),
    /// An actor that the agreement declares to be a party, here or elsewhere.
    Party,
    /// The same, as often as wanted.
    Parties,
    /// `matter=position`, as often as wanted.
    Positions,
    /// The key of a kind of fact: `actor`, `fact:some-fact`.
    FactKey,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// The same, as often as wanted.
    Words(&'static [&'static str]),
    /// A whole number.
    Number,
    /// A moment or clock time in quotation marks.
    Time,
    /// Text in quotation marks.
    Text,
    /// A time zone in quotation marks.
    Zone,
    /// A word that is free here.
    Free,
}

/// A linking word and what stands after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The word.
    pub word: &'static str,
    /// What follows; the last may repeat when it is of many.
    pub slots: &'static [Slot],
}

/// Where a statement may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In a block that declares.
    Declares,
    /// As the first line of a clause's block.
    Opens,
    /// In a clause (a calm's block is one).
    Clause,
    /// In a calm only.
    Calm,
}

/// One kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its first word.
    pub verb: &'static str,
    /// Where it may stand.
    pub stands: &'static [Standing],
    /// How it looks, for people.
    pub shape: &'static str,
    /// What stands before the first linking word.
    pub head: &'static [Slot],
    /// Its linking words.
    pub links: &'static [&'static [Link]],
}

impl Form {
    /// What stands after a linking word of this statement.
    #[must_use]
    pub fn link(&self, word: &str) -> Option<&'static Link> {
        self.all_links().find(|link| link.word == word)
    }

    /// Its linking words.
    pub fn all_links(&self) -> impl Iterator<Item = &'static Link> + use<> {
        self.links.iter().flat_map(|some| some.iter())
    }
}

/// The statement that begins with that word.
#[must_use]
pub fn form(verb: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.verb == verb)
}

/// Every statement that may stand there.
pub fn forms_at(standing: Standing) -> impl Iterator<Item = &'static Form> {
    FORMS.iter().filter(move |form| form.stands.contains(&standing))
}

/// Kinds of fact that a finding can turn on; those that end in a colon are followed by a name.
pub const FACT_KEYS: &[&str] = &[
    "actor",
    "commander",
    "act",
    "weapon",
    "system",
    "target",
    "struck",
    "time",
    "place",
    "held-by",
    "acceptance",
    "window",
    "measure",
    "fact",
    "judgement",
    "matter",
];

/// What the name after `kind:` in the key of a fact names.
#[must_use]
pub fn keyed(kind: &str) -> Option<NameKind> {
    Some(match kind {
        "acceptance" => NameKind::Actor,
        "measure" => NameKind::Measure,
        "fact" => NameKind::Fact,
        "judgement" => NameKind::Judgement,
        "matter" => NameKind::Matter,
        "window" => NameKind::Clause,
        _ => return None,
    })
}

const OUTCOMES: &[&str] = &["not-covered", "not-prohibited"];
const LENGTHS: &[&str] = &["hours", "days", "weeks"];
const METRES: &[&str] = &["km", "m"];
const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ATTRIBUTES: &[&str] =
    &["actor", "act", "weapon", "target", "time", "place", "struck", "commander", "held-by", "system"];
const GRADES: &[&str] = &["A", "B", "C", "D", "E"];

const fn link(word: &'static str, slots: &'static [Slot]) -> Link {
    Link { word, slots }
}

const WHEN: &[Link] =
    &[link("from", &[Slot::Time]), link("until", &[Slot::Time]), link("known", &[Slot::Time])];
const PER: &[Link] = &[link("per", &[Slot::Names(NameKind::Source)])];
const UNDER: &[Link] = &[link("under", &[Slot::Positions])];
const STEP: &[Link] = &[link("for", &[Slot::Number, Slot::Word(LENGTHS)])];
const ACCEPTED: &[Link] = &[
    link("through", &[Slot::Name(NameKind::Actor)]),
    link("told", &[Slot::Name(NameKind::Actor)]),
    link("on", &[Slot::Time]),
    link("known", &[Slot::Time]),
    link("reserving", &[Slot::Text]),
];
const ARMED: &[Link] =
    &[link("with", &[Slot::Names(NameKind::Weapon)]), link("of-system", &[Slot::Names(NameKind::System)])];
const COUNTED: &[Link] = &[
    link("at-least", &[Slot::Number]),
    link("at-most", &[Slot::Number]),
    link("more-than", &[Slot::Number]),
    link("fewer-than", &[Slot::Number]),
    link("exactly", &[Slot::Number]),
    link("per", &[Slot::Name(NameKind::Measure)]),
];
/// What a condition can ask.
const CONDITIONS: &[Link] = &[
    link("fired-at", &[Slot::Names(NameKind::Target)]),
    link("ground-held-by", &[Slot::Party]),
    link("found", &[Slot::Name(NameKind::Fact)]),
    link("not-denied", &[Slot::Name(NameKind::Fact)]),
    link("judged", &[Slot::Name(NameKind::Judgement)]),
    link("did", &[Slot::Names(NameKind::Act)]),
    link("struck-of", &[Slot::Party]),
    link("done-by", &[Slot::Parties]),
    link("commanded-by", &[Slot::Parties]),
    link("in", &[Slot::Names(NameKind::Area)]),
    link("within", &[Slot::Number, Slot::Word(METRES)]),
    link("of", &[Slot::Names(NameKind::Area)]),
    link("counted", &[Slot::Name(NameKind::Measure)]),
    link("before", &[Slot::Time]),
    link("from", &[Slot::Time]),
    link("daily", &[Slot::Time]),
    link("until", &[Slot::Time]),
    link("and", &[]),
    link("not", &[]),
];

use NameKind as N;
use Slot as S;
use Standing as At;

const fn says(
    verb: &'static str,
    stands: &'static [Standing],
    shape: &'static str,
    head: &'static [Slot],
    links: &'static [&'static [Link]],
) -> Form {
    Form { verb, stands, shape, head, links }
}

const D: &[Standing] = &[At::Declares];
const O: &[Standing] = &[At::Opens];
const C: &[Standing] = &[At::Clause];
const CHAIN: &[Standing] = &[At::Declares, At::Calm];

/// Every statement of the language.
pub const FORMS: &[Form] = &[
    says("agreement", D, "agreement ID", &[S::New(N::Agreement)], &[]),
    says("title", D, "title \"…\" ar=\"…\" ru=\"…\"", &[S::Text], &[]),
    says("zone", D, "zone \"Asia/Damascus\"", &[S::Zone], &[]),
    says(
        "in-force",
        &[At::Declares, At::Clause],
        "in-force from \"TIME\" [until \"TIME\"] [known \"TIME\"]",
        &[],
        &[WHEN],
    ),
    says(
        "party",
        D,
        "party ACTOR [whose-forces-are TARGET…]",
        &[S::New(N::Actor)],
        &[&[link("whose-forces-are", &[S::Names(N::Target)])]],
    ),
    says(
        "umbrella",
        D,
        "umbrella ACTOR speaks-for SIDE",
        &[S::Name(N::Actor)],
        &[&[link("speaks-for", &[S::Party])]],
    ),
    says(
        "guarantor",
        D,
        "guarantor ACTOR answers-for SIDE",
        &[S::Name(N::Actor)],
        &[&[link("answers-for", &[S::Party])]],
    ),
    says(
        "exempt",
        D,
        "exempt ACTOR… [from \"TIME\"] [until \"TIME\"] [known \"TIME\"]",
        &[S::Names(N::Actor)],
        &[WHEN],
    ),
    says(
        "exempt-by-reference",
        D,
        "exempt-by-reference \"…\" [listed-as ACTOR…] [from \"TIME\"] [known \"TIME\"]",
        &[S::Text],
        &[&[link("listed-as", &[S::Names(N::Actor)])], WHEN],
    ),
    says(
        "excluded",
        D,
        "excluded ACTOR from \"TIME\" [until \"TIME\"] known \"TIME\" per SOURCE",
        &[S::Name(N::Actor)],
        &[WHEN, PER],
    ),
    says(
        "accepted",
        D,
        "accepted ACTOR [through ACTOR] [told ACTOR] on \"TIME\" known \"TIME\" [reserving \"…\"] per SOURCE",
        &[S::Name(N::Actor)],
        &[ACCEPTED, PER],
    ),
    says(
        "refused",
        D,
        "refused ACTOR [through ACTOR] [told ACTOR] on \"TIME\" known \"TIME\" per SOURCE",
        &[S::Name(N::Actor)],
        &[ACCEPTED, PER],
    ),
    says("not-found", D, "not-found ACTOR", &[S::Name(N::Actor)], &[ACCEPTED, PER]),
    says(
        "deadline",
        D,
        "deadline ID \"…\" announced \"TIME\" due \"TIME\" [met|missed known \"TIME\"]",
        &[S::New(N::Deadline), S::Text],
        &[&[
            link("announced", &[S::Time]),
            link("due", &[S::Time]),
            link("met", &[]),
            link("missed", &[]),
            link("known", &[S::Time]),
        ]],
    ),
    says("matter", D, "matter ID \"question\"", &[S::New(N::Matter), S::Text], &[]),
    says(
        "position",
        D,
        "position ID on MATTER saying \"…\" [held-by ACTOR… per SOURCE]",
        &[S::New(N::Position)],
        &[
            &[
                link("on", &[S::Name(N::Matter)]),
                link("saying", &[S::Text]),
                link("held-by", &[S::Names(N::Actor)]),
            ],
            PER,
        ],
    ),
    says(
        "reading",
        D,
        "reading ID \"name\" taking MATTER=POSITION…",
        &[S::New(N::Reading), S::Text],
        &[&[link("taking", &[S::Positions])]],
    ),
    says("judgement", D, "judgement ID \"question for people\"", &[S::New(N::Judgement), S::Text], &[]),
    says("fact", D, "fact ID \"question\" (silence: unknown)", &[S::New(N::Fact), S::Text], &[]),
    says("claim", D, "claim ID \"question\" (silence: no)", &[S::New(N::Fact), S::Text], &[]),
    says("measure", D, "measure ID \"what is counted\"", &[S::New(N::Measure), S::Text], &[]),
    says(
        "settles",
        D,
        "settles FACT-KIND \"evidence\" [for ACT…]",
        &[S::FactKey, S::Text],
        &[&[link("for", &[S::Names(N::Act)])]],
    ),
    says(
        "status",
        D,
        "status over 7 days fraying-from 1 day collapsed-from 4 days",
        &[],
        &[&[
            link("over", &[S::Number, S::Word(LENGTHS)]),
            link("fraying-from", &[S::Number, S::Word(LENGTHS)]),
            link("collapsed-from", &[S::Number, S::Word(LENGTHS)]),
        ]],
    ),
    says("define", D, "define NAME means ACT…", &[S::New(N::Act)], &[&[link("means", &[S::Names(N::Act)])]]),
    says(
        "define-weapons",
        D,
        "define-weapons NAME means WEAPON…",
        &[S::New(N::Weapon)],
        &[&[link("means", &[S::Names(N::Weapon)])]],
    ),
    says(
        "define-targets",
        D,
        "define-targets NAME means TARGET…",
        &[S::New(N::Target)],
        &[&[link("means", &[S::Names(N::Target)])]],
    ),
    says(
        "define-systems",
        D,
        "define-systems NAME means SYSTEM…",
        &[S::New(N::System)],
        &[&[link("means", &[S::Names(N::System)])]],
    ),
    says("order", D, "order CLAUSE…", &[S::Names(N::Clause)], &[]),
    says("day-one", D, "day-one \"DAY\" known \"TIME\"", &[S::Time], &[&[link("known", &[S::Time])]]),
    says(
        "working-hours",
        D,
        "working-hours from \"08:00\" until \"16:00\" on mon tue wed thu fri",
        &[],
        &[&[link("from", &[S::Time]), link("until", &[S::Time]), link("on", &[S::Words(DAYS)])]],
    ),
    says("holiday", D, "holiday \"DAY\"", &[S::Time], &[]),
    says(
        "phase",
        D,
        "phase ID \"name\" from \"TIME\" until \"TIME\" [known \"TIME\"], or not-agreed",
        &[S::New(N::Phase), S::Text],
        &[WHEN, &[link("not-agreed", &[])]],
    ),
    says("start", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("or-start", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("extension", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("or-extension", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("or-no-extension", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("suspended", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("or-suspended", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("resumed", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("or-resumed", CHAIN, STEP_SHAPE, &[], &[WHEN, STEP, PER]),
    says("ended", CHAIN, END_SHAPE, &[], &[WHEN, STEP, PER]),
    says("or-ended", CHAIN, END_SHAPE, &[], &[WHEN, STEP, PER]),
    says("or-not-ended", CHAIN, END_SHAPE, &[], &[WHEN, STEP, PER]),
    says(
        "proof",
        D,
        "proof ATTRIBUTE… from N origins [or-from SOURCE…] [graded B]",
        &[S::Words(ATTRIBUTES)],
        &[&[
            link("from", &[S::Number, S::Word(&["origins"])]),
            link("or-from", &[S::Names(N::Source)]),
            link("graded", &[S::Word(GRADES)]),
        ]],
    ),
    says(
        "gravity",
        D,
        "gravity WORD \"…\" [when CONDITION and …]",
        &[S::Free, S::Text],
        &[&[link("when", &[])], CONDITIONS, ARMED, COUNTED],
    ),
    says("clause", O, "clause ID \"name\"", &[S::New(N::Clause), S::Text], &[]),
    says("duty", O, "duty ID \"name\" (shown, not judged)", &[S::New(N::Clause), S::Text], &[]),
    says("procedure", O, "procedure ID \"name\" (shown, not judged)", &[S::New(N::Clause), S::Text], &[]),
    says(
        "calm",
        O,
        "calm ID \"name\" in AREA",
        &[S::New(N::Clause), S::Text],
        &[&[link("in", &[S::Name(N::Area)])]],
    ),
    says("says", C, "says \"plain sentence\" ar=\"…\" ru=\"…\"", &[S::Text], &[]),
    says(
        "binds",
        C,
        "binds SIDE… [that-accepted] [with-affiliates] [provided SIDE accepted]",
        &[S::Parties],
        &[&[
            link("that-accepted", &[]),
            link("with-affiliates", &[]),
            link("provided", &[S::Parties]),
            link("accepted", &[]),
        ]],
    ),
    says(
        "applies",
        C,
        "applies in AREA…, or within N km of AREA… [under MATTER=POSITION]",
        &[],
        &[
            &[
                link("in", &[S::Names(N::Area)]),
                link("within", &[S::Number, S::Word(METRES)]),
                link("of", &[S::Names(N::Area)]),
            ],
            UNDER,
        ],
    ),
    says("in-phase", C, "in-phase PHASE…", &[S::Names(N::Phase)], &[]),
    says(
        "forbids",
        C,
        "forbids ACT… with any-weapon, or with WEAPON… [of-system SYSTEM…]",
        &[S::Names(N::Act)],
        &[ARMED],
    ),
    says(
        "requires",
        C,
        "requires ACT… [by \"TIME\"] [each-day] [counting MEASURE at-least N [per MEASURE] and …]",
        &[S::Names(N::Act)],
        &[
            &[
                link("by", &[S::Time]),
                link("each-day", &[]),
                link("counting", &[S::Name(N::Measure)]),
                link("and", &[]),
            ],
            COUNTED,
            ARMED,
        ],
    ),
    says(
        "permits",
        C,
        "permits ACT… with any-weapon when judged A so-far-as judged B",
        &[S::Names(N::Act)],
        &[ARMED, &[link("when", &[]), link("so-far-as", &[])], CONDITIONS, COUNTED],
    ),
    says("against", C, OBJECT_SHAPE, &[S::Names(N::Target)], &[OBJECT, UNDER]),
    says("on", C, OBJECT_SHAPE, &[S::Names(N::Target)], &[OBJECT, UNDER]),
    says(
        "outside",
        C,
        "outside when CONDITION and … [under MATTER=POSITION]",
        &[],
        &[&[link("when", &[])], CONDITIONS, ARMED, COUNTED, UNDER],
    ),
    says(
        "only-when",
        C,
        "only-when CONDITION and … (or: CONDITION or …)",
        &[],
        &[CONDITIONS, &[link("or", &[])], ARMED, COUNTED, UNDER],
    ),
    says(
        "except",
        C,
        "except NAME gives not-covered|not-prohibited when CONDITION and … [under MATTER=POSITION]",
        &[S::New(N::Exception)],
        &[&[link("gives", &[S::Word(OUTCOMES)]), link("when", &[])], CONDITIONS, ARMED, COUNTED, UNDER],
    ),
    says(
        "try",
        C,
        "try EXCEPTION then EXCEPTION",
        &[S::Names(N::Exception)],
        &[&[link("then", &[S::Names(N::Exception)])]],
    ),
];

const STEP_SHAPE: &str =
    "STEP from \"TIME\" until \"TIME\" (or for N hours) per SOURCE known \"TIME\"; or-… is a rival account";
const END_SHAPE: &str = "STEP from \"TIME\" per SOURCE known \"TIME\"; or-… is a rival account";
const OBJECT_SHAPE: &str =
    "against forces-of SIDE or ground-held-by SIDE or TARGET [done-by SIDE] [under MATTER=POSITION]";
const OBJECT: &[Link] = &[
    link("forces-of", &[Slot::Party]),
    link("ground-held-by", &[Slot::Party]),
    link("or", &[Slot::Names(NameKind::Target)]),
    link("done-by", &[Slot::Party]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_verb_of_the_parser_has_a_form_where_it_may_stand() {
        let at = |standing| forms_at(standing).map(|form| form.verb).collect::<BTreeSet<_>>();
        use crate::words::{Place, links, verbs};
        for (standing, place) in [
            (Standing::Declares, Place::Declares),
            (Standing::Opens, Place::Opens),
            (Standing::Clause, Place::Clause),
            (Standing::Calm, Place::Chain),
        ] {
            let known = at(standing);
            for verb in verbs(place) {
                assert!(known.contains(verb), "{verb} at {standing:?}");
                let form = forms_at(standing).find(|form| form.verb == verb).unwrap();
                let told: BTreeSet<&str> = form.all_links().map(|link| link.word).collect();
                assert_eq!(told, links(verb).0.into_iter().collect(), "{verb}");
            }
        }
    }

    #[test]
    fn no_verb_or_link_stands_twice() {
        let mut seen = BTreeSet::new();
        for form in FORMS {
            assert!(seen.insert(form.verb), "{}", form.verb);
            let mut links = BTreeSet::new();
            for link in form.all_links() {
                assert!(links.insert(link.word), "{} {}", form.verb, link.word);
            }
        }
    }
}
