//! What an undetermined finding turns on, in full: every supposition that is offered of words, people and places, as it is
//! written and in its order, and none besides. Worked out from `docs/terms/findings.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::aleppo;
use common::asked::{by, clause, found, of, shelling, when, with};
use truceline_model::{
    Act, ActorId, Alternatives, Answer, AreaId, Incident, Outcome, Place, Point, SystemId, Target, Weapon,
};

#[test]
fn words_that_could_be_supposed_stand_together_where_nothing_tells_them_apart() {
    let three = "clause fire \"Fire\"\nbinds government-side\nforbids shelling mortar-fire rocket-fire with any-weapon";
    let airstrike = with(|one| {
        one.acts = Alternatives::one(Act::Airstrike, "sohr".into());
        one.acts.leave_open(by());
    });
    assert_eq!(
        of(three, &airstrike),
        ["act=airstrike -> not-prohibited", "act=one of rocket-fire, shelling, mortar-fire -> prohibited"]
    );
    // What sources name is named by itself; what they do not is not offered beside it. A blast of a kind not stated may be
    // what is forbidden, and is none of those that are certainly not.
    let named = with(|one| {
        one.acts.add(Act::MortarFire, "sohr".into());
        one.acts.leave_open(by());
    });
    assert_eq!(
        of(three, &named),
        [
            "act=mortar-fire -> prohibited",
            "act=none of rocket-fire, shelling, mortar-fire, explosion -> not-prohibited",
            "act=shelling -> prohibited",
        ]
    );
    let one = "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon";
    let nothing = with(|one| one.acts = Alternatives::default());
    assert_eq!(
        of(one, &nothing),
        ["act=none of shelling, explosion -> not-prohibited", "act=shelling -> prohibited"]
    );
    // Two questions of one fact: a class for each way of answering both.
    let two = clause("only-when not did shelling or with tank mortar\nonly-when with tank rocket");
    let silent = with(|one| one.weapons = Alternatives::default());
    assert_eq!(
        of(&two, &silent),
        [
            "weapon=mortar -> not-prohibited",
            "weapon=none of rocket, mortar, tank -> not-prohibited",
            "weapon=rocket -> not-prohibited",
            "weapon=tank -> prohibited"
        ]
    );
}

#[test]
fn a_blast_of_a_kind_not_stated_may_be_what_is_forbidden() {
    let blast = with(|one| one.acts = Alternatives::one(Act::Explosion, "sohr".into()));
    assert_eq!(
        of(&clause(""), &blast),
        ["act=none of shelling, explosion -> not-prohibited", "act=shelling -> prohibited"]
    );
    let arrest =
        "clause arrest \"Arrest\"\nbinds government-side\nforbids detention execution with any-weapon";
    assert_eq!(found(arrest, &blast).outcome, Outcome::NotProhibited);
    let both = "clause both \"Both\"\nbinds government-side\nforbids detention bombing with any-weapon";
    assert_eq!(
        of(both, &blast),
        [
            "act=none of bombing, detention, explosion -> not-prohibited",
            "act=one of bombing, detention -> prohibited",
        ]
    );
    let known = with(|one| one.acts = Alternatives::one(Act::Detention, "sohr".into()));
    assert_eq!(found(&clause(""), &known).outcome, Outcome::NotProhibited);
}

#[test]
fn targets_and_weapons_of_sources() {
    let lines = clause("against hospital school market\nonly-when with artillery mortar");
    let one = with(|one| {
        one.targets.add(Target::Hospital, "msf".into());
        one.targets.add(Target::School, "msf".into());
        one.weapons.add(Weapon::Artillery, "sohr".into());
        one.weapons.add(Weapon::SmallArms, "sohr".into());
        one.weapons.leave_open(by());
    });
    assert_eq!(
        of(&lines, &one),
        [
            "weapon=small-arms -> not-prohibited",
            "target=civilians -> not-prohibited",
            "weapon=artillery & target=hospital -> prohibited",
            "weapon=artillery & target=school -> prohibited",
        ]
    );
}

#[test]
fn a_value_that_nobody_named_is_offered_only_when_its_effect_is_new() {
    let lines = clause("outside when with rocket\nexcept mercy gives not-covered when with mortar");
    let weapons = |named: &[Weapon]| {
        with(|one| {
            named.iter().for_each(|weapon| one.weapons.add(*weapon, "sohr".into()));
            one.weapons.leave_open(by());
        })
    };
    assert_eq!(
        of(&lines, &weapons(&[Weapon::Rocket])),
        ["weapon=none of rocket, mortar -> prohibited", "weapon=rocket -> not-covered"]
    );
    assert_eq!(
        of(&lines, &weapons(&[Weapon::SmallArms])),
        ["weapon=mortar -> not-covered", "weapon=rocket -> not-covered", "weapon=small-arms -> prohibited"]
    );
    assert_eq!(
        of(&lines, &weapons(&[Weapon::Rocket, Weapon::Mortar, Weapon::SmallArms])),
        ["weapon=mortar -> not-covered", "weapon=rocket -> not-covered", "weapon=small-arms -> prohibited"]
    );
}

