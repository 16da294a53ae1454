//! What each construct of the language becomes in the typed form.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::{actors, areas};
use truceline_model::{Act, ActorId, AreaId, Grade, Instant, Length, Outcome, SystemId, Target, Weapon};
use truceline_terms::{
    Checked, Clause, ClauseKind, Compare, Condition, Counted, Effect, Since, Terms, Who, parse,
};

const HEAD: &str = "agreement example
title \"An example\"
zone \"Asia/Damascus\"
reading plain \"As written\"
party government-side whose-forces-are government-forces
party opposition
measure lorries \"Lorries\"
measure fuel \"Fuel lorries\"
measure prisoners \"Prisoners let go\"
measure hostages \"Hostages let go\"
fact seen \"Was it seen?\"
judgement grave \"Was it grave?\"
";
const OPEN: &str = "in-force from \"2016-02-27T00:00\"\n";

fn read(declared: &str, clause: &str) -> Checked {
    let text = format!("## A\n```terms\n{HEAD}{declared}\n```\n## B\nProse.\n```terms\n{clause}\n```\n");
    parse(&text, &actors(), &areas())
}

/// The terms, from declarations and one block.
fn terms(declared: &str, clause: &str) -> Terms {
    let checked = read(declared, clause);
    let said: Vec<&str> = checked.diagnostics.iter().map(|one| one.message.as_str()).collect();
    checked.terms.unwrap_or_else(|| panic!("{said:?}"))
}

fn clause(lines: &str) -> Clause {
    let text = format!("clause it \"It\"\nbinds opposition\n{lines}");
    terms(OPEN, &text).clauses.into_iter().next().unwrap()
}

/// Codes of what is said of a clause with these lines.
fn codes(lines: &str) -> Vec<&'static str> {
    let text = format!("clause it \"It\"\nbinds opposition\n{lines}");
    read(OPEN, &text).diagnostics.iter().map(|one| one.code).collect()
}

fn at(text: &str) -> Instant {
    truceline_model::Zone::named("Asia/Damascus").unwrap().instant(text).unwrap()
}

