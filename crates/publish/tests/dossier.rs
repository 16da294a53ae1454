//! Papers of a case: what each reader gets, and what nobody but the mission may find in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[rustfmt::skip]
#[path = "dossier/docket.rs"]
mod docket;
// Tables by hand, as elsewhere.
#[rustfmt::skip]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use docket::{Beside, PEOPLE, Record, al_dabbit, papers};
use support::{World, html};
use truceline_casework::case::{
    Act as CaseStep, Answered, Asked, Before, CaseAct, CaseId, Complainant, Docket, precedents,
};
use truceline_model::*;
use truceline_publish::*;

/// A small generator with a stated seed: a failing docket can be made again.
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.next(all.len() as u64) as usize].clone()
    }
}

#[rustfmt::skip]
const MISSION: Release = Release::Mission { with_sealed: false };
const SEALED: Release = Release::Mission { with_sealed: true };

fn party(id: &str) -> Release {
    Release::Party(id.into())
}

/// Words that stand nowhere else, of the entry that is written next.
fn canary(record: &Record) -> Option<String> {
    Some(format!("canary-x{}x", record.entries.len()))
}

/// A docket by chance: allegations of parties, the public and the mission, and then whatever anybody tries.
fn by_chance(seed: u64) -> (Record, Beside) {
    let mut draw = Draw(seed * 31 + 7);
    let (mut record, mut beside) = (Record::new(), Beside::default());
    let mut cases: Vec<CaseId> = Vec::new();
    for _ in 0..3 {
        let receipt = ReceiptNo(7_700_000 + draw.next(90_000));
        let complainant = match draw.next(4) {
            0 => Complainant::Party("syrian-government".into()),
            1 => Complainant::Public(Some(receipt)),
            2 => Complainant::Mission,
            _ => Complainant::Public(None),
        };
        let by = if matches!(complainant, Complainant::Party(_)) { "zq-walid" } else { "zq-operator" };
        let against: &[&str] = match draw.next(4) {
            0 => &[],
            1 => &["ahrar-al-sham", "jaysh-al-islam"],
            _ => &["ahrar-al-sham"],
        };
        let words = canary(&record).unwrap();
        cases.push(record.open(
            draw.next(9_000) as i64 + 61,
            by,
            "opposition-fire",
            against,
            complainant,
            &words,
        ));
    }
    for _ in 0..90 {
        let case = draw.of(&cases);
        let standing = record.docket().cases.get(&case).map(|one| one.stands().to_owned());
        let act = any_act(&mut draw, &record, &mut beside, standing.as_deref().unwrap_or("reply"), case);
        let who = if draw.next(3) == 0 {
            draw.of(&PEOPLE).0
        } else {
            fitting(&mut draw, &act, standing.as_deref())
        };
        record.on(draw.next(7_000) as i64 + 61, who, case, act);
    }
    (record, beside)
}

/// Somebody who may well do that.
fn fitting(draw: &mut Draw, act: &CaseStep, stands: Option<&str>) -> &'static str {
    match (act, stands) {
        (CaseStep::Determine { .. } | CaseStep::Recuse(_) | CaseStep::Dissent { .. }, _)
        | (CaseStep::Step { .. }, Some("talk" | "remedy")) => draw.of(&["zq-ivan", "zq-jane"]),
        (CaseStep::Step { .. }, Some("reply")) => "zq-omar",
        (CaseStep::Step { .. }, _) => "zq-lawyer",
        (CaseStep::Undertake { .. }, _) => "zq-omar",
        (CaseStep::Evidence { .. }, _) => draw.of(&["zq-omar", "zq-walid", "zq-verifier", "zq-jane"]),
        (CaseStep::Disclose { .. } | CaseStep::Name(_) | CaseStep::FollowUp { .. }, _) => "zq-lawyer",
        _ => draw.of(&["zq-lawyer", "zq-operator", "zq-walid"]),
    }
}

