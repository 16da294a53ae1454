//! Every sentence on the judge in the issue, against the shipped terms of 22 February 2016.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Build, actors, al_dabbit, al_quds, aleppo, areas, at, cruxes, syria};
use truceline_model::{Act, Answer, Finding, Incident, Outcome, Target};
use truceline_terms::{judge, law_cruxes};

const LATER: &str = "2016-05-04T12:00:00Z";

fn findings(incident: &Incident, as_of: &str) -> Vec<Finding> {
    judge(&syria(), &actors(), &areas(), incident, at(as_of))
}

fn one<'f>(all: &'f [Finding], clause: &str, reading: &str) -> &'f Finding {
    all.iter().find(|f| f.clause.as_str() == clause && f.reading.as_str() == reading).expect("a finding")
}

const READINGS: [&str; 4] = ["letter-strict", "letter-licence", "purpose-strict", "purpose-licence"];

#[test]
fn al_quds_is_disputed_between_readings() {
    let all = findings(&al_quds(), LATER);
    let strict = one(&all, "government-fire", "purpose-strict");
    assert_eq!(strict.outcome, Outcome::Prohibited, "{:#?}", cruxes(strict));
    let respondents: Vec<&str> = strict.respondents.iter().map(|a| a.as_str()).collect();
    assert_eq!(respondents, ["russian-forces", "syrian-government-forces"]);
    assert_eq!(
        cruxes(strict),
        ["matter:exempt-presence=licence -> undetermined", "matter:object=letter -> not-prohibited"]
    );
    assert_eq!(one(&all, "government-fire", "letter-strict").outcome, Outcome::NotProhibited);
    assert_eq!(one(&all, "government-fire", "letter-licence").outcome, Outcome::NotProhibited);
    let licence = one(&all, "government-fire", "purpose-licence");
    assert_eq!(licence.outcome, Outcome::Undetermined);
    assert_eq!(
        cruxes(licence),
        [
            "fact:exempt-group-present=no -> prohibited",
            "fact:exempt-group-present=yes -> not-covered",
            "matter:exempt-presence=strict -> prohibited",
            "matter:object=letter -> not-prohibited",
        ]
    );
    for reading in READINGS {
        let permission = one(&all, "self-defence", reading);
        assert_eq!(permission.outcome, Outcome::Undetermined);
        assert!(cruxes(permission).iter().any(|c| c == "judgement:self-defence=no -> not-prohibited"));
        for clause in ["territory", "aid-access"] {
            assert_eq!(one(&all, clause, reading).outcome, Outcome::NotProhibited, "{clause}");
        }
        assert_eq!(one(&all, "opposition-fire", reading).outcome, Outcome::NotCovered);
        assert_eq!(one(&all, "calm-aleppo", reading).outcome, Outcome::NotCovered);
    }
}

#[test]
fn changes_of_position_are_found_for_every_finding_among_those_of_its_incident() {
    let terms = syria();
    let (quds, dabbit) = (findings(&al_quds(), LATER), findings(&al_dabbit(), LATER));
    let both: Vec<Finding> = quds.iter().chain(&dabbit).cloned().collect();
    for all in [&quds, &dabbit] {
        let found = law_cruxes(&terms, all);
        assert_eq!(found.len(), all.len());
        for finding in all {
            let of_law =
                finding.cruxes.iter().filter(|c| c.facts().iter().all(|f| f.key().starts_with("matter:")));
            let said = &found[&(finding.clause.clone(), finding.reading.clone())];
            assert!(of_law.eq(said), "{} {}: {said:?}", finding.clause, finding.reading);
        }
    }
    let strict = ("government-fire".into(), "purpose-strict".into());
    let said = |all: &[Finding]| {
        let one = Finding { cruxes: law_cruxes(&terms, all)[&strict].clone(), ..quds[0].clone() };
        cruxes(&one)
    };
    let expected =
        ["matter:exempt-presence=licence -> undetermined", "matter:object=letter -> not-prohibited"];
    assert_eq!(said(&quds), expected);
    // The last incident's findings stand where both have some; the other's do not mix with them.
    let backwards: Vec<Finding> = dabbit.iter().chain(&quds).cloned().collect();
    assert_eq!(said(&backwards), expected);
    assert_eq!(said(&both), said(&dabbit));
}