#[test]
fn weapon_systems() {
    let lines = "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon of-system smerch grad\n\
                 except old gives not-covered when of-system grad";
    let system = |names: &[&str], open: bool| {
        with(|one| {
            names.iter().for_each(|name| one.systems.add(SystemId::new(name), "sohr".into()));
            if open {
                one.systems.leave_open(by());
            }
        })
    };
    assert_eq!(
        of(lines, &system(&[], false)),
        [
            "system=grad -> not-covered",
            "system=none of grad, smerch -> not-prohibited",
            "system=smerch -> prohibited",
        ]
    );
    assert_eq!(
        of(lines, &system(&["uragan", "tochka-u", "smerch"], false)),
        [
            "system=smerch -> prohibited",
            "system=tochka-u -> not-prohibited",
            "system=uragan -> not-prohibited",
        ]
    );
    assert_eq!(
        of(lines, &system(&["uragan"], true)),
        ["system=grad -> not-covered", "system=smerch -> prohibited", "system=uragan -> not-prohibited"]
    );
    assert_eq!(found(lines, &system(&["smerch"], false)).outcome, Outcome::Prohibited);
    let both =
        "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon of-system smerch grad";
    assert_eq!(
        of(both, &system(&[], false)),
        ["system=none of grad, smerch -> not-prohibited", "system=one of grad, smerch -> prohibited"]
    );
    assert_eq!(
        of(both, &system(&["grad"], true)),
        ["system=grad -> prohibited", "system=none of grad, smerch -> not-prohibited"]
    );
}

#[test]
fn whose_ground() {
    let held = clause("against ground-held-by opposition");
    assert_eq!(
        of(&held, &shelling()),
        ["held-by=not opposition -> not-prohibited", "held-by=opposition -> prohibited"]
    );
    let two = with(|one| {
        one.held_by.add("jaysh-al-islam".into(), "sohr".into());
        one.held_by.add("free-syrian-army".into(), "msf".into());
        one.held_by.add("al-nusra".into(), "un".into());
    });
    assert_eq!(
        of(&held, &two),
        [
            "held-by=al-nusra -> not-prohibited",
            "held-by=free-syrian-army -> prohibited",
            "held-by=jaysh-al-islam -> prohibited",
        ]
    );
    let vague = with(|one| one.held_by.add("insurgents-unspecified".into(), "sohr".into()));
    assert_eq!(
        of(&held, &vague),
        ["held-by=not opposition -> not-prohibited", "held-by=opposition -> prohibited"]
    );
    // A description that says whose it is answers the question.
    let told = with(|one| one.held_by.add("opposition-unspecified".into(), "sohr".into()));
    assert_eq!(found(&held, &told).outcome, Outcome::Prohibited);
    let either = clause(
        "against ground-held-by opposition done-by government-side\nagainst ground-held-by government-side done-by opposition",
    );
    assert_eq!(
        of(&either, &shelling()),
        [
            "held-by=government-side -> not-prohibited",
            "held-by=none of opposition, government-side -> not-prohibited",
            "held-by=opposition -> prohibited",
        ]
    );
}

#[test]
fn who_was_struck() {
    let struck = clause("against forces-of opposition");
    assert_eq!(found(&struck, &shelling()).outcome, Outcome::NotProhibited);
    let forces = with(|one| one.targets.add(Target::ArmedForces, "msf".into()));
    assert_eq!(
        of(&struck, &forces),
        ["struck=not opposition -> not-prohibited", "struck=opposition -> prohibited"]
    );
    let open = with(|one| one.struck.leave_open(by()));
    assert_eq!(
        of(&struck, &open),
        ["struck=not opposition -> not-prohibited", "struck=opposition -> prohibited"]
    );
    let exempt = with(|one| one.struck.add("al-nusra".into(), "msf".into()));
    assert_eq!(found(&struck, &exempt).outcome, Outcome::NotProhibited);
    // The same in two stretches of time: a moment of the clause's own divides the event.
    let dated = clause(
        "only-when from \"2016-03-10\" or struck-of opposition\nonly-when struck-of government-side or struck-of opposition",
    );
    let mut night = when(&["2016-03-09T12:00/2016-03-10T12:00"]);
    night.struck.add("jaysh-al-islam".into(), "msf".into());
    night.struck.add("free-syrian-army".into(), "msf".into());
    night.struck.add("hezbollah".into(), "un".into());
    assert_eq!(
        of(&dated, &night),
        [
            "struck=free-syrian-army -> prohibited",
            "struck=jaysh-al-islam -> prohibited",
            "time=from 2016-03-10T00:00:00Z -> prohibited",
            "struck=hezbollah & time=before 2016-03-10T00:00:00Z -> not-prohibited",
        ]
    );
}