fn any_act(draw: &mut Draw, record: &Record, beside: &mut Beside, stands: &str, case: CaseId) -> CaseStep {
    let words = canary(record);
    let items: Vec<u64> = record
        .docket()
        .cases
        .get(&case)
        .map(|one| one.evidence.iter().map(|item| item.entry).collect())
        .unwrap_or_default();
    match draw.next(12) {
        0..=2 if stands == "judge" => {
            let stance = Stance {
                happened: Answer::Yes,
                who: if draw.next(2) == 0 { ["ahrar-al-sham".into()].into() } else { BTreeSet::new() },
                prohibited: draw.of(&[Answer::Yes, Answer::Unclear]),
                gravity: None,
            };
            let then = Some(draw.of(&["remedy", "talk"]).to_owned());
            CaseStep::Determine { step: "judge".into(), then, stance, words }
        }
        0..=2 => {
            let then = match stands {
                "talk" => Some("ministers".to_owned()),
                "ministers" => Some(draw.of(&["out", "closed"]).to_owned()),
                _ => None,
            };
            let due = (stands == "remedy").then(|| record.now.plus_seconds(500_000));
            CaseStep::Step { step: stands.to_owned(), then, due, words }
        }
        3..=5 => {
            let receipt = (draw.next(3) > 0).then(|| ReceiptNo(8_800_000 + draw.next(99_999)));
            if let Some(receipt) = receipt {
                beside.digests.insert(receipt, format!("d1ge57{:07}", receipt.0));
                if draw.next(2) == 0 {
                    beside.protected.insert(receipt);
                }
            }
            CaseStep::Evidence { receipt, is_sealed: draw.next(2) == 0, words }
        }
        6 if !items.is_empty() => CaseStep::Disclose {
            item: draw.of(&items),
            to: (draw.of(&["high-negotiations-committee", "syrian-government", "ahrar-al-sham", "al-nusra"]))
                .into(),
        },
        7 => CaseStep::Means(words),
        8 => CaseStep::Undertake { due: record.now.plus_seconds(300_000), words },
        9 => CaseStep::Join(Complainant::Public(Some(ReceiptNo(7_900_000 + draw.next(99_999))))),
        10 => CaseStep::Name("ahrar-al-sham".into()),
        _ => draw
            .of(&[
                CaseStep::Recuse(words.clone()),
                CaseStep::Extend(words.clone()),
                CaseStep::Withdraw(words.clone()),
            ])
            .clone(),
    }
}

/// All papers of one reader in every form: pages and JSON of every case that they may know of.
fn all_papers(
    record: &Record,
    docket: &Docket,
    beside: &Beside,
    release: &Release,
    langs: &[Lang],
) -> String {
    let world = World::new();
    let view = world.view();
    let papers = papers(record, docket, beside);
    let mut out = String::new();
    for id in papers.known_to(release) {
        let dossier = papers.dossier(id, release).unwrap();
        // A caller that hands over too many proofs gives nothing away.
        let inclusions = record.entries.iter().map(|one| Inclusion {
            entry: one.entry,
            leaf: format!("leaf{}", one.entry),
            path: vec![],
            given: Some(truceline_publish::Given {
                vouched: truceline_model::Vouched::Machine,
                office: Some("CANARY-OFFICE".into()),
            }),
        });
        let proof = DossierProof {
            checkpoint: Some("log\n9\nroot\n".into()),
            size: 9,
            cosigned_by: vec![],
            inclusions: inclusions.collect(),
        };
        for lang in langs {
            let page = dossier_page(&view, &dossier, &proof, *lang, Links::Static);
            assert_eq!(html::faults(&page), Vec::<String>::new(), "{id} {release:?}");
            out.push_str(&page);
        }
        out.push_str(&dossier_json(&view, &dossier, &proof).unwrap());
    }
    out
}

/// Who wrote an entry is of the reader's own side.
fn is_own(record: &Record, by: &str, release: &Release) -> bool {
    let Release::Party(reader) = release else { return false };
    let setting = &record.settings[&0];
    setting.people[by]
        .acts_for
        .as_ref()
        .is_some_and(|actor| setting.actors.belongs(actor, reader, record.now))
}

