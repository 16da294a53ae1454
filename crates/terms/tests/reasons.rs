//! The reasons of a finding as a tree, step by step: what was asked, what came of it, whether it was reached, what each
//! source said. Written out in full, so that a step that says too much, too little or nothing is seen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Build, actors, al_dabbit, al_quds, aleppo, areas, at, read, small, syria};
use truceline_model::{
    Act, ActorId, Alternatives, Answer, AreaId, Bounds, Fact, Finding, Incident, Outcome, Place, Reason,
    SourceId, SystemId, Target, Test, Truth, Weapon, Zone,
};
use truceline_terms::{Judge, Terms, fact_of_test};

const LATER: &str = "2016-06-01T00:00:00Z";

fn finding(terms: &Terms, incident: &Incident, clause: &str, reading: &str) -> Finding {
    let (actors, areas) = (actors(), areas());
    let judge = Judge::new(terms, &actors, &areas, at(LATER));
    let all = judge.judge_clause(&clause.into(), incident);
    assert_eq!(all.len(), terms.readings.len(), "one finding per reading");
    assert!(all.iter().all(|finding| finding.clause.as_str() == clause));
    all.into_iter().find(|finding| finding.reading.as_str() == reading).unwrap()
}

/// A step a line, those below it further in; `-` before what was not reached.
fn write(reasons: &[Reason], depth: usize, into: &mut String) {
    for reason in reasons {
        let reached = if reason.tried { "" } else { "- " };
        into.push_str(&format!("{}{reached}{:?}: {:?}\n", "  ".repeat(depth), reason.test, reason.truth));
        for seen in &reason.seen {
            let origins: Vec<&str> = seen.origins.iter().map(SourceId::as_str).collect();
            let by = if origins.is_empty() { String::new() } else { format!(" by {}", origins.join(" ")) };
            into.push_str(&format!("{}= {} ({:?}){by}\n", "  ".repeat(depth + 2), seen.value, seen.truth));
        }
        write(&reason.under, depth + 1, into);
    }
}

fn tree(finding: &Finding) -> String {
    let mut all = format!("{}\n", finding.outcome);
    write(&finding.reasons, 0, &mut all);
    all
}

#[test]
fn al_quds_under_the_reading_with_the_licence() {
    let finding = finding(&syria(), &al_quds(), "government-fire", "purpose-licence");
    insta::assert_snapshot!(tree(&finding));
}

#[test]
fn al_dabbit_where_three_are_named_and_one_may_be_anybody() {
    let finding = finding(&syria(), &al_dabbit(), "opposition-fire", "letter-strict");
    insta::assert_snapshot!(tree(&finding));
}

#[test]
fn an_exception_after_one_that_holds_is_not_reached() {
    let mut incident = al_quds();
    incident.facts.clear();
    for fact in ["exempt-group-present", "self-defence-claimed"] {
        incident.facts.entry(fact.into()).or_default().add(Answer::Yes, "sohr".into());
    }
    let finding = finding(&syria(), &incident, "government-fire", "purpose-licence");
    insta::assert_snapshot!(tree(&finding));
}

#[test]
fn nothing_that_is_forbidden_is_asked_of_what_is_not_covered() {
    let mut incident = al_quds();
    incident.when =
        Alternatives::one(Zone::utc().interval("2016-02-01T00:00/2016-02-02T00:00").unwrap(), "msf".into());
    let finding = finding(&syria(), &incident, "government-fire", "purpose-licence");
    insta::assert_snapshot!(tree(&finding));
}

const EVERY: &str = "measure lorries \"Lorries\"\nmeasure attackers \"Attackers\"\nfact seen \"Seen?\"\nclaim said \"Said?\"\n\
    judgement grave \"Grave?\"\njudgement fair \"Fair?\"\nin-force from \"2016-02-27\" until \"2016-03-20\"";
const EVERY_CLAUSE: &str = "clause every \"Every\"
binds opposition
applies in SY02 zone-aleppo-city
forbids presence with tank mortar of-system smerch grad
against hospital school
only-when did presence shelling and fired-at hospital
only-when struck-of government-side and done-by opposition government-side
only-when commanded-by government-side opposition and ground-held-by opposition
only-when within 5 km of line-of-contact SY03 or within 700 m of zone-aleppo-city
only-when counted lorries more-than 3 and counted lorries at-least 2 per attackers
only-when before \"2016-03-01\" or from \"2016-02-28\" or daily \"22:00\" until \"06:00\"
only-when found seen and not found said
only-when not-denied seen and judged grave
except mercy gives not-prohibited when judged fair and not fired-at school
except rest gives not-covered when found said and not judged grave
try mercy then rest";