fn count(measure: &str, number: u32) -> Counted {
    Counted { measure: measure.into(), compare: Compare::AtLeast, number, per: None }
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

#[test]
fn a_duty_by_a_time_is_breached_by_doing_it_late_or_not_at_all() {
    let one = clause("requires withdrawal by \"2016-03-01 + 14 days\"");
    assert_eq!(one.kind, ClauseKind::Requires);
    let rule = one.rule.unwrap();
    assert_eq!(rule.acts, BTreeSet::from([Act::Withdrawal, Act::FailureToWithdraw]));
    assert_eq!(rule.when, [[Condition::From(at("2016-03-15"))]]);
    let required = rule.required.unwrap();
    assert_eq!((required.acts, required.each_day), (BTreeSet::from([Act::Withdrawal]), false));
    assert_eq!(required.by, Some(at("2016-03-15")));
}

#[test]
fn a_quota_is_breached_by_the_word_for_failing_or_by_a_short_day() {
    let one =
        clause("requires delivery each-day counting lorries at-least 600 and counting fuel at-least 50");
    let failed = Condition::Act(BTreeSet::from([Act::FailureToDeliver]));
    let (a, b) = (Condition::Counted(count("lorries", 600)), Condition::Counted(count("fuel", 50)));
    let rule = one.rule.unwrap();
    // Of a time that is no whole day it is not known whether the count fell short of any day's.
    let known = not(Condition::WholeDay);
    assert_eq!(rule.when, [vec![failed.clone(), Condition::WholeDay], vec![failed, not(a), not(b), known]]);
    assert!(rule.required.unwrap().each_day);
}

#[test]
fn a_count_by_a_time_and_a_ratio() {
    let one = clause("requires release by \"2016-03-01\" counting prisoners at-least 30 per hostages");
    let rule = one.rule.unwrap();
    let ratio = Counted { per: Some("hostages".into()), ..count("prisoners", 30) };
    let failed = Condition::Act(BTreeSet::from([Act::FailureToRelease]));
    assert_eq!(
        rule.when,
        [vec![Condition::From(at("2016-03-01"))], vec![failed, not(Condition::Counted(ratio))]]
    );
}

#[test]
fn an_act_without_a_word_for_failing_is_breached_by_its_lateness_and_its_count_alone() {
    let rule = clause("requires presence by \"2016-03-01\" counting lorries at-least 5").rule.unwrap();
    assert_eq!(rule.acts, BTreeSet::from([Act::Presence]));
    let short = not(Condition::Counted(count("lorries", 5)));
    assert_eq!(rule.when, [vec![Condition::From(at("2016-03-01"))], vec![short]]);
    let rule = clause("requires report each-day").rule.unwrap();
    assert_eq!(rule.when, [[Condition::Act(BTreeSet::from([Act::FailureToReport]))]]);
}

#[test]
fn a_duty_without_a_time_is_refused() {
    for bad in [
        "requires withdrawal",
        "requires delivery counting lorries at-least 600",
        "requires withdrawal by",
        "requires delivery each-day",
        "requires presence each-day",
        "requires by \"2016-03-01\"",
        "requires delivery each-day counting lorries at-least",
        "requires delivery each-day counting lorries at-least 600 and",
    ] {
        let clause = format!("clause it \"It\"\nbinds opposition\n{bad}");
        let checked = read(OPEN, &clause);
        let told = checked.diagnostics.iter().any(|one| one.code == "missing-operand");
        // Delivery has a word for failing, so each-day alone is a duty.
        assert_eq!(checked.terms.is_some(), bad == "requires delivery each-day", "{bad}");
        assert_eq!(told, bad != "requires delivery each-day", "{bad}: {:?}", checked.diagnostics);
    }
    assert_eq!(
        codes("requires delivery each-day by \"2016-03-01\" counting lorries at-least 1"),
        ["collide"]
    );
    assert_eq!(codes("requires failure-to-withdraw by \"2016-03-01\""), ["failure"]);
    assert_eq!(codes("requires withdrawal by \"2016-03-01\"\nrequires release by \"2016-03-01\""), ["twice"]);
    assert_eq!(codes("forbids shelling with any-weapon\nrequires release by \"2016-03-01\""), ["collide"]);
}

#[test]
fn every_condition_is_read() {
    let line = "only-when did shelling and with tank mortar and of-system smerch and fired-at hospital and \
                struck-of government-side and done-by opposition and commanded-by government-side opposition and \
                ground-held-by opposition and in SY02 and within 5 km of line-of-contact SY03 and counted lorries more-than 3 and \
                before \"2016-03-01\" and from \"2016-02-28\" and daily \"22:00\" until \"06:00\" and found seen and \
                not-denied seen and judged grave";
    let rule = clause(&format!("forbids presence with any-weapon\n{line}")).rule.unwrap();
    let (government, opposition) = (ActorId::new("government-side"), ActorId::new("opposition"));
    let expected = [
        Condition::Act(BTreeSet::from([Act::Shelling])),
        Condition::Weapon(BTreeSet::from([Weapon::Tank, Weapon::Mortar])),
        Condition::System(BTreeSet::from([SystemId::new("smerch")])),
        Condition::Target(BTreeSet::from([Target::Hospital])),
        Condition::Struck(government.clone()),
        Condition::DoneBy(BTreeSet::from([opposition.clone()])),
        Condition::CommandedBy(BTreeSet::from([government, opposition.clone()])),
        Condition::HeldBy(opposition),
        Condition::In(BTreeSet::from([AreaId::new("SY02")])),
        Condition::Near(BTreeSet::from([AreaId::new("line-of-contact"), AreaId::new("SY03")]), 5_000),
        Condition::Counted(Counted { compare: Compare::MoreThan, ..count("lorries", 3) }),
        not(Condition::From(at("2016-03-01"))),
        Condition::From(at("2016-02-28")),
        Condition::Daily(79_200, 21_600),
        Condition::Holds("seen".into()),
        Condition::NotDenied("seen".into()),
        Condition::Judged("grave".into()),
    ];
    assert_eq!(rule.when, expected.map(|one| vec![one]));
}

#[test]
fn not_turns_one_condition_round_and_or_makes_one_group() {
    let lines = "forbids presence with any-weapon
only-when not found seen and not before \"2016-03-01\"
only-when with tank or not daily \"06:00\" until \"24:00\"";
    let rule = clause(lines).rule.unwrap();
    let seen = not(Condition::Holds("seen".into()));
    let tank = Condition::Weapon(BTreeSet::from([Weapon::Tank]));
    assert_eq!(
        rule.when,
        [
            vec![seen],
            vec![Condition::From(at("2016-03-01"))],
            vec![tank, not(Condition::Daily(21_600, 86_400))]
        ]
    );
}

#[test]
fn conditions_that_do_not_join_are_refused() {
    let forbids = |line: &str| codes(&format!("forbids presence with any-weapon\n{line}"));
    for (line, code) in [
        ("only-when found seen judged grave", "missing-part"),
        ("only-when found seen and judged grave or with tank", "and-or"),
        ("only-when not", "missing-operand"),
        ("only-when and found seen", "missing-operand"),
        ("only-when found seen and", "missing-operand"),
        ("only-when found seen and not found seen", "contradiction"),
        ("only-when not not found seen", "twice"),
        ("only-when", "missing-operand"),
        ("only-when in line-of-contact", "line"),
        ("only-when with any-weapon", "any-weapon"),
        ("only-when counted lorries 600", "missing-operand"),
        ("only-when counted lorries above 600", "unknown-word"),
        ("only-when counted lorries at-least many", "bad-number"),
        ("only-when counted lorries at-least 4000000001", "bad-number"),
        ("only-when counted cars at-least 4", "unknown-measure"),
        ("only-when counted lorries at-least 4 per lorries", "contradiction"),
        ("only-when counted lorries fewer-than 0", "bad-number"),
        ("only-when within 5 miles of SY02", "unknown-word"),
        ("only-when within 5 km SY02", "missing-part"),
        ("only-when within 5 km of", "missing-operand"),
        ("only-when within 30000 km of SY02", "bad-number"),
        ("only-when daily \"22:00\"", "missing-operand"),
        ("only-when daily \"22:00\" until \"22:00\"", "bad-time"),
        ("only-when daily \"7:00\" until \"22:00\"", "bad-time"),
        ("only-when before \"noon\"", "bad-time"),
        ("outside when found seen or judged grave", "or"),
        ("except x gives not-covered when found seen or judged grave", "or"),
        ("only-when found seen under a=b", "cannot-express"),
    ] {
        assert!(forbids(line).contains(&code), "{line}: {:?}", forbids(line));
    }
}

#[test]
fn exceptions_that_shut_one_another_out_need_no_order() {
    let two = |a: &str, b: &str| {
        codes(&format!(
            "forbids presence with any-weapon\nexcept a gives not-covered when {a}\nexcept b gives not-prohibited when {b}"
        ))
    };
    assert_eq!(two("found seen", "judged grave"), ["collide"]);
    assert!(two("found seen", "not found seen and judged grave").is_empty());
    assert!(two("before \"2016-03-01\"", "from \"2016-03-01\"").is_empty());
    assert!(two("before \"2016-03-01\" and judged grave", "from \"2016-04-01\"").is_empty());
    assert_eq!(two("before \"2016-03-02\"", "from \"2016-03-01\""), ["collide"]);
}

#[test]
fn who_where_and_with_which_system() {
    let lines = "binds government-side that-accepted with-affiliates
applies in SY02 SY03
applies within 700 m of line-of-contact
forbids shelling with tank of-system smerch uragan
against forces-of government-side";
    let rule = clause(lines).rule.unwrap();
    assert!(rule.accepted && rule.affiliates);
    let at: Vec<&Condition> = rule.applies.iter().map(|one| &one.at).collect();
    assert_eq!(*at[1], Condition::Near(BTreeSet::from([AreaId::new("line-of-contact")]), 700));
    assert_eq!(rule.systems.unwrap().len(), 2);
    let government = ActorId::new("government-side");
    let forces = Condition::Target(BTreeSet::from([Target::GovernmentForces]));
    assert_eq!(rule.objects[0].any_of, [forces, Condition::Struck(government)]);
    // A party whose forces have no words is known by whom was struck alone.
    let rule = clause("forbids shelling with any-weapon\nagainst forces-of opposition").rule.unwrap();
    assert_eq!(rule.objects[0].any_of, [Condition::Struck(ActorId::new("opposition"))]);
    assert_eq!(codes("applies in line-of-contact\nforbids shelling with any-weapon"), ["line"]);
}

#[test]
fn a_permission_takes_any_conditions() {
    let lines = "permits shelling with any-weapon when with tank and found seen so-far-as judged grave and not in SY02";
    let one = clause(lines);
    assert_eq!(one.kind, ClauseKind::Permits);
    let rule = one.rule.unwrap();
    assert_eq!(rule.when.len(), 2);
    assert_eq!((rule.exceptions[0].name.as_str(), rule.exceptions[0].all_of.len()), ("grave", 2));
}

#[test]
fn groups_stand_for_their_words() {
    let declared = format!(
        "{OPEN}define-systems rockets means smerch uragan\ndefine-weapons heavy means tank artillery\n\
         define-targets homes means residential-area camp\ndefine fire means shelling\ndefine all-fire means fire airstrike"
    );
    let text = "clause it \"It\"\nbinds opposition\nforbids all-fire with heavy mortar of-system rockets tochka-u\nagainst homes";
    let rule = terms(&declared, text).clauses.remove(0).rule.unwrap();
    assert_eq!(rule.acts, BTreeSet::from([Act::Shelling, Act::Airstrike]));
    assert_eq!(rule.weapons.unwrap().len(), 3);
    assert_eq!(rule.systems.unwrap().len(), 3);
    assert_eq!(
        rule.objects[0].any_of,
        [Condition::Target(BTreeSet::from([Target::ResidentialArea, Target::Camp]))]
    );
}

#[test]
fn times_may_be_numbered_days_and_lengths() {
    let declared = format!(
        "day-one \"2016-03-20\" known \"2016-03-19\"
phase one \"First\" from \"day 1\" until \"end of day 6\"
phase two \"Second\" not-agreed
phase two \"Second\" from \"day 7\" until \"day 7 + 3 weeks\" known \"2016-03-22\"
working-hours from \"08:00\" until \"16:00\" on sun mon tue wed thu
holiday \"2016-03-21\" \"2016-03-22\"
deadline a \"A\" announced \"2016-03-20T12:00 + 72 hours\" due \"2016-03-20T12:00 + 8 working hours\"
deadline b \"B\" announced \"2016-03-20\" due \"2016-03-20T12:00 + 2 working days\"
{OPEN}"
    );
    let text = "clause it \"It\"\nbinds opposition\nforbids shelling with any-weapon\nin-phase one two";
    let terms = terms(&declared, text);
    assert_eq!(terms.day_one.unwrap().window.start(), at("2016-03-20"));
    let windows: Vec<_> = terms.phases.iter().map(|phase| phase.window).collect();
    // Day 6 is the day of 23 hours.
    assert_eq!(windows[0].unwrap().seconds(), (6 * 24 - 1) * 3_600);
    assert_eq!(windows[1], None);
    assert_eq!(windows[2].unwrap().start(), at("2016-03-26"));
    assert_eq!(windows[2].unwrap().end(), at("2016-04-16"));
    assert_eq!(terms.deadlines[0].announced, at("2016-03-23T12:00"));
    assert_eq!(terms.deadlines[0].due, at("2016-03-23T12:00"));
    assert_eq!(terms.deadlines[1].due, at("2016-03-24T16:00"));
    assert_eq!(terms.clauses[0].phases.len(), 2);
    assert!(terms.working_hours.is_some());
}

#[test]
fn times_that_cannot_be_told_are_refused() {
    let said = |declared: &str| {
        let checked = read(&format!("{OPEN}{declared}"), "duty d \"D\"");
        checked.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    let due = |due: &str| said(&format!("deadline a \"A\" announced \"2016-03-20\" due {due}"));
    for (time, code) in [
        ("\"day 16\"", "no-day-one"),
        ("\"2016-03-20 + 1 month\"", "months-and-days"),
        ("\"2016-03-20 + 2 years\"", "months-and-days"),
        ("\"2016-03-20 + 8 working hours\"", "no-working-hours"),
        ("\"2016-03-20 + 30 minutes\"", "months-and-days"),
        ("\"2016-03-20 + 3 business days\"", "months-and-days"),
        ("\"2016-03-20 + 3 fortnights\"", "unknown-word"),
        ("\"2016-03-20 + half days\"", "bad-number"),
        ("\"2016-03-20 +\"", "missing-operand"),
        ("\"+ 3 days\"", "missing-operand"),
        ("\" + 3 days\"", "missing-operand"),
        ("\"2016-03-20 - 3 days\"", "bad-time"),
        ("\"2016-03-20 + 3 days + 4 hours\"", "bad-time"),
        ("\"2016-03-20 + 4000000000 days\"", "bad-time"),
        ("day 16", "bad-time"),
        ("", "missing-operand"),
    ] {
        assert_eq!(due(time), [code], "{time}");
    }
    let numbered = |due: &str| {
        said(&format!("day-one \"2016-03-20\"\ndeadline a \"A\" announced \"2016-03-20\" due {due}"))
    };
    assert_eq!(numbered("\"day 0\""), ["bad-time"]);
    assert_eq!(numbered("\"day one\""), ["bad-number"]);
    assert!(numbered("\"end of day 2\"").is_empty());
    assert_eq!(said("holiday \"2016-03-20\""), ["no-working-hours"]);
    assert_eq!(said("working-hours from \"08:00\" until \"07:00\" on mon"), ["bad-time"]);
    assert_eq!(said("working-hours from \"08:00\" until \"17:00\" on monday"), ["unknown-word"]);
    assert_eq!(said("phase one \"One\" from \"2016-03-20\""), ["missing-part"]);
    assert_eq!(said("phase one \"One\" not-agreed until \"2016-03-20\""), ["collide"]);
    assert_eq!(said("phase one \"One\" not-agreed\nphase one \"One\" not-agreed"), ["twice"]);
    assert_eq!(said("day-one \"2016-03-20\"\nday-one \"2016-03-21\""), ["twice"]);
}

const CHAIN: &str = "start from \"2016-03-01\" until \"2016-06-01\" per a known \"2016-02-20\"
suspended from \"2016-03-10\" until \"2016-03-12\" per a known \"2016-03-10\"
or-suspended from \"2016-03-10\" for 24 hours per b known \"2016-03-10\"
resumed from \"2016-03-11\" until \"2016-06-01\" per b known \"2016-03-11\"
ended from \"2016-03-20 + 30 days\" per a known \"2016-03-20\"
or-not-ended from \"2016-04-19\" per b known \"2016-04-20\"
";

#[test]
fn the_agreement_may_have_a_chain() {
    let terms = terms(CHAIN, "duty d \"D\"");
    assert!(terms.in_force.is_empty());
    let effects: Vec<Vec<Effect>> =
        terms.chain.iter().map(|step| step.iter().map(|one| one.effect).collect()).collect();
    use Effect::{Gives, Nothing, Takes};
    assert_eq!(effects, [vec![Gives], vec![Takes, Takes], vec![Gives], vec![Takes, Nothing]]);
    let last = &terms.chain[3][0];
    assert_eq!((last.step.step.as_str(), last.step.window.start()), ("ended", at("2016-04-19")));
    assert_eq!(last.step.window.end(), Instant::FAR_FUTURE);
}

#[test]
fn a_chain_out_of_order_is_refused() {
    let said = |declared: &str| {
        read(declared, "duty d \"D\"").diagnostics.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(said(&format!("{OPEN}{CHAIN}")), ["collide"]);
    assert_eq!(said("ended from \"2016-03-20\" per a known \"2016-03-20\""), ["step-order"]);
    let start = "start from \"2016-03-01\" without-end per a known \"2016-02-20\"\n";
    assert!(said(start).is_empty());
    assert_eq!(said(&format!("{start}{start}")), ["step-order"]);
    assert_eq!(
        said(&format!("{start}or-ended from \"2016-03-20\" per a known \"2016-03-20\"")),
        ["step-order"]
    );
    let ended = format!("{start}ended from \"2016-03-20\" per a known \"2016-03-20\"\n");
    assert!(said(&ended).is_empty());
    assert_eq!(
        said(&format!("{ended}resumed from \"2016-04-20\" without-end per a known \"2016-03-20\"")),
        ["step-order"]
    );
    assert_eq!(
        said(&format!("{start}ended from \"2016-03-20\" until \"2016-04-01\" per a known \"2016-03-20\"")),
        ["too-many"]
    );
    assert_eq!(said("start from \"2016-03-01\" per a known \"2016-02-20\""), ["missing-part"]);
}

#[test]
fn who_is_outside_and_until_when() {
    let declared = format!(
        "{OPEN}exempt al-nusra until \"2016-03-01\"
excluded ahrar-al-sham from \"2016-03-04\" until \"2016-04-04\" known \"2016-03-05\" per un-envoy"
    );
    let terms = terms(&declared, "duty d \"D\"");
    assert_eq!((terms.exempt[0].until, terms.exempt[0].excluded), (Some(at("2016-03-01")), false));
    assert!(terms.exempt[1].excluded && terms.exempt[1].sources.contains(&"un-envoy".into()));
    let checked = read(&format!("{OPEN}excluded ahrar-al-sham"), "duty d \"D\"");
    let missing = checked.diagnostics.iter().filter(|one| one.code == "missing-part").count();
    assert_eq!(missing, 3, "from when, since when known, by whose word");
}

#[test]
fn proof_and_gravity() {
    let declared = format!(
        "{OPEN}proof actor act from 2 origins or-from ctsamvm sohr graded B
gravity minor \"Minor\"
gravity serious \"Serious\" when fired-at hospital and counted lorries at-least 1"
    );
    let terms = terms(&declared, "duty d \"D\"");
    let proof = &terms.proof[0];
    assert_eq!((proof.facts.len(), proof.origins, proof.or_from.len()), (2, 2, 2));
    assert_eq!(proof.graded, Some(Grade::B));
    assert_eq!((terms.gravity[0].when.len(), terms.gravity[1].when.len()), (0, 2));
    let said = |line: &str| {
        let checked = read(&format!("{OPEN}{line}"), "duty d \"D\"");
        checked.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    for (line, code) in [
        ("proof actor from 0 origins", "bad-number"),
        ("proof actor from 2", "missing-operand"),
        ("proof actor", "missing-part"),
        ("proof from 2 origins", "missing-operand"),
        ("proof weather from 2 origins", "unknown-word"),
        ("proof actor from 2 origins graded F", "bad-grade"),
        ("proof actor from 2 origins graded good", "bad-grade"),
        ("proof actor from 2 origins\nproof act actor from 3 origins", "twice"),
        ("gravity minor \"Minor\" found seen", "missing-part"),
        ("gravity minor \"Minor\" when found seen or judged grave", "or"),
        ("gravity minor \"Minor\"\ngravity minor \"Small\"", "twice"),
    ] {
        assert_eq!(said(line), [code], "{line}");
    }
}

const COURSE: &str = "procedure complaints \"Complaints\"
step notice \"Notice\" by complainant within 24 hours of opening then reply silence closed
step reply \"Reply\" by respondent within 8 working hours of notice then ruling silence ruling
step ruling \"Ruling\" by russia united-states within 3 working days of reply then closed silence referral concur russia united-states deadlock referral recuse-when respondent guarantor
final referral \"Referred\"
final closed \"Closed\"";
const HOURS: &str = "working-hours from \"08:00\" until \"16:00\" on sun mon tue wed thu\n";

#[test]
fn a_procedure_may_hold_its_steps() {
    let clause = terms(&format!("{OPEN}{HOURS}"), COURSE).clauses.remove(0);
    assert!(clause.rule.is_none());
    let course = clause.procedure.unwrap();
    assert_eq!((course.steps.len(), course.ends.len()), (3, 2));
    assert_eq!(course.steps[0].since, Since::Opening);
    assert_eq!(course.steps[1].within, Length::WorkingHours(8));
    let ruling = course.step("ruling").unwrap();
    assert_eq!(ruling.concur, ruling.by);
    assert_eq!(ruling.recuse_when, BTreeSet::from([Who::Respondent, Who::Guarantor]));
    assert_eq!(ruling.follows().collect::<Vec<_>>(), ["closed", "referral", "referral"]);
}

#[test]
fn a_step_may_hear_each_of_those_who_act() {
    let said = |from: &str, to: &str| {
        let checked = read(&format!("{OPEN}{HOURS}"), &COURSE.replacen(from, to, 1));
        checked.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    let heard = COURSE.replacen("by respondent", "by respondent each", 1);
    let clause = terms(&format!("{OPEN}{HOURS}"), &heard).clauses.remove(0);
    let course = clause.procedure.unwrap();
    let hears: Vec<bool> = course.steps.iter().map(|step| step.hears_each).collect();
    assert_eq!(hears, [false, true, false]);
    assert_eq!(course.steps[1].by, BTreeSet::from([Who::Respondent]));
    for (from, to, code) in [
        ("by russia united-states", "by russia united-states each", "collide"),
        ("by respondent", "asks determination by respondent each", "collide"),
        ("by respondent", "by respondent each russia", "too-many"),
        ("by respondent", "by respondent each each", "twice"),
    ] {
        assert_eq!(said(from, to), [code], "{to}");
    }
    let out = heard.replacen("then ruling silence", "then ruling out silence", 1);
    let out = format!("{out}\nfinal out \"Out\" excluding respondent");
    let codes: Vec<_> =
        read(&format!("{OPEN}{HOURS}"), &out).diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["collide"], "one of several puts nobody out");
}

#[test]
fn a_procedure_that_leads_nowhere_is_refused() {
    let said = |from: &str, to: &str| {
        let checked = read(&format!("{OPEN}{HOURS}"), &COURSE.replacen(from, to, 1));
        checked.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert!(said("Notice", "Notice").is_empty());
    for (from, to, code) in [
        (" by complainant", "", "missing-part"),
        (" within 24 hours of opening", "", "missing-part"),
        ("24 hours of opening", "24 hours", "missing-part"),
        (" silence closed", "", "missing-part"),
        ("then reply", "then replies", "unknown-step"),
        ("of notice", "of ruling", "step-order"),
        ("of notice", "of reply", "step-order"),
        (" deadlock referral", "", "missing-part"),
        (" concur russia united-states", "", "missing-part"),
        ("concur russia", "concur hnc", "collide"),
        ("guarantor\n", "bystander\n", "unknown-word"),
        ("by respondent", "by responder", "unknown-actor"),
        ("step reply", "step notice", "twice"),
        ("final referral", "final appeal", "unknown-step"),
        ("24 hours", "1 month", "months-and-days"),
        ("silence referral", "silence referral closed", "too-many"),
    ] {
        assert!(said(from, to).contains(&code), "{to}: {:?}", said(from, to));
    }
    let loops = "procedure p \"P\"\nstep a \"A\" by anybody within 1 days of opening then b silence b
step b \"B\" by anybody within 1 days of a then a silence a\nfinal c \"C\"";
    let codes: Vec<_> = read(OPEN, loops).diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["no-end", "no-end", "unreachable"]);
    let no_hours: Vec<_> = read(OPEN, COURSE).diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(no_hours, ["no-working-hours", "no-working-hours"]);
}

#[test]
fn exceptions_keep_their_outcome_and_order() {
    let lines = "forbids presence with any-weapon
except b gives not-prohibited when found seen
except a gives not-covered when judged grave
try a then b";
    let rule = clause(lines).rule.unwrap();
    let told: Vec<_> = rule.exceptions.iter().map(|one| (one.name.as_str(), one.gives)).collect();
    assert_eq!(told, [("a", Outcome::NotCovered), ("b", Outcome::NotProhibited)]);
}

#[test]
fn what_stands_once_stands_once() {
    let said = |declared: &str, clause: &str| {
        read(declared, clause).diagnostics.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(said(&format!("{OPEN}title \"Another\""), "duty d \"D\""), ["twice"]);
    assert_eq!(said(&format!("{OPEN}zone \"UTC\""), "duty d \"D\""), ["twice"]);
    assert_eq!(said(OPEN, "duty d \"D\"\nsays \"A.\"\nsays \"B.\""), ["twice"]);
    assert_eq!(codes("forbids shelling with mortar\nforbids airstrike with any-weapon"), ["collide"]);
    assert!(codes("forbids shelling with any-weapon\nforbids airstrike with any-weapon").is_empty());
    let calm = "calm c \"C\" in SY02\nbinds opposition\nforbids shelling with any-weapon\napplies in SY03
start from \"2016-03-01\" for 48 hours per a known \"2016-03-01\"";
    assert_eq!(said(OPEN, calm), ["collide"]);
}

#[test]
fn a_duty_that_falls_due_after_its_window_is_warned_of() {
    let said = |phase: &str, lines: &str| {
        let text = format!("clause it \"It\"\nbinds opposition\n{lines}");
        let checked = read(&format!("{OPEN}{phase}"), &text);
        assert!(checked.terms.is_some());
        checked.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    let phase = "phase one \"One\" from \"2016-03-01\" until \"2016-04-01\"";
    let duty = "requires release by \"2016-04-01\"";
    assert_eq!(said(phase, &format!("in-phase one\n{duty}")), ["due-after-end"]);
    assert!(said(phase, &format!("in-phase one\n{}", duty.replace("04-01", "03-31"))).is_empty());
    assert!(said(phase, duty).is_empty());
    assert_eq!(
        said(phase, &format!("in-force from \"2016-03-01\" until \"2016-03-15\"\n{duty}")),
        ["due-after-end"]
    );
}