fn words_of(what: &CaseAct) -> Option<&String> {
    match what {
        CaseAct::Open(opening) => opening.words.as_ref(),
        CaseAct::On(_, act) => match act {
            CaseStep::Step { words, .. }
            | CaseStep::Determine { words, .. }
            | CaseStep::Evidence { words, .. }
            | CaseStep::Undertake { words, .. } => words.as_ref(),
            CaseStep::Means(words)
            | CaseStep::Recuse(words)
            | CaseStep::Extend(words)
            | CaseStep::Withdraw(words) => words.as_ref(),
            _ => None,
        },
        CaseAct::ClockFault(_) => None,
    }
}

/// Whether an entry of somebody else may show itself to a reader, by a rule of the test's own: what was addressed to them, disclosed to them, or
/// counts as determined.
fn may_show(docket: &Docket, record: &Record, entry: u64, what: &CaseAct, release: &Release) -> bool {
    let Release::Party(reader) = release else { return false };
    let setting = &record.settings[&0];
    match what {
        CaseAct::Open(opening) => matches!(opening.complainant, Complainant::Party(_)),
        CaseAct::On(case, act) => {
            let Some(case) = docket.cases.get(case) else { return false };
            match act {
                CaseStep::Step { step, .. } => {
                    // What an umbrella's liaison did in a member's name is the member's.
                    matches!(step.as_str(), "notice" | "remedy")
                        || case.done.iter().any(|done| {
                            done.entry == entry
                                && matches!(&done.doer, Doer::Actor(actor) if setting.actors.belongs(actor, reader, record.now))
                        })
                }
                CaseStep::Determine { .. } => {
                    case.determinations.iter().any(|one| one.given.contains(&entry))
                }
                CaseStep::Undertake { .. } => true,
                CaseStep::Evidence { .. } => case.evidence.iter().any(|item| {
                    item.entry == entry
                        && item.disclosed.keys().any(|to| setting.actors.belongs(to, reader, record.now))
                }),
                _ => false,
            }
        }
        CaseAct::ClockFault(_) => false,
    }
}

/// What of one entry stands in papers of a reader who may not have it.
fn leaks(record: &Record, docket: &Docket, release: &Release, paper: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |what: &str, needle: &str| {
        if let Some((before, _)) = paper.split_once(needle) {
            let start = before.char_indices().rev().nth(160).map_or(0, |(at, _)| at);
            found.push(format!("{what}: {}{needle}", &before[start..]));
        }
    };
    for one in record.entries.iter().filter(|one| !is_own(record, &one.by, release)) {
        let open = may_show(docket, record, one.entry, &one.what, release);
        if let Some(words) = words_of(&one.what).filter(|_| !open) {
            look("words", words);
        }
        if let CaseAct::On(_, CaseStep::Evidence { receipt: Some(receipt), .. }) = &one.what {
            look("receipt", &receipt.0.to_string());
            look("digest", &format!("d1ge57{:07}", receipt.0));
        }
        if let CaseAct::On(_, CaseStep::Join(Complainant::Public(Some(receipt)))) = &one.what {
            look("receipt", &receipt.0.to_string());
        }
        if let CaseAct::Open(opening) = &one.what
            && let Complainant::Public(Some(receipt)) = &opening.complainant
        {
            look("receipt", &receipt.0.to_string());
        }
        let quiet = match &one.what {
            CaseAct::On(_, CaseStep::Evidence { .. } | CaseStep::Means(_) | CaseStep::Join(_)) => true,
            CaseAct::On(case, CaseStep::Step { step, .. }) => {
                // The hour of what ended a step is that of whoever must act in the next.
                step == "inquiry" && docket.cases.contains_key(case)
            }
            _ => false,
        };
        if quiet {
            look("entry", &one.entry.to_string());
            look("hour", &one.at.to_string());
        }
    }
    for (name, _, _) in PEOPLE {
        if !is_own(record, name, release) {
            look("person", name);
        }
    }
    found
}