/// Something is said of everything that a clause can ask.
fn told() -> Incident {
    let mut one = Build::new("told")
        .act(Act::Presence, "osce")
        .act(Act::Shelling, "sohr")
        .target(Target::Hospital, "osce")
        .target(Target::Market, "sohr")
        .actor("jaysh-al-islam", "osce")
        .actor("syrian-government-forces", "sohr")
        .held("opposition", "osce")
        .held("al-nusra", "sohr")
        .when("2016-02-28T21:00/2016-02-28T23:00", "osce")
        .place(aleppo(), "osce")
        .fact("seen", Answer::Yes, "osce")
        .fact("seen", Answer::Unclear, "sohr")
        .fact("said", Answer::No, "osce")
        .0;
    one.weapons.add(Weapon::Tank, "osce".into());
    one.weapons.add(Weapon::SmallArms, "sohr".into());
    one.systems.add(SystemId::new("grad"), "osce".into());
    one.systems.add(SystemId::new("uragan"), "sohr".into());
    one.struck.add(ActorId::new("russian-forces"), "osce".into());
    one.struck.add(ActorId::new("al-nusra"), "sohr".into());
    one.commanders.add(ActorId::new("opposition"), "osce".into());
    one.commanders.leave_open("sohr".into());
    for (measure, bounds) in [
        ("lorries", Bounds::exactly(3)),
        ("lorries", Bounds::range(2, 6).unwrap()),
        ("attackers", Bounds::exactly(2)),
    ] {
        one.amounts.entry(measure.into()).or_default().add(bounds, "osce".into());
    }
    one.judgements.insert("grave".into(), Answer::Yes);
    let far = Place {
        point: None,
        within_m: 0,
        areas: [AreaId::new("SY03"), AreaId::new("SY06")].into(),
        unresolved: Some("a road".into()),
    };
    one.places.add(far, "sohr".into());
    let nowhere =
        Place { point: None, within_m: 0, areas: [].into(), unresolved: Some("the old mill".into()) };
    one.places.add(nowhere, "wires-unnamed".into());
    let point = Place { areas: [].into(), ..aleppo() };
    one.places.add(point, "airwars".into());
    one
}

#[test]
fn everything_that_can_be_asked_and_is_told() {
    let terms = small("Asia/Damascus", EVERY, EVERY_CLAUSE);
    insta::assert_snapshot!(tree(&finding(&terms, &told(), "every", "plain")));
}

#[test]
fn everything_that_can_be_asked_and_nothing_is_told() {
    let terms = small("Asia/Damascus", EVERY, EVERY_CLAUSE);
    let silent = Build::new("silent").0;
    insta::assert_snapshot!(tree(&finding(&terms, &silent, "every", "plain")));
}

#[test]
fn everything_left_open_by_somebody() {
    let mut one = told();
    let by = || SourceId::new("reuters");
    one.acts.leave_open(by());
    one.weapons.leave_open(by());
    one.systems.leave_open(by());
    one.targets.leave_open(by());
    one.actors.leave_open(by());
    one.held_by.leave_open(by());
    one.struck.leave_open(by());
    one.when.leave_open(by());
    one.places.leave_open(by());
    one.amounts.get_mut(&"lorries".into()).unwrap().leave_open(by());
    one.facts.get_mut(&"seen".into()).unwrap().leave_open(by());
    let terms = small("Asia/Damascus", EVERY, EVERY_CLAUSE);
    insta::assert_snapshot!(tree(&finding(&terms, &one, "every", "plain")));
}

/// A quota of a day, in force for good, for a side through its commanders, if the other has accepted.
#[test]
fn a_quota_of_one_bound_through_its_command() {
    let declared = "in-force from \"2016-02-27\"\nmeasure lorries \"Lorries\"\nexempt al-nusra\n\
                    accepted government-side on \"2016-02-27\" per syrian-government\n\
                    refused opposition on \"2016-02-27\" per hnc\nnot-found free-syrian-army";
    let clause = "clause quota \"Quota\"\nbinds government-side that-accepted with-affiliates provided opposition accepted\n\
                  requires delivery each-day counting lorries at-least 600";
    let terms = small("Asia/Damascus", declared, clause);
    let mut one = Build::new("tally")
        .act(Act::Delivery, "un")
        .actor("self-administration-forces", "un")
        .actor("insurgents-unspecified", "sohr")
        .when("2016-03-10", "un")
        .0;
    one.commanders.add(ActorId::new("syrian-government-forces"), "un".into());
    one.amounts.entry("lorries".into()).or_default().add(Bounds::range(590, 610).unwrap(), "un".into());
    insta::assert_snapshot!("a_quota_commanded", tree(&finding(&terms, &one, "quota", "plain")));
    one.commanders = Alternatives::default();
    insta::assert_snapshot!("a_quota_of_nobody", tree(&finding(&terms, &one, "quota", "plain")));
    one.commanders.leave_open("un".into());
    insta::assert_snapshot!("a_quota_of_somebody", tree(&finding(&terms, &one, "quota", "plain")));
}

