//! What an undetermined finding turns on, in full: every supposition that is offered, in its words and in its order, and none
//! besides; the words of a case that is too large to try. Worked out from `docs/terms/findings.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Build, actors, aleppo, areas, at, cruxes, small};
use truceline_model::{
    Act, ActorId, Alternatives, Answer, AreaId, Bounds, Finding, Incident, Outcome, Place, Point, SourceId,
    SystemId, Target, Weapon,
};
use truceline_terms::judge;

const LATER: &str = "2016-06-01T00:00:00Z";
const OPEN: &str = "in-force from \"2016-02-27\"\nmeasure lorries \"Lorries\"\nmeasure prisoners \"Prisoners\"\n\
    measure hostages \"Hostages\"\nfact seen \"?\"\njudgement fair \"?\"\nexempt al-nusra\n\
    accepted government-side on \"2016-02-27\" per syrian-government\naccepted hnc on \"2016-02-27\" per hnc";

/// A clause on shelling by either side, with more lines.
fn clause(lines: &str) -> String {
    format!(
        "clause fire \"Fire\"\nbinds government-side opposition\nforbids shelling with any-weapon\n{lines}"
    )
}

fn found(clause: &str, incident: &Incident) -> Finding {
    judge(&small("UTC", OPEN, clause), &actors(), &areas(), incident, at(LATER)).remove(0)
}

fn of(clause: &str, incident: &Incident) -> Vec<String> {
    let finding = found(clause, incident);
    assert_eq!((finding.outcome, finding.fault.as_deref()), (Outcome::Undetermined, None));
    cruxes(&finding)
}

fn shelling() -> Incident {
    Build::new("shelling")
        .act(Act::Shelling, "sohr")
        .target(Target::Civilians, "sohr")
        .actor("syrian-government-forces", "sohr")
        .when("2016-03-10T12:00Z", "sohr")
        .0
}

fn with(change: impl FnOnce(&mut Incident)) -> Incident {
    let mut one = shelling();
    change(&mut one);
    one
}