#[test]
fn nobody_outside_the_mission_finds_what_is_not_theirs() {
    let (mut shown, mut seen, mut disclosed) = (0, 0, 0);
    for seed in 0..120 {
        let (record, beside) = by_chance(seed);
        let docket = record.docket();
        let readers = [
            party("high-negotiations-committee"),
            party("ahrar-al-sham"),
            party("syrian-government"),
            party("al-nusra"),
            Release::Public,
        ];
        for release in readers {
            let langs: &[Lang] = if seed < 6 { &Lang::ALL } else { &[Lang::En] };
            let paper = all_papers(&record, &docket, &beside, &release, langs);
            let leaks = leaks(&record, &docket, &release, &paper);
            assert!(leaks.is_empty(), "seed {seed}, {release:?}: {leaks:#?}");
            for source in ["Médecins Sans Frontières", "Airwars", "Syrian Network", "State television"] {
                assert!(!paper.contains(source), "seed {seed}, {release:?}: {source}");
            }
            assert!(!paper.contains("CANARY-OFFICE"), "how an act came is the mission's");
            shown += usize::from(!paper.is_empty());
            let own = |one: &&truceline_casework::case::CaseEntry| is_own(&record, &one.by, &release);
            seen += record
                .entries
                .iter()
                .filter(own)
                .filter(|one| words_of(&one.what).is_some_and(|words| paper.contains(words.as_str())))
                .count();
            disclosed += record.entries.iter().filter(|one| matches!(&one.what, CaseAct::On(_, CaseStep::Evidence { words: Some(words), .. }) if !is_own(&record, &one.by, &release) && paper.contains(words.as_str()))).count();
        }
    }
    // What is never shown to anybody would pass as well.
    assert!(
        shown > 150 && seen > 500 && disclosed > 20,
        "{shown} papers, {seen} own words, {disclosed} disclosed"
    );
}

/// The same look finds everything in the mission's own papers: it can fail.
#[test]
fn the_look_finds_what_is_there() {
    let (record, beside) = by_chance(3);
    let docket = record.docket();
    let paper = all_papers(&record, &docket, &beside, &SEALED, &[Lang::En]);
    let found = leaks(&record, &docket, &Release::Public, &paper);
    assert!(paper.contains("CANARY-OFFICE"));
    for kind in ["words", "receipt", "digest", "entry", "hour", "person"] {
        assert!(found.iter().any(|one| one.starts_with(kind)), "{kind} is not found where it stands");
    }
    // Without the sealed parts the mission's paper names no protected receipt and no sealed word.
    let paper = all_papers(&record, &docket, &beside, &MISSION, &[Lang::En]);
    let mut sealed = 0;
    for item in docket.cases.values().flat_map(|case| &case.evidence) {
        let protected = item.receipt.is_some_and(|receipt| beside.protected.contains(&receipt));
        let there = paper.contains(item.words.as_deref().unwrap_or_default());
        assert_eq!(there, !(item.is_sealed || protected), "entry {}", item.entry);
        sealed += usize::from(item.is_sealed || protected);
    }
    assert!(sealed > 0);
}

fn proof(dossier: &Dossier) -> DossierProof {
    let one = |entry: &u64| Inclusion {
        entry: *entry,
        leaf: format!("{entry:064x}"),
        path: vec!["ab".repeat(32), "cd".repeat(32)],
        given: None,
    };
    DossierProof {
        checkpoint: Some(
            "truceline.example/syria-2016\n1893\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n".into(),
        ),
        size: 5_100_000,
        cosigned_by: vec!["witness-north".into(), "witness-south".into()],
        inclusions: dossier.entries().iter().map(one).collect(),
    }
}