fn in_force(finding: &Finding) -> (&str, Truth) {
    let step = &finding.reasons.iter().find(|one| one.test == Test::All).unwrap().under[0];
    match &step.test {
        Test::InForce(windows) => (windows, step.truth),
        other => panic!("{other:?}"),
    }
}

fn shelling(when: &str) -> Incident {
    Build::new("shelling")
        .act(Act::Shelling, "sohr")
        .target(Target::Civilians, "sohr")
        .actor("syrian-government-forces", "sohr")
        .when(when, "sohr")
        .0
}

const FIRE: &str = "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon";

#[test]
fn two_disputed_steps_are_shown_by_every_choice_of_both() {
    // In force at noon of the 2nd by the first step's long account or the second's early one; by the others it is not.
    let chain = "start from \"2016-03-01\" for 24 hours per wires-unnamed known \"2016-03-01\"\n\
                 or-start from \"2016-03-01\" for 48 hours per sohr known \"2016-03-01\"\n\
                 extension from \"2016-03-02\" for 24 hours per reuters known \"2016-03-02\"\n\
                 or-extension from \"2016-03-03\" for 24 hours per xinhua known \"2016-03-02\"";
    let terms = small("UTC", chain, FIRE);
    let by = |when: &str| {
        let finding = finding(&terms, &shelling(when), "fire", "plain");
        (finding.outcome, in_force(&finding).1)
    };
    // Short and late together leave a gap; every other choice does not.
    assert_eq!(by("2016-03-02T12:00Z"), (Outcome::Undetermined, Truth::Unknown));
    assert_eq!(by("2016-03-01T12:00Z"), (Outcome::Prohibited, Truth::True));
    assert_eq!(by("2016-03-03T12:00Z"), (Outcome::Undetermined, Truth::Unknown));
    assert_eq!(by("2016-03-05T12:00Z"), (Outcome::NotCovered, Truth::False));
    let shown = finding(&terms, &shelling("2016-03-02T12:00Z"), "fire", "plain");
    assert_eq!(
        in_force(&shown).0,
        "2016-03-01T00:00:00Z/2016-03-02T00:00:00Z or 2016-03-01T00:00:00Z/2016-03-03T00:00:00Z or \
         2016-03-02T00:00:00Z/2016-03-03T00:00:00Z or 2016-03-03T00:00:00Z/2016-03-04T00:00:00Z"
    );
}

#[test]
fn what_takes_force_away_is_no_window_and_windows_have_ends_or_none() {
    let chain = "start from \"2016-03-01\" without-end per sohr known \"2016-03-01\"\n\
                 suspended from \"2016-03-10\" for 24 hours per reuters known \"2016-03-10\"";
    let shown = |terms: &Terms, when: &str| {
        let finding = finding(terms, &shelling(when), "fire", "plain");
        let (words, truth) = in_force(&finding);
        (words.to_owned(), truth)
    };
    let chained = small("UTC", chain, FIRE);
    assert_eq!(shown(&chained, "2016-03-05T12:00Z"), ("2016-03-01T00:00:00Z/".into(), Truth::True));
    assert_eq!(shown(&chained, "2016-03-10T12:00Z").1, Truth::False);
    assert_eq!(shown(&chained, "2016-03-09T12:00Z/2016-03-10T12:00Z").1, Truth::Unknown);
    let later = small("UTC", "in-force from \"2016-03-01\" known \"2017-01-01\"", FIRE);
    assert_eq!(shown(&later, "2016-03-05T12:00Z"), ("none known".into(), Truth::False));
    let window = "in-force from \"2016-03-02\" until \"2016-03-04\"";
    let both = small("UTC", chain, &format!("{FIRE}\n{window}"));
    assert_eq!(
        shown(&both, "2016-03-03T12:00Z"),
        ("2016-03-02T00:00:00Z/2016-03-04T00:00:00Z".into(), Truth::True)
    );
    // What went on throughout was in force when any part of it was.
    let mut siege = shelling("2016-02-01T00:00Z/2016-03-03T00:00Z");
    siege.throughout = true;
    let found = finding(&both, &siege, "fire", "plain");
    assert_eq!((found.outcome, in_force(&found).1), (Outcome::Prohibited, Truth::True));
}