fn by() -> SourceId {
    "reuters".into()
}

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
fn ground_and_who_was_struck() {
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
    let night = with(|one| {
        one.when = Alternatives::one(
            truceline_model::Zone::utc().interval("2016-03-09T12:00/2016-03-10T12:00").unwrap(),
            "sohr".into(),
        );
        one.struck.add("jaysh-al-islam".into(), "msf".into());
        one.struck.add("free-syrian-army".into(), "msf".into());
        one.struck.add("hezbollah".into(), "un".into());
    });
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

fn counted(measure: &str, figures: &[(u32, Option<u32>)], open: bool, mut one: Incident) -> Incident {
    let all = one.amounts.entry(measure.into()).or_default();
    for (min, max) in figures {
        let bounds = match max {
            Some(max) => Bounds::range(*min, *max).unwrap(),
            None => Bounds::parse(&format!(">={min}")).unwrap(),
        };
        all.add(bounds, "sohr".into());
    }
    if open {
        all.leave_open(by());
    }
    one
}

#[test]
fn stretches_of_numbers_between_those_asked_for() {
    let lines = clause("only-when counted lorries at-least 600");
    let lorries = |figures: &[(u32, Option<u32>)], open| counted("lorries", figures, open, shelling());
    let halves =
        ["measure:lorries=at least 600 -> prohibited", "measure:lorries=fewer than 600 -> not-prohibited"];
    assert_eq!(of(&lines, &shelling()), halves);
    assert_eq!(of(&lines, &lorries(&[(500, Some(700))], false)), halves);
    assert_eq!(of(&lines, &lorries(&[(599, Some(600))], false)), halves);
    assert_eq!(of(&lines, &lorries(&[(500, None)], false)), halves);
    assert_eq!(found(&lines, &lorries(&[(500, Some(599))], false)).outcome, Outcome::NotProhibited);
    assert_eq!(found(&lines, &lorries(&[(600, Some(700))], false)).outcome, Outcome::Prohibited);
    assert_eq!(found(&lines, &lorries(&[(600, None)], false)).outcome, Outcome::Prohibited);
    // Rival figures are named as they were given.
    assert_eq!(
        of(&lines, &lorries(&[(500, Some(500)), (650, Some(700))], false)),
        ["measure:lorries=500 -> not-prohibited", "measure:lorries=650-700 -> prohibited"]
    );
    assert_eq!(
        of(&lines, &lorries(&[(600, Some(600))], true)),
        ["measure:lorries=600 -> prohibited", "measure:lorries=fewer than 600 -> not-prohibited"]
    );
    let between = clause("only-when counted lorries more-than 10\nonly-when counted lorries at-most 20");
    assert_eq!(
        of(&between, &shelling()),
        [
            "measure:lorries=11-20 -> prohibited",
            "measure:lorries=at least 21 -> not-prohibited",
            "measure:lorries=fewer than 11 -> not-prohibited",
        ]
    );
    // Only what the figure allows.
    assert_eq!(
        of(&between, &lorries(&[(5, Some(15))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=fewer than 11 -> not-prohibited"]
    );
    assert_eq!(
        of(&between, &lorries(&[(15, Some(25))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=at least 21 -> not-prohibited"]
    );
    assert_eq!(
        of(&between, &lorries(&[(20, Some(25))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=at least 21 -> not-prohibited"]
    );
    assert_eq!(
        of(&between, &lorries(&[(5, Some(11))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=fewer than 11 -> not-prohibited"]
    );
    let exactly = clause("only-when counted lorries exactly 3");
    assert_eq!(
        of(&exactly, &shelling()),
        [
            "measure:lorries=3 -> prohibited",
            "measure:lorries=at least 4 -> not-prohibited",
            "measure:lorries=fewer than 3 -> not-prohibited",
        ]
    );
    assert_eq!(found(&exactly, &lorries(&[(3, Some(3))], false)).outcome, Outcome::Prohibited);
    assert_eq!(found(&exactly, &lorries(&[(4, Some(9))], false)).outcome, Outcome::NotProhibited);
    assert_eq!(found(&exactly, &lorries(&[(1, Some(2))], false)).outcome, Outcome::NotProhibited);
    let few = clause("only-when counted lorries fewer-than 3");
    let said = of(&few, &lorries(&[(2, Some(3))], false));
    assert_eq!(
        said,
        ["measure:lorries=at least 3 -> not-prohibited", "measure:lorries=fewer than 3 -> prohibited"]
    );
}

#[test]
fn a_ratio_turns_where_the_other_figure_is_known() {
    let lines = clause("only-when counted prisoners at-least 30 per hostages");
    let both = |prisoners: &[(u32, Option<u32>)], hostages: &[(u32, Option<u32>)]| {
        let one = counted("prisoners", prisoners, prisoners.is_empty(), shelling());
        counted("hostages", hostages, hostages.is_empty(), one)
    };
    assert_eq!(found(&lines, &both(&[(90, Some(90))], &[(3, Some(3))])).outcome, Outcome::Prohibited);
    assert_eq!(found(&lines, &both(&[(89, Some(89))], &[(3, Some(3))])).outcome, Outcome::NotProhibited);
    assert_eq!(
        of(&lines, &both(&[], &[(3, Some(3))])),
        ["measure:prisoners=at least 90 -> prohibited", "measure:prisoners=fewer than 90 -> not-prohibited"]
    );
    assert_eq!(
        of(&lines, &both(&[(95, Some(95))], &[])),
        [
            "measure:hostages=3 -> prohibited",
            "measure:hostages=at least 4 -> not-prohibited",
            "measure:hostages=fewer than 3 -> prohibited",
        ]
    );
    assert_eq!(
        of(&lines, &both(&[(80, Some(100))], &[(3, Some(3))])),
        ["measure:prisoners=at least 90 -> prohibited", "measure:prisoners=fewer than 90 -> not-prohibited"]
    );
    let exactly = clause("only-when counted prisoners exactly 30 per hostages");
    let outcome = |prisoners, hostages| found(&exactly, &both(&[prisoners], &[hostages])).outcome;
    assert_eq!(outcome((90, Some(90)), (3, Some(3))), Outcome::Prohibited);
    // No multiple of thirty lies among them.
    assert_eq!(outcome((91, Some(119)), (2, Some(5))), Outcome::NotProhibited);
    assert_eq!(outcome((91, Some(120)), (2, Some(5))), Outcome::Undetermined);
    assert_eq!(outcome((100, Some(200)), (1, Some(3))), Outcome::NotProhibited);
    assert_eq!(outcome((10, Some(50)), (2, Some(3))), Outcome::NotProhibited);
    let none = clause("only-when counted prisoners more-than 0 per hostages");
    assert_eq!(found(&none, &both(&[(1, Some(1))], &[])).outcome, Outcome::Prohibited);
    assert_eq!(found(&none, &both(&[(0, Some(0))], &[(5, None)])).outcome, Outcome::NotProhibited);
}

#[test]
fn stretches_of_time_join_with_their_neighbours() {
    let lines =
        clause("only-when from \"2016-03-05\"\nexcept late gives not-covered when from \"2016-03-20\"");
    let when = |text: &[&str]| {
        with(|one| {
            one.when = Alternatives::default();
            for text in text {
                one.when.add(truceline_model::Zone::utc().interval(text).unwrap(), "sohr".into());
            }
        })
    };
    assert_eq!(
        of(&lines, &when(&[])),
        [
            "time=before 2016-02-27T00:00:00Z -> not-covered",
            "time=from 2016-02-27T00:00:00Z before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-05T00:00:00Z before 2016-03-20T00:00:00Z -> prohibited",
            "time=from 2016-03-20T00:00:00Z -> not-covered",
        ]
    );
    assert_eq!(
        of(&lines, &when(&["2016-03-01", "2016-03-19/2016-03-20"])),
        [
            "time=before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-05T00:00:00Z before 2016-03-20T00:00:00Z -> prohibited",
            "time=from 2016-03-20T00:00:00Z -> not-covered",
        ]
    );
    // Accounts that agree on a part are taken together.
    assert_eq!(
        found(&lines, &when(&["2016-03-01/2016-03-10", "2016-03-10/2016-03-30"])).outcome,
        Outcome::Prohibited
    );
    let mut siege = when(&["2016-03-01/2016-03-04", "2016-03-10/2016-03-12"]);
    siege.throughout = true;
    assert_eq!(
        of(&lines, &siege),
        [
            "time=before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-10T00:00:00Z -> prohibited"
        ]
    );
    let mut three = when(&["2016-03-01/2016-03-04", "2016-03-06/2016-03-08", "2016-03-20/2016-03-22"]);
    three.throughout = true;
    assert_eq!(
        of(&lines, &three),
        [
            "time=before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-06T00:00:00Z before 2016-03-09T00:00:00Z -> prohibited",
            "time=from 2016-03-20T00:00:00Z -> not-covered",
        ]
    );
    let nights = clause("only-when daily \"22:00\" until \"06:00\" or daily \"12:00\" until \"13:00\"");
    assert_eq!(
        of(&nights, &when(&["2016-03-10"])),
        [
            "time=daily 22:00-06:00 and not daily 12:00-13:00 -> prohibited",
            "time=not daily 22:00-06:00 and daily 12:00-13:00 -> prohibited",
            "time=not daily 22:00-06:00 and not daily 12:00-13:00 -> not-prohibited",
        ]
    );
    let day = "clause quota \"Quota\"\nbinds government-side\nrequires delivery each-day counting lorries at-least 600";
    let mut tally = counted(
        "lorries",
        &[(500, Some(500))],
        false,
        when(&["2016-03-10", "2016-03-12T00:00/2016-03-12T12:00"]),
    );
    tally.acts = Alternatives::one(Act::Delivery, "sohr".into());
    assert_eq!(of(day, &tally), ["time=one whole day -> prohibited"]);
    // Two whole days are not told apart by that.
    let mut days = counted("lorries", &[(500, Some(500))], false, when(&["2016-02-26", "2016-02-27"]));
    days.acts = Alternatives::one(Act::Delivery, "sohr".into());
    assert_eq!(
        of(day, &days),
        ["time=before 2016-02-27T00:00:00Z -> not-covered", "time=from 2016-02-27T00:00:00Z -> prohibited",]
    );
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

/// Facts `f0`, `f1`, … beside what is declared.
fn found_of_facts(count: usize, clause: &str, incident: &Incident) -> Finding {
    let facts: String = (0..count).map(|n| format!("\nfact f{n} \"?\"\nmeasure m{n} \"M\"")).collect();
    judge(&small("UTC", &format!("{OPEN}{facts}"), clause), &actors(), &areas(), incident, at(LATER))
        .remove(0)
}

#[test]
fn four_suppositions_are_offered_and_five_are_not() {
    let all = |count: usize| {
        let lines: Vec<String> = (0..count).map(|n| format!("only-when found f{n}")).collect();
        cruxes(&found_of_facts(count, &clause(&lines.join("\n")), &shelling()))
    };
    assert_eq!(
        all(4),
        [
            "fact:f0=no -> not-prohibited",
            "fact:f1=no -> not-prohibited",
            "fact:f2=no -> not-prohibited",
            "fact:f3=no -> not-prohibited",
            "fact:f0=yes & fact:f1=yes & fact:f2=yes & fact:f3=yes -> prohibited",
        ]
    );
    assert_eq!(all(5).len(), 5);
    assert!(all(5).iter().all(|one| one.ends_with("=no -> not-prohibited")));
}

#[test]
fn of_more_than_two_dozen_no_kind_is_crowded_out() {
    let many = with(|one| Act::ALL.iter().take(40).for_each(|act| one.acts.add(*act, "sohr".into())));
    let said = of(&clause(""), &many);
    assert_eq!(said.len(), 24);
    assert!(said.contains(&"act=shelling -> prohibited".to_owned()), "{said:#?}");
    assert_eq!(said.iter().filter(|one| one.ends_with("-> not-prohibited")).count(), 23);
}

#[test]
fn more_worlds_than_are_tried_are_said_in_words() {
    // Four measures with five figures each, and five facts that are both affirmed and denied: 20,000 worlds.
    let mut one = shelling();
    for n in 0..4 {
        let figures: Vec<(u32, Option<u32>)> = (0..5).map(|count| (count, Some(count))).collect();
        one = counted(&format!("m{n}"), &figures, false, one);
    }
    for n in 0..5 {
        for answer in [Answer::Yes, Answer::No] {
            one.facts.entry(format!("f{n}").as_str().into()).or_default().add(answer, "sohr".into());
        }
    }
    let asked: Vec<String> = (0..4)
        .map(|n| format!("counted m{n} at-least 4"))
        .chain((0..5).map(|n| format!("found f{n}")))
        .collect();
    let lines = clause(&format!("only-when {}", asked.join(" or ")));
    let finding = found_of_facts(6, &lines, &one);
    assert_eq!(finding.outcome, Outcome::Undetermined);
    assert_eq!(
        finding.fault.as_deref(),
        Some("too many alternatives to say all that it turns on; what is named here does settle it")
    );
    assert_eq!(
        cruxes(&finding)[..3],
        ["measure:m0=4 -> prohibited", "measure:m1=4 -> prohibited", "measure:m2=4 -> prohibited"]
    );
    // One more to be unsure of, and none is tried.
    one.facts.entry("f5".into()).or_default().add(Answer::Yes, "sohr".into());
    one.facts.entry("f5".into()).or_default().add(Answer::No, "sohr".into());
    let finding = found_of_facts(6, &format!("{lines} or found f5"), &one);
    assert_eq!(
        (finding.outcome, finding.cruxes.len(), finding.respondents.len()),
        (Outcome::Undetermined, 0, 0)
    );
    assert_eq!(
        finding.fault.as_deref(),
        Some("too many alternatives to try them all: 40000 worlds, 20000 are tried at most")
    );
    // What is certainly not forbidden need not be tried: by its act, by its target, by another condition, by an area.
    let acquitted = |lines: &str, one: &Incident| {
        let text = clause(&format!("{lines}only-when {} or found f5", asked.join(" or ")));
        let finding = found_of_facts(6, &text, one);
        (finding.outcome, finding.fault)
    };
    let arrest = Incident { acts: Alternatives::one(Act::Detention, "sohr".into()), ..one.clone() };
    assert_eq!(acquitted("", &arrest), (Outcome::NotProhibited, None));
    assert_eq!(acquitted("against hospital\n", &one), (Outcome::NotProhibited, None));
    assert_eq!(acquitted("against civilians done-by opposition\n", &one), (Outcome::NotProhibited, None));
    assert_eq!(
        acquitted("only-when fired-at hospital or commanded-by opposition\n", &one),
        (Outcome::NotProhibited, None)
    );
    assert_eq!(acquitted("only-when not fired-at civilians\n", &one), (Outcome::NotProhibited, None));
    assert!(acquitted("against civilians\n", &one).1.is_some());
    assert!(acquitted("only-when fired-at civilians or commanded-by opposition\n", &one).1.is_some());
    // Nor an exception that certainly does not hold.
    let excepted = |lines: &str| {
        let text = clause(&format!(
            "except mercy gives not-prohibited when {lines}{} and found f5",
            asked.join(" and ")
        ));
        let finding = found_of_facts(6, &text, &one);
        (finding.outcome, finding.fault.is_some())
    };
    assert_eq!(excepted(""), (Outcome::Undetermined, true));
    assert_eq!(excepted("fired-at hospital and "), (Outcome::Prohibited, false));
    // Few in play, too many that could be supposed.
    let mut open = shelling();
    open.facts.entry("f0".into()).or_default().add(Answer::No, "sohr".into());
    let asked: Vec<String> = (1..11).map(|n| format!("found f{n}")).collect();
    let finding = found_of_facts(11, &clause(&format!("only-when {}", asked.join(" or "))), &open);
    assert_eq!(finding.outcome, Outcome::Undetermined);
    assert_eq!(
        finding.fault.as_deref(),
        Some("too many alternatives to try them all: 59049 worlds, 20000 are tried at most")
    );
    assert_eq!(finding.cruxes, []);
}