#[test]
fn al_dabbit_turns_on_who_fired() {
    let all = findings(&al_dabbit(), LATER);
    let purpose = one(&all, "opposition-fire", "purpose-strict");
    assert_eq!(purpose.outcome, Outcome::Undetermined);
    let said = cruxes(purpose);
    for expected in [
        "actor=al-nusra -> not-covered",
        "actor=jaysh-al-islam -> prohibited",
        "actor=ahrar-al-sham & acceptance:ahrar-al-sham=yes -> prohibited",
        "actor=ahrar-al-sham & acceptance:ahrar-al-sham=no -> not-covered",
    ] {
        assert!(said.iter().any(|c| c == expected), "{expected}: {said:#?}");
    }
    let letter = one(&all, "opposition-fire", "letter-strict");
    assert_eq!(letter.outcome, Outcome::Undetermined);
    let said = cruxes(letter);
    for expected in [
        "target=hospital -> not-prohibited",
        "actor=jaysh-al-islam & target=government-forces -> prohibited",
        "actor=ahrar-al-sham & target=government-forces & acceptance:ahrar-al-sham=yes -> prohibited",
    ] {
        assert!(said.iter().any(|c| c == expected), "{expected}: {said:#?}");
    }
    for reading in READINGS {
        assert_eq!(one(&all, "self-defence", reading).outcome, Outcome::Undetermined);
        for clause in ["territory", "aid-access"] {
            assert_eq!(one(&all, clause, reading).outcome, Outcome::NotProhibited, "{clause}");
        }
    }
}

fn strike(when: Option<&str>) -> Incident {
    let build = Build::new("strike")
        .act(Act::Airstrike, "airwars")
        .target(Target::ArmedOppositionForces, "airwars")
        .actor("russian-forces", "airwars")
        .held("opposition", "airwars")
        .place(aleppo(), "airwars");
    match when {
        Some(when) => build.when(when, "airwars").0,
        None => build.0,
    }
}

#[test]
fn a_minute_either_side_of_the_start() {
    let before = findings(&strike(Some("2016-02-26T21:59Z")), LATER);
    let after = findings(&strike(Some("2016-02-26T22:01Z")), LATER);
    let night = findings(&strike(Some("2016-02-26T18:00/2016-02-27T06:00")), LATER);
    for reading in ["letter-strict", "purpose-strict"] {
        assert_eq!(one(&before, "government-fire", reading).outcome, Outcome::NotCovered);
        assert_eq!(one(&after, "government-fire", reading).outcome, Outcome::Prohibited);
        let night = one(&night, "government-fire", reading);
        assert_eq!(night.outcome, Outcome::Undetermined);
        assert_eq!(
            cruxes(night).into_iter().filter(|c| !c.starts_with("matter")).collect::<Vec<_>>(),
            [
                "time=before 2016-02-26T22:00:00Z -> not-covered",
                "time=from 2016-02-26T22:00:00Z -> prohibited"
            ]
        );
    }
    let never = findings(&strike(None), LATER);
    assert_eq!(one(&never, "government-fire", "purpose-strict").outcome, Outcome::Undetermined);
}

#[test]
fn bombings_before_it_began_are_not_covered_under_every_reading() {
    let bombing = Build::new("homs")
        .act(Act::Bombing, "article-001")
        .target(Target::Civilians, "article-001")
        .actor("islamic-state", "article-001")
        .when("2016-02-21", "article-001")
        .0;
    for as_of in ["2016-02-21T20:00:00Z", LATER] {
        for finding in findings(&bombing, as_of) {
            assert_eq!(finding.outcome, Outcome::NotCovered, "{} {}", finding.clause, finding.reading);
        }
    }
}

#[test]
fn an_exemption_whose_facts_are_missing_gives_undetermined() {
    let mut incident = al_quds();
    incident.facts.clear();
    let all = findings(&incident, LATER);
    let licence = one(&all, "government-fire", "purpose-licence");
    assert_eq!(licence.outcome, Outcome::Undetermined);
    assert!(cruxes(licence).iter().any(|c| c == "fact:exempt-group-present=no -> prohibited"));
}

