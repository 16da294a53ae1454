//! The table itself: every statement, what stands in it, and how it looks.

use super::{Form, Link, NameKind, ROLES, Slot, Standing};
use NameKind as N;
use Slot as S;
use Standing as At;

const OUTCOMES: &[&str] = &["not-covered", "not-prohibited"];
pub(super) const LENGTHS: &[&str] = &["hours", "days", "weeks", "working", "hour", "day", "week"];
pub(super) const METRES: &[&str] = &["km", "m"];
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
const LENGTH: &[Slot] = &[Slot::Number, Slot::Words(LENGTHS)];
const STEP: &[Link] = &[link("for", LENGTH), link("without-end", &[])];
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
const P: &[Standing] = &[At::Procedure];
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
        &[&[link("over", LENGTH), link("fraying-from", LENGTH), link("collapsed-from", LENGTH)]],
    ),
    says(
        "persistence",
        D,
        "persistence over 30 days [determined-from N] [found-from N]",
        &[],
        &[&[link("over", LENGTH), link("determined-from", &[S::Number]), link("found-from", &[S::Number])]],
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
    says(
        "published-when",
        D,
        "published-when N of ACTOR…",
        &[S::Number],
        &[&[link("of", &[S::Names(N::Actor)])]],
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
        &[WHEN, &[link("without-end", &[]), link("not-agreed", &[])]],
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
            link("from", &[S::Number, S::Word(&["origins", "origin"])]),
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
        &[CONDITIONS, &[link("or", &[])], ARMED, COUNTED],
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
    says("takes", P, "takes CLAUSE…", &[S::Names(N::Clause)], &[]),
    says("opened-by", P, "opened-by parties|public|mission|ACTOR…", &[S::Actors], &[]),
    says("opened-when", P, "opened-when persistent|unmet…", &[S::Words(crate::words::THRESHOLDS)], &[]),
    says(
        "withdrawn-by",
        P,
        "withdrawn-by WHO… then FINAL",
        &[S::Actors],
        &[&[link("then", &[S::Name(N::Step)])]],
    ),
    says(
        "step",
        P,
        "step ID \"name\" [asks WHAT] by WHO… [each] [to WHO…] [through WHO…] within N hours of opening|STEP then STEP… silence STEP [concur WHO… deadlock STEP] [recuse-when ROLE… instead WHO…] [needs N means] [extendable N hours extended-by WHO…]",
        &[S::New(N::Step), S::Text],
        &[&[
            link("asks", &[S::Word(crate::words::ASKS)]),
            link("by", &[S::Actors]),
            link("each", &[]),
            link("to", &[S::Actors]),
            link("through", &[S::Actors]),
            link("within", LENGTH),
            link("of", &[S::Name(N::Step)]),
            link("then", &[S::Names(N::Step)]),
            link("silence", &[S::Name(N::Step)]),
            link("concur", &[S::Actors]),
            link("deadlock", &[S::Name(N::Step)]),
            link("recuse-when", &[S::Words(ROLES)]),
            link("instead", &[S::Actors]),
            link("needs", &[S::Number, S::Word(&["means"])]),
            link("extendable", LENGTH),
            link("extended-by", &[S::Actors]),
        ]],
    ),
    says(
        "final",
        P,
        "final ID \"how it ends\" [reopens STEP] [excluding respondent] [readmitting respondent]",
        &[S::New(N::Step), S::Text],
        &[&[
            link("reopens", &[S::Name(N::Step)]),
            link("excluding", &[S::Word(&["respondent"])]),
            link("readmitting", &[S::Word(&["respondent"])]),
        ]],
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