#[test]
fn one_case_as_each_reader_gets_it() {
    let (record, beside, case) = al_dabbit();
    let docket = record.docket();
    let world = World::new();
    let view = world.view();
    let papers = papers(&record, &docket, &beside);
    let readers = [
        ("mission", MISSION, &Lang::ALL[..]),
        ("party", party("high-negotiations-committee"), &[Lang::En, Lang::Ar]),
        ("public", Release::Public, &[Lang::En, Lang::Ru]),
    ];
    for (name, release, langs) in readers {
        let mut dossier = papers.dossier(case, &release).unwrap();
        dossier.precedents = beside_it(&docket, &view, &dossier);
        let proof = proof(&dossier);
        for lang in langs {
            let page = dossier_page(&view, &dossier, &proof, *lang, Links::Static);
            assert_eq!(html::faults(&page), Vec::<String>::new(), "{name} {}", lang.code());
            assert!(!page.to_lowercase().contains("violation"));
            let served = dossier_page(&view, &dossier, &proof, *lang, Links::Served);
            assert!(served.contains(&format!("/case/c{}?", case.0)));
            insta::assert_snapshot!(format!("case-{name}-{}", lang.code()), html::words(&page));
        }
    }
    let dossier = papers.dossier(case, &party("high-negotiations-committee")).unwrap();
    let json = dossier_json(&view, &dossier, &proof(&dossier)).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    insta::assert_snapshot!("case-party-json", serde_json::to_string_pretty(&value).unwrap());
}

fn beside_it(docket: &Docket, view: &view::View<'_>, dossier: &Dossier) -> Precedents {
    let incidents: BTreeMap<IncidentId, &Incident> =
        view.incidents.iter().map(|one| (one.incident.id.clone(), one.incident)).collect();
    let word = JudgementId::from("proportionate");
    let answered = [Answered {
        incident: "r11".into(),
        judgement: word.clone(),
        answer: Answer::No,
        at: docket::start(),
        entry: 17,
    }];
    let asked = Asked {
        case: Some(CaseId(dossier.case)),
        incidents: &dossier.incidents,
        clause: Some(&dossier.clause),
        words: &[word].into(),
    };
    let actors = docket::actors();
    let before =
        Before { docket, answered: &answered, incidents: &incidents, actors: &actors, as_of: docket.as_of };
    precedents(&asked, &before, &|id| Some(id.clone()))
}

#[test]
fn an_accused_learns_of_a_case_by_the_notice_and_not_before() {
    let mut record = Record::new();
    let case = record.open(
        0,
        "zq-operator",
        "opposition-fire",
        &["ahrar-al-sham"],
        Complainant::Public(Some(ReceiptNo(7_700_001))),
        "what a caller said",
    );
    let knows = |record: &Record, release: &Release| {
        let (docket, beside) = (record.docket(), Beside::default());
        papers(record, &docket, &beside).dossier(case, release).is_some()
    };
    let accused = party("high-negotiations-committee");
    assert!(!knows(&record, &accused) && !knows(&record, &party("united-states")));
    record.step(60, "zq-lawyer", case, "inquiry", None, "so");
    assert!(!knows(&record, &accused), "an inquiry that nobody told of is nobody's to know");
    record.step(60, "zq-lawyer", case, "notice", None, "what the mission writes to them");
    assert!(knows(&record, &accused) && knows(&record, &party("ahrar-al-sham")));
    assert!(!knows(&record, &party("syrian-government")) && !knows(&record, &Release::Public));
    let (docket, beside) = (record.docket(), Beside::default());
    let dossier = papers(&record, &docket, &beside).dossier(case, &accused).unwrap();
    assert_eq!(dossier.alleged, [(Alleger::NotSaid, None)]);
    assert_eq!(dossier.allegation, Said::Withheld);
    assert_eq!(dossier.acts[0].words, Said::Words("what the mission writes to them".into()));
    assert!(dossier.opened.is_day && dossier.opened_by.is_none());
    let waiting = dossier.waiting.unwrap();
    assert!(waiting.is_reader && !waiting.due.is_day);
    let [due] = dossier.due.as_slice() else { panic!("{:?}", dossier.due) };
    assert_eq!((due.case, due.due), (case.0, waiting.due.at));
    assert_eq!(due.silence.as_ref().map(|stage| stage.id.as_str()), Some("judge"));
}

#[test]
fn the_public_cannot_be_told_from_the_mission_of_its_own_motion() {
    let make = |complainant: Complainant| {
        let mut record = Record::new();
        let case = record.open(0, "zq-operator", "opposition-fire", &["ahrar-al-sham"], complainant, "why");
        record.step(60, "zq-lawyer", case, "inquiry", None, "so");
        record.step(60, "zq-lawyer", case, "notice", None, "to them");
        let (docket, beside) = (record.docket(), Beside::default());
        all_papers(&record, &docket, &beside, &party("ahrar-al-sham"), &[Lang::En])
    };
    let mission = make(Complainant::Mission);
    assert!(!mission.is_empty());
    assert_eq!(make(Complainant::Public(Some(ReceiptNo(7_700_001)))), mission);
    assert_eq!(make(Complainant::Public(None)), mission);
}