#[test]
fn membership_is_shown_for_all_of_the_time_that_the_event_may_have_taken() {
    let declared = "in-force from \"2016-02-27\"\nexcluded syrian-government-forces from \"2016-03-05\" known \"2016-03-05\" per sohr";
    let terms = small("UTC", declared, FIRE);
    let bound = |when: &str| {
        let finding = finding(&terms, &shelling(when), "fire", "plain");
        let bound = finding.reasons[0].under.iter().find(|one| matches!(one.test, Test::Binds(_))).unwrap();
        (finding.outcome, bound.truth, bound.under[0].truth)
    };
    assert_eq!(bound("2016-03-04T12:00Z"), (Outcome::Prohibited, Truth::True, Truth::True));
    assert_eq!(bound("2016-03-05T12:00Z"), (Outcome::NotCovered, Truth::False, Truth::False));
    let across = bound("2016-03-04T12:00Z/2016-03-05T12:00Z");
    assert_eq!(across, (Outcome::Undetermined, Truth::Unknown, Truth::Unknown));
}

#[test]
fn questions_on_time_of_every_time_that_is_given() {
    let lines = "only-when daily \"22:00\" until \"06:00\" or from \"2016-03-05\"";
    let terms = small("UTC", "in-force from \"2016-02-27\"", &format!("{FIRE}\n{lines}"));
    let mut one = shelling("2016-03-04T23:00Z/2016-03-05T01:00Z");
    for when in ["2016-03-04", "2016-03-05", "2016-03-06T12:00/2016-03-06T13:00"] {
        one.when.add(Zone::utc().interval(when).unwrap(), "msf".into());
    }
    insta::assert_snapshot!(tree(&finding(&terms, &one, "fire", "plain")));
}

#[test]
fn matters_are_shown_first_and_aims_with_whoever_did_it() {
    let text = "# A\n```terms\nagreement small\ntitle \"Small\"\nzone \"UTC\"\nin-force from \"2016-02-27\"\n\
        party government-side whose-forces-are government-forces\nparty opposition whose-forces-are armed-opposition-forces\n\
        matter object \"?\"\nposition letter on object saying \"l\"\nposition purpose on object saying \"p\"\n\
        reading letter \"l\" taking object=letter\nreading purpose \"p\" taking object=purpose\n```\n## B\nProse.\n```terms\n\
        clause ground \"Ground\"\nbinds government-side opposition\napplies in SY02\napplies within 5 km of zone-eastern-ghouta\n\
        forbids ground-offensive with any-weapon\n\
        against ground-held-by opposition done-by government-side under object=purpose\n\
        against ground-held-by government-side or hospital done-by opposition\n```\n";
    let terms = read(text);
    let one = Build::new("ground")
        .act(Act::GroundOffensive, "sohr")
        .target(Target::Hospital, "sohr")
        .actor("jaysh-al-islam", "sohr")
        .held("opposition", "sohr")
        .when("2016-04-10", "sohr")
        .place(aleppo(), "sohr")
        .0;
    insta::assert_snapshot!("aims_by_the_letter", tree(&finding(&terms, &one, "ground", "letter")));
    insta::assert_snapshot!("aims_by_the_purpose", tree(&finding(&terms, &one, "ground", "purpose")));
}

#[test]
fn every_test_asks_of_one_fact_or_joins() {
    let named = |test: Test| fact_of_test(&test);
    let word = String::new;
    assert_eq!(named(Test::InForce(word())), Some(Fact::Time));
    assert_eq!(named(Test::InArea(word())), Some(Fact::Place));
    assert_eq!(named(Test::CommandedBy(word())), Some(Fact::Commander));
    assert_eq!(named(Test::SystemIs(word())), Some(Fact::System));
    assert_eq!(named(Test::StruckIs(word())), Some(Fact::Struck));
    assert_eq!(
        named(Test::Counted("lorries at-least 600 per day".into())),
        Some(Fact::Measure("lorries".into()))
    );
    assert_eq!(named(Test::Accepted(word())), Some(Fact::Actor));
    assert_eq!(named(Test::ActIs(word())), Some(Fact::Act));
    assert_eq!(named(Test::WeaponIs(word())), Some(Fact::Weapon));
    assert_eq!(named(Test::TargetIs(word())), Some(Fact::Target));
    assert_eq!(named(Test::HeldBy(word())), Some(Fact::HeldBy));
    assert_eq!(named(Test::Holds("seen".into())), Some(Fact::Named("seen".into())));
    assert_eq!(named(Test::Judged("fair".into())), Some(Fact::Judgement("fair".into())));
    assert_eq!(named(Test::Takes("object".into(), "letter".into())), Some(Fact::Matter("object".into())));
    assert_eq!(named(Test::Any), None);
    assert_eq!(named(Test::Exception("mercy".into(), Outcome::NotProhibited)), None);
}
