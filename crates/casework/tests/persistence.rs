//! Counting non-compliance, exclusions and lapses, as properties: over random moments, lengths and changes of clocks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;

use std::collections::BTreeSet;

use bench::{HERE, Record, hour, opening, prohibited, settings};
use proptest::prelude::*;
use truceline_casework::case::{
    Act, Case, CaseAct, CaseId, Complainant, Count, Determination, Docket, Doer, FoundIn, Kind, Setting,
    Stance, Way, counts,
};
use truceline_model::{ActorId, Answer, IncidentId, Instant, Length, Persistence, Zone};

fn moment(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn setting(zone: &str, over: Length) -> Setting {
    let mut setting = settings()[&0].clone();
    setting.zone = Zone::named(zone).unwrap();
    setting.persistence = Some(Persistence { over, determined: Some(2), found: Some(3), span: HERE });
    setting
}

/// A case that was opened, to be given determinations.
fn blank() -> Case {
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    record.docket(1).cases[&case].clone()
}

fn determined(entry: u64, at: Instant, kind: Kind, stance: Stance) -> Determination {
    Determination {
        entry,
        at,
        step: "judge".into(),
        kind,
        by: [Doer::Actor("russia".into())].into(),
        without: BTreeSet::new(),
        stance,
        given: vec![entry],
    }
}

fn docket(as_of: Instant, cases: impl IntoIterator<Item = (Instant, Vec<Determination>)>) -> Docket {
    let blank = blank();
    let made = cases.into_iter().zip(1_u64..).map(|((opened, determinations), n)| {
        let id = CaseId(n);
        (id, Case { id, opened, determinations, ..blank.clone() })
    });
    Docket { as_of, cases: made.collect(), refused: Vec::new() }
}

fn of_ahrar(all: &[Count]) -> Option<&Count> {
    all.iter().find(|one| one.party == "ahrar".into() && one.clause == "fire".into())
}

/// Moments close to which some zone changes its clocks, and lengths of each kind.
fn window() -> impl Strategy<Value = (&'static str, Instant, Length)> {
    let near = prop_oneof![
        Just(("Asia/Damascus", "2016-04-01T00:00:00Z")),
        Just(("Asia/Damascus", "2016-10-28T00:00:00Z")),
        Just(("Europe/Kyiv", "2016-03-27T01:00:00Z")),
        Just(("Europe/Kyiv", "2016-10-30T01:00:00Z")),
        Just(("Australia/Lord_Howe", "2016-10-01T15:30:00Z")),
        Just(("UTC", "2016-05-01T00:00:00Z")),
    ];
    let length = prop_oneof![
        (1_u32..2_000).prop_map(Length::Hours),
        (1_u32..90).prop_map(Length::Days),
        (1_u32..12).prop_map(Length::Weeks),
    ];
    (near, -4_000_000_i64..8_000_000, length)
        .prop_map(|((zone, near), off, length)| (zone, moment(near).plus_seconds(off), length))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    /// The window begins where its length, in the agreement's calendar, just reaches the moment asked for: what was determined in that second
    /// counts, what was a second earlier does not; and the clock then showed what it shows now.
    #[test]
    fn the_window_has_its_edge_where_the_calendar_says((zone, as_of, over) in window()) {
        let setting = setting(zone, over);
        let yes = || prohibited(&["ahrar"], None);
        let old = as_of.plus_seconds(-500 * 86_400);
        let since = counts(&docket(as_of, [(as_of, vec![])]), &[], &setting)[0].since;
        prop_assert!(setting.after(since, over) >= as_of);
        prop_assert!(setting.after(since.plus_seconds(-1), over) < as_of);
        let one = |at: Instant| {
            let all = counts(&docket(as_of, [(old, vec![determined(5, at, Kind::Joint, yes())])]), &[], &setting);
            of_ahrar(&all).map_or(0, |one| one.counted.determined.len())
        };
        prop_assert_eq!(one(since), 1);
        prop_assert_eq!(one(since.plus_seconds(-1)), 0);
        prop_assert_eq!(one(as_of), 1);
        let offsets = |at: Instant| [-7_200, 0, 7_200].map(|off| setting.zone.offset_seconds(at.plus_seconds(off)));
        let is_quiet = |at: Instant| offsets(at).windows(2).all(|pair| pair[0] == pair[1]);
        if is_quiet(since) && is_quiet(as_of) {
            let apart = as_of.seconds() - since.seconds();
            let change = i64::from(setting.zone.offset_seconds(as_of)) - i64::from(setting.zone.offset_seconds(since));
            let expected = match over {
                Length::Hours(n) => i64::from(n) * 3_600,
                Length::Days(n) => i64::from(n) * 86_400 - change,
                Length::Weeks(n) => i64::from(n) * 7 * 86_400 - change,
                Length::WorkingHours(_) | Length::WorkingDays(_) => unreachable!(),
            };
            prop_assert_eq!(apart, expected);
        }
    }

    /// What people determined and what the machine found are counted each by itself: taking one away changes nothing of the other, and neither
    /// makes the other persistent. Of a case the last determination counts, once.
    #[test]
    fn determinations_and_findings_are_never_added(
        cases in proptest::collection::vec((0_i64..80, proptest::collection::vec((0_i64..80, 0_u8..4, 0_u8..3), 0..4)), 0..6),
        found in proptest::collection::vec((0_u8..6, 0_i64..80, 0_u8..3), 0..8),
    ) {
        let setting = setting("Asia/Damascus", Length::Days(30));
        let as_of = hour(24 * 80);
        let stance = |which: u8| match which {
            0 => prohibited(&["ahrar"], None),
            1 => Stance { prohibited: Answer::No, ..prohibited(&["ahrar"], None) },
            _ => prohibited(&[], None),
        };
        let kinds = [Kind::Joint, Kind::WithoutRecused, Kind::Sole, Kind::Separate];
        let mut made = Vec::new();
        let (mut expected, mut alleged) = (BTreeSet::new(), 0);
        for (n, (opened, all)) in (1_u64..).zip(&cases) {
            let mut days: Vec<_> = all.clone();
            days.sort_by_key(|one| one.0);
            let determinations: Vec<Determination> = days
                .iter()
                .zip(1_u64..)
                .map(|((day, kind, which), entry)| {
                    determined(entry, hour(24 * day), kinds[usize::from(*kind)], stance(*which))
                })
                .collect();
            let together = days.iter().rev().find(|(_, kind, _)| *kind != 3);
            if together.is_some_and(|(day, _, which)| *which == 0 && *day >= 50) {
                expected.insert(CaseId(n));
            }
            alleged += usize::from(*opened >= 50);
            made.push((hour(24 * opened), determinations));
        }
        let findings: Vec<FoundIn> = found
            .iter()
            .map(|(incident, day, respondents)| FoundIn {
                incident: IncidentId::new(&format!("i-{incident}")),
                clause: "fire".into(),
                respondents: ["ahrar", "jaysh"].iter().take(usize::from(*respondents)).map(|one| ActorId::from(*one)).collect(),
                earliest: hour(24 * day),
            })
            .collect();
        let in_window: BTreeSet<u8> =
            found.iter().filter(|(_, day, respondents)| *respondents == 1 && *day >= 50).map(|one| one.0).collect();
        let both = counts(&docket(as_of, made.clone()), &findings, &setting);
        let people = counts(&docket(as_of, made), &[], &setting);
        let machine = counts(&docket(as_of, []), &findings, &setting);
        let (b, p, m) = (of_ahrar(&both), of_ahrar(&people), of_ahrar(&machine));
        let determined = |one: Option<&Count>| one.map(|one| one.counted.determined.clone()).unwrap_or_default();
        prop_assert_eq!(&determined(b), &expected);
        prop_assert_eq!(&determined(p), &expected);
        prop_assert!(determined(m).is_empty());
        prop_assert_eq!(b.map_or(0, |one| one.counted.found.len()), in_window.len());
        prop_assert_eq!(m.map_or(0, |one| one.counted.found.len()), in_window.len());
        prop_assert!(p.is_none_or(|one| one.counted.found.is_empty()));
        prop_assert_eq!(b.map_or(0, |one| one.counted.alleged.len()), alleged);
        if let Some(one) = b {
            prop_assert_eq!(one.is_persistent_determined, Some(expected.len() >= 2));
            prop_assert_eq!(one.is_persistent_found, Some(in_window.len() >= 3));
        }
    }

    /// Who is out and since when, over any order of putting out and taking back: what is out already is not put out again, and the first
    /// taking back ends it.
    #[test]
    fn a_party_is_out_from_one_choice_to_another(
        turns in proptest::collection::vec((any::<bool>(), 0_usize..2), 1..9),
        asked in 0_i64..400,
    ) {
        let mut record = Record::default();
        let mut expected: Vec<(&str, i64, Option<i64>)> = Vec::new();
        for (n, (puts_out, which)) in (0_i64..).zip(&turns) {
            let (start, who) = (n * 40, ["ahrar", "jaysh"][*which]);
            let done = if *puts_out { put_out(&mut record, start, n, who) } else { take_back(&mut record, start, n, who) };
            if done > asked {
                continue;
            }
            let open = expected.iter_mut().find(|one| one.0 == who && one.2.is_none());
            match (puts_out, open) {
                (true, None) => expected.push((who, done, None)),
                (false, Some(open)) => open.2 = Some(done),
                _ => {}
            }
        }
        let told: Vec<(ActorId, Instant, Option<Instant>)> =
            record.docket(asked).exclusions().into_iter().map(|one| (one.actor, one.from, one.until.map(|until| until.0))).collect();
        let expected: Vec<(ActorId, Instant, Option<Instant>)> =
            expected.into_iter().map(|(who, from, until)| (who.into(), hour(from), until.map(hour))).collect();
        prop_assert_eq!(told, expected);
    }

    /// Every passage by silence is a lapse until the record is told, whenever one looks; and leads where the lapse says.
    #[test]
    fn every_silence_is_a_lapse_until_it_is_told(steps in 0_i64..3, told in 0_usize..5, looked in 0_i64..400) {
        let mut record = Record::default();
        let case = record.open(0, "walid", &["ahrar"]);
        if steps > 0 {
            record.step(1, "watch", case, "notice", None);
        }
        if steps > 1 {
            record.step(2, "omar", case, "reply", None);
        }
        let all: Vec<(Instant, String)> = silences(&record.docket(400).cases[&case]);
        for (n, step) in ["notice", "reply", "judge", "talk"].iter().take(told).enumerate() {
            record.on(300 + i64::try_from(n).unwrap(), "watch", case, Act::Lapse { step: (*step).into() });
        }
        let docket = record.docket(looked);
        let found = &docket.cases[&case];
        let lapses = docket.lapses();
        let recorded = found.clocks.iter().filter(|clock| clock.recorded.is_some()).count();
        prop_assert_eq!(lapses.len() + recorded, silences(found).len());
        for one in &lapses {
            prop_assert!(all.contains(&(one.at, one.to.clone())));
            prop_assert!(one.at < hour(looked));
        }
    }
}

fn silences(case: &Case) -> Vec<(Instant, String)> {
    let all = case.trail.iter().filter(|passage| passage.way == Way::Silence);
    all.map(|passage| (passage.at, passage.to.clone())).collect()
}

/// A case that goes up to the ministers, who put the party out. When they did (hours).
fn put_out(record: &mut Record, start: i64, n: i64, whom: &str) -> i64 {
    let mut one = opening(&[whom]);
    one.incidents = [IncidentId::new(&format!("n-{n}"))].into();
    let case = CaseId(record.put(start, "walid", CaseAct::Open(one)));
    record.step(start + 1, "watch", case, "notice", None);
    record.step(start + 2, "omar", case, "reply", None);
    for by in ["ivan", "jane"] {
        record.judge(start + 3, by, case, prohibited(&[whom], None), "talk");
    }
    record.on(start + 4, "operator", case, Act::Means(None));
    record.step(start + 5, "jane", case, "talk", Some("ministers"));
    record.step(start + 6, "lawyer", case, "ministers", Some("out"));
    start + 6
}

fn take_back(record: &mut Record, start: i64, n: i64, whom: &str) -> i64 {
    let mut one = opening(&[whom]);
    one.procedure = "back".into();
    one.incidents = [IncidentId::new(&format!("n-{n}"))].into();
    one.complainant = Complainant::Mission;
    let case = CaseId(record.put(start, "lawyer", CaseAct::Open(one)));
    record.step(start + 1, "lawyer", case, "ask", Some("in-again"));
    start + 1
}

/// What two of a party's forces did, each named by itself, counts for the party too where the case is against it, and for nobody who was not asked.
#[test]
fn what_its_forces_did_counts_for_the_party_that_answers() {
    let setting = setting("Asia/Damascus", Length::Days(30));
    let against = |n: u64, whom: &str, who: &str| {
        let made = vec![determined(n, hour(24), Kind::Joint, prohibited(&[who], None))];
        let respondents = [ActorId::from(whom)].into();
        (CaseId(n), Case { id: CaseId(n), opened: hour(0), determinations: made, respondents, ..blank() })
    };
    let cases =
        [against(1, "opposition", "ahrar"), against(2, "opposition", "jaysh"), against(3, "ahrar", "jaysh")];
    let docket = Docket { as_of: hour(48), cases: cases.into(), refused: Vec::new() };
    let all = counts(&docket, &[], &setting);
    let of = |party: &str| {
        let one = all.iter().find(|one| one.party == party.into());
        one.map(|one| (one.counted.determined.len(), one.counted.alleged.len(), one.is_persistent_determined))
    };
    assert_eq!(of("opposition"), Some((2, 2, Some(true))));
    assert_eq!(of("jaysh"), Some((2, 0, Some(true))));
    assert_eq!(of("ahrar"), Some((1, 1, Some(false))), "what another force did is not its own");
}