#[test]
fn a_referral_counts_what_its_reader_may_know() {
    let mut record = Record::new();
    let mut last = CaseId(0);
    for at in 0..3 {
        let case = record.open(
            60,
            "zq-walid",
            "opposition-fire",
            &["ahrar-al-sham"],
            Complainant::Party("syrian-government".into()),
            "it was so",
        );
        last = case;
        if at == 2 {
            break;
        }
        record.step(60, "zq-lawyer", case, "inquiry", None, "a");
        record.step(60, "zq-lawyer", case, "notice", None, "b");
        record.step(60, "zq-omar", case, "reply", None, "c");
        for by in ["zq-ivan", "zq-jane"] {
            let stance = Stance {
                happened: Answer::Yes,
                who: ["ahrar-al-sham".into()].into(),
                prohibited: Answer::Yes,
                gravity: None,
            };
            record.on(
                60,
                by,
                case,
                CaseStep::Determine { step: "judge".into(), then: Some("talk".into()), stance, words: None },
            );
        }
        record.step(60, "zq-ivan", case, "talk", Some("closed"), "d");
    }
    let (docket, beside) = (record.docket(), Beside::default());
    let papers = papers(&record, &docket, &beside);
    let pack = papers.dossier(last, &MISSION).unwrap().referral.expect("the terms' number is reached");
    assert_eq!(pack.why, ["persistent-determined"].into());
    assert_eq!((pack.counts[0].determined.len(), pack.counts[0].alleged.as_ref().unwrap().len()), (2, 3));
    assert_eq!(pack.cases.len(), 2);
    assert!(papers.dossier(last, &party("ahrar-al-sham")).is_none(), "it was not told of the third");
    let first = docket.cases.keys().next().copied().unwrap();
    let pack = papers.dossier(first, &party("ahrar-al-sham")).unwrap().referral.unwrap();
    assert_eq!(
        pack.counts[0].alleged.as_ref().unwrap().len(),
        2,
        "an allegation that it was not told of is not counted before it"
    );
    let pack = papers.dossier(first, &Release::Public).unwrap().referral.unwrap();
    assert_eq!(pack.counts[0].alleged, None);
}

#[test]
fn precedents_name_every_likeness_and_nothing_comes_from_later() {
    let world = World::new();
    let view = world.view();
    let (record, _, case) = al_dabbit();
    let docket = record.docket();
    let incidents: BTreeMap<IncidentId, &Incident> =
        view.incidents.iter().map(|one| (one.incident.id.clone(), one.incident)).collect();
    let actors = docket::actors();
    let other: BTreeSet<IncidentId> = ["r21".into()].into();
    let clause = ClauseId::from("opposition-fire");
    let none = BTreeSet::new();
    let asked = Asked { case: None, incidents: &other, clause: Some(&clause), words: &none };
    let before = Before {
        docket: &docket,
        answered: &[],
        incidents: &incidents,
        actors: &actors,
        as_of: docket.as_of,
    };
    let found = precedents(&asked, &before, &|id| Some(id.clone()));
    assert_eq!(
        (found.looked_at, found.alike),
        (2, 2),
        "each separate view is a precedent of its own: {found:#?}"
    );
    for one in &found.shown {
        assert_eq!(one.case, Some(case.0));
        assert!(one.likenesses.iter().any(|like| like.of == "act" && like.how == "alike"));
    }
    let earlier = Before { as_of: docket::start(), ..before };
    assert_eq!(precedents(&asked, &earlier, &|id| Some(id.clone())).looked_at, 0);
    let itself = Asked { case: Some(case), ..asked };
    assert_eq!(
        precedents(&itself, &before, &|id| Some(id.clone())).looked_at,
        0,
        "no case is its own precedent"
    );
}