#[test]
fn self_defence_is_asked_once_somebody_claims_it() {
    let mut incident = al_quds();
    incident.facts.entry("self-defence-claimed".into()).or_default().add(Answer::Yes, "russian-mod".into());
    let all = findings(&incident, LATER);
    let strict = one(&all, "government-fire", "purpose-strict");
    assert_eq!(strict.outcome, Outcome::Undetermined);
    let said = cruxes(strict);
    assert!(said.iter().any(|c| c == "judgement:proportionate=no -> prohibited"), "{said:#?}");
    assert!(
        said.iter()
            .any(|c| c == "judgement:proportionate=yes & judgement:self-defence=yes -> not-prohibited"),
        "{said:#?}"
    );
    incident.judgements.insert("self-defence".into(), Answer::Yes);
    incident.judgements.insert("proportionate".into(), Answer::Yes);
    let all = findings(&incident, LATER);
    assert_eq!(one(&all, "government-fire", "purpose-strict").outcome, Outcome::NotProhibited);
    assert_eq!(one(&all, "self-defence", "purpose-strict").outcome, Outcome::NotProhibited);
}

#[test]
fn the_duty_is_conditional_and_acceptances_have_their_own_clock() {
    let mut incident = al_dabbit();
    incident.actors = truceline_model::Alternatives::one("jaysh-al-islam".into(), "x".into());
    let all = findings(&incident, LATER);
    assert_eq!(one(&all, "opposition-fire", "purpose-strict").outcome, Outcome::Prohibited);
    // As of the evening before any acceptance was known: both acceptances are open, and so is everything.
    let early = findings(&incident, "2016-02-22T20:00:00Z");
    let finding = one(&early, "opposition-fire", "purpose-strict");
    assert_eq!(finding.outcome, Outcome::Undetermined);
    let said = cruxes(finding);
    assert!(said.iter().any(|c| c.starts_with("acceptance:government-side=no")), "{said:#?}");
}

#[test]
fn strikes_on_exempt_groups_are_not_covered() {
    let raqqa = Build::new("raqqa")
        .act(Act::Airstrike, "airwars")
        .target(Target::ExemptGroupForces, "airwars")
        .actor("russian-forces", "airwars")
        .held("islamic-state", "airwars")
        .when("2016-03-10", "airwars")
        .0;
    let all = findings(&raqqa, LATER);
    for reading in READINGS {
        assert_eq!(one(&all, "government-fire", reading).outcome, Outcome::NotCovered);
    }
}

#[test]
fn a_calm_whose_accounts_differ_turns_on_the_account() {
    let dawn = |when: &str| {
        Build::new("ghouta")
            .act(Act::Shelling, "sohr")
            .target(Target::ResidentialArea, "sohr")
            .actor("syrian-government-forces", "sohr")
            .when(when, "sohr")
            .place(
                truceline_model::Place {
                    point: None,
                    within_m: 0,
                    areas: [truceline_model::AreaId::new("zone-eastern-ghouta")].into(),
                    unresolved: None,
                },
                "sohr",
            )
            .0
    };
    let all = findings(&dawn("2016-04-30T00:30"), LATER);
    let calm = one(&all, "calm-ghouta", "letter-strict");
    assert_eq!(calm.outcome, Outcome::Undetermined);
    let said = cruxes(calm);
    assert!(said.contains(&"window:calm-ghouta/1=russian-centre -> prohibited".to_owned()), "{said:#?}");
    assert!(
        said.contains(&"window:calm-ghouta/1=syrian-army-command -> not-covered".to_owned()),
        "{said:#?}"
    );
    let all = findings(&dawn("2016-05-02T12:00"), LATER);
    assert_eq!(one(&all, "calm-ghouta", "letter-strict").outcome, Outcome::Prohibited);
    // The last extension was not known before 2 May.
    let all = findings(&dawn("2016-05-02T12:00"), "2016-05-01T12:00:00Z");
    assert_eq!(one(&all, "calm-ghouta", "letter-strict").outcome, Outcome::NotCovered);
}

#[test]
fn ground_and_access_when_they_are_alleged() {
    let taken = Build::new("ground")
        .act(Act::GainingGround, "sohr")
        .actor("jaysh-al-islam", "sohr")
        .held("government-side", "sohr")
        .when("2016-04-10", "sohr")
        .0;
    assert_eq!(one(&findings(&taken, LATER), "territory", "letter-strict").outcome, Outcome::Prohibited);
    let refused = Build::new("aid")
        .act(Act::AccessDenied, "un")
        .held("government-side", "un")
        .actor("syrian-government-forces", "un")
        .when("2016-04-10", "un")
        .0;
    assert_eq!(one(&findings(&refused, LATER), "aid-access", "letter-strict").outcome, Outcome::Prohibited);
}