#[test]
fn people_named_and_supposed() {
    let bound = "clause fire \"Fire\"\nbinds opposition that-accepted\nforbids shelling with any-weapon";
    let who = |names: &[&str], open: bool| {
        with(|one| {
            one.actors = Alternatives::default();
            names.iter().for_each(|name| one.actors.add(ActorId::new(name), "sohr".into()));
            if open {
                one.actors.leave_open(by());
            }
        })
    };
    assert_eq!(
        of(bound, &who(&[], false)),
        [
            "actor=one of al-nusra, coalition-forces, hezbollah, islamic-state, russia, russian-forces, \
             self-administration-forces, syrian-government-forces, united-states -> not-covered",
            "actor=one of free-syrian-army, jaysh-al-islam -> prohibited",
        ]
    );
    assert_eq!(
        of(bound, &who(&["jaysh-al-islam", "ahrar-al-sham", "hezbollah", "russian-forces"], true)),
        [
            "actor=hezbollah -> not-covered",
            "actor=jaysh-al-islam -> prohibited",
            "actor=russian-forces -> not-covered",
            "actor=ahrar-al-sham & acceptance:ahrar-al-sham=no -> not-covered",
            "actor=ahrar-al-sham & acceptance:ahrar-al-sham=yes -> prohibited",
        ]
    );
    assert_eq!(of(bound, &who(&["insurgents-unspecified"], false)), of(bound, &who(&[], false)));
    let finding = found(
        bound,
        &who(&["jaysh-al-islam", "ahrar-al-sham", "hezbollah", "insurgents-unspecified"], false),
    );
    let answer: Vec<&str> = finding.respondents.iter().map(ActorId::as_str).collect();
    assert_eq!(answer, ["ahrar-al-sham", "jaysh-al-islam"]);
}

#[test]
fn commanders_named_and_supposed() {
    let bound = "clause fire \"Fire\"\nbinds opposition with-affiliates\nforbids shelling with any-weapon";
    let led = |names: &[&str], open: bool| {
        with(|one| {
            one.actors = Alternatives::one("self-administration-forces".into(), "sohr".into());
            names.iter().for_each(|name| one.commanders.add(ActorId::new(name), "sohr".into()));
            if open {
                one.commanders.leave_open(by());
            }
        })
    };
    assert_eq!(found(bound, &led(&[], false)).outcome, Outcome::NotCovered);
    assert_eq!(
        of(bound, &led(&[], true)),
        ["commander=government-side -> not-covered", "commander=opposition -> prohibited"]
    );
    assert_eq!(
        of(bound, &led(&["jaysh-al-islam", "hezbollah"], true)),
        ["commander=hezbollah -> not-covered", "commander=jaysh-al-islam -> prohibited"]
    );
    let finding = found(bound, &led(&["jaysh-al-islam", "hezbollah"], false));
    assert_eq!(finding.respondents, [ActorId::new("jaysh-al-islam")].into());
    // Where both sides are bound, only nobody at all leaves it uncovered.
    let both = "clause fire \"Fire\"\nbinds opposition government-side with-affiliates\nforbids shelling with any-weapon";
    assert_eq!(
        of(both, &led(&[], true)),
        [
            "commander=none of government-side, opposition -> not-covered",
            "commander=one of government-side, opposition -> prohibited",
        ]
    );
}

fn place(change: impl FnOnce(&mut Place)) -> Incident {
    with(|one| {
        let mut place = aleppo();
        change(&mut place);
        one.places.add(place, "sohr".into());
    })
}

#[test]
fn places_by_area_and_distance() {
    let nowhere = |place: &mut Place| (place.point, place.areas) = (None, [].into());
    let one = clause("applies in zone-aleppo-city");
    assert_eq!(
        of(&one, &place(nowhere)),
        ["place=not zone-aleppo-city -> not-covered", "place=zone-aleppo-city -> prohibited"]
    );
    let two = clause("applies in zone-aleppo-city zone-north-latakia");
    assert_eq!(
        of(&two, &shelling()),
        [
            "place=none of zone-aleppo-city, zone-north-latakia -> not-covered",
            "place=one of zone-aleppo-city, zone-north-latakia -> prohibited",
        ]
    );
    let near = clause("applies within 700 m of line-of-contact zone-aleppo-city");
    assert_eq!(
        of(&near, &place(nowhere)),
        [
            "place=not within 700 m of line-of-contact, zone-aleppo-city -> not-covered",
            "place=within 700 m of line-of-contact, zone-aleppo-city -> prohibited",
        ]
    );
    let far = clause(
        "applies within 70 km of line-of-contact\nexcept city gives not-prohibited when in zone-aleppo-city",
    );
    assert_eq!(
        of(&far, &place(nowhere)),
        [
            "place=not within 70 km of line-of-contact and in zone-aleppo-city -> not-covered",
            "place=not within 70 km of line-of-contact and not in zone-aleppo-city -> not-covered",
            "place=within 70 km of line-of-contact and in zone-aleppo-city -> not-prohibited",
            "place=within 70 km of line-of-contact and not in zone-aleppo-city -> prohibited",
        ]
    );
    // What is known of one of two questions is not supposed otherwise.
    assert_eq!(
        of(&far, &place(|_| {})),
        [
            "place=not within 70 km of line-of-contact and in zone-aleppo-city -> not-covered",
            "place=within 70 km of line-of-contact and in zone-aleppo-city -> not-prohibited",
        ]
    );
}

#[test]
fn a_coarser_place_does_not_rival_a_finer_one() {
    let lines = clause("applies in zone-aleppo-city");
    let both = with(|one| {
        one.places.add(aleppo(), "sohr".into());
        let coarse = Place { point: None, ..aleppo() };
        one.places.add(coarse, "msf".into());
    });
    assert_eq!(found(&lines, &both).outcome, Outcome::Prohibited);
    let rival = with(|one| {
        one.places.add(aleppo(), "sohr".into());
        let point = Some(Point::parse("33.53", "36.4").unwrap());
        one.places.add(Place { point, areas: [AreaId::new("SY03")].into(), ..aleppo() }, "msf".into());
    });
    assert_eq!(
        of(&lines, &rival),
        ["place=not zone-aleppo-city -> not-covered", "place=zone-aleppo-city -> prohibited"]
    );
    let open = with(|one| {
        one.places.add(aleppo(), "sohr".into());
        one.places.leave_open(by());
    });
    assert_eq!(found(&lines, &open).outcome, Outcome::Prohibited);
}

#[test]
fn of_more_than_three_open_places_no_combination_is_offered() {
    let three = clause("only-when in zone-aleppo-city or in SY03 or within 1 km of line-of-contact");
    assert_eq!(of(&three, &shelling()).len(), 8);
    let four = clause(
        "only-when in zone-aleppo-city or in SY03 or within 1 km of line-of-contact or within 2 km of line-of-contact",
    );
    assert_eq!(of(&four, &shelling()), [""; 0]);
}

#[test]
fn facts_and_judgements_that_nobody_told() {
    let lines = clause("outside when found seen and judged fair");
    assert_eq!(
        of(&lines, &shelling()),
        [
            "fact:seen=no -> prohibited",
            "judgement:fair=no -> prohibited",
            "fact:seen=yes & judgement:fair=yes -> not-covered",
        ]
    );
    let denied = with(|one| {
        one.facts.entry("seen".into()).or_default().add(Answer::No, "sohr".into());
        one.facts.entry("seen".into()).or_default().add(Answer::Yes, "msf".into());
        one.judgements.insert("fair".into(), Answer::Yes);
    });
    assert_eq!(of(&lines, &denied), ["fact:seen=no -> prohibited", "fact:seen=yes -> not-covered"]);
    // Nobody denies it: silence is *yes*, and what somebody leaves unclear is not.
    let undenied = clause("outside when not-denied seen");
    assert_eq!(found(&undenied, &shelling()).outcome, Outcome::NotCovered);
    let unclear = with(|one| one.facts.entry("seen".into()).or_default().add(Answer::Unclear, "sohr".into()));
    assert_eq!(of(&undenied, &unclear), ["fact:seen=no -> prohibited", "fact:seen=yes -> not-covered"]);
    let both = clause("outside when not-denied seen\nexcept mercy gives not-prohibited when found seen");
    assert_eq!(found(&both, &shelling()).outcome, Outcome::NotCovered);
}
