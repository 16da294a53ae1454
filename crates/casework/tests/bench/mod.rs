//! A small mission with a procedure that asks for everything a procedure can, and a record that grows an act at a time.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{
    Act, CaseAct, CaseEntry, CaseId, Complainant, Docket, Opening, Person, Refused, Role, Setting, Stance,
};
use truceline_model::{
    Actor, ActorId, ActorKind, Actors, Answer, Asks, End, Extendable, IncidentId, Instant, Interval, Length,
    Membership, Opener, Persistence, Procedure, Since, Span, Step, Text, Threshold, Who, Withdrawal, Zone,
};

pub const HERE: Span = Span { start: 0, end: 0 };

pub fn text(en: &str) -> Text {
    Text { en: en.into(), ..Text::default() }
}

pub fn who(names: &[&str]) -> BTreeSet<Who> {
    names
        .iter()
        .map(|name| match *name {
            "complainant" => Who::Complainant,
            "respondent" => Who::Respondent,
            "guarantor" => Who::Guarantor,
            "mission" => Who::Mission,
            actor => Who::Actor(actor.into()),
        })
        .collect()
}

pub fn step(
    id: &str,
    asks: Asks,
    by: &[&str],
    hours: u32,
    since: Option<&str>,
    then: &[&str],
    silence: &str,
) -> Step {
    Step {
        id: id.into(),
        name: text(id),
        asks,
        by: who(by),
        to: BTreeSet::new(),
        through: BTreeSet::new(),
        within: Length::Hours(hours),
        since: since.map_or(Since::Opening, |of| Since::Step(of.into())),
        then: then.iter().map(|one| (*one).to_owned()).collect(),
        silence: silence.into(),
        concur: BTreeSet::new(),
        deadlock: None,
        recuse_when: BTreeSet::new(),
        instead: BTreeSet::new(),
        hears_each: false,
        needs_means: 0,
        extendable: None,
        span: HERE,
    }
}

pub fn end(id: &str, reopens: Option<&str>, excludes: bool, readmits: bool) -> End {
    End { id: id.into(), name: text(id), reopens: reopens.map(str::to_owned), excludes, readmits, span: HERE }
}

/// notice → reply → judge (both concur) → talk → ministers → out | closed.
pub fn climb() -> Procedure {
    let mut judge = step(
        "judge",
        Asks::Determination,
        &["russia", "united-states"],
        72,
        Some("reply"),
        &["settled", "talk"],
        "talk",
    );
    judge.concur = who(&["russia", "united-states"]);
    judge.deadlock = Some("talk".into());
    judge.recuse_when = who(&["respondent"]);
    judge.instead = who(&["un-envoy"]);
    judge.extendable = Some(Extendable { by: Length::Hours(24), who: who(&["russia", "united-states"]) });
    let mut notice = step("notice", Asks::Notice, &["mission"], 24, None, &["reply"], "reply");
    notice.extendable = Some(Extendable { by: Length::Hours(12), who: who(&["mission"]) });
    let mut ministers =
        step("ministers", Asks::Referral, &["mission"], 336, Some("talk"), &["out", "closed"], "closed");
    ministers.needs_means = 2;
    Procedure {
        takes: ["fire".into()].into(),
        opened_by: [Opener::Parties, Opener::Public, Opener::Mission].into(),
        opened_when: [Threshold::Persistent].into(),
        withdrawn: Some(Withdrawal { by: who(&["complainant"]), then: "withdrawn".into() }),
        steps: vec![
            notice,
            step("reply", Asks::Reply, &["respondent", "guarantor"], 48, Some("notice"), &["judge"], "judge"),
            judge,
            step(
                "talk",
                Asks::Means,
                &["russia", "united-states"],
                48,
                Some("judge"),
                &["ministers", "closed"],
                "closed",
            ),
            ministers,
        ],
        ends: vec![
            end("settled", Some("reply"), false, false),
            end("out", None, true, false),
            end("closed", None, false, false),
            end("withdrawn", None, false, false),
        ],
    }
}

pub fn back() -> Procedure {
    Procedure {
        takes: BTreeSet::new(),
        opened_by: BTreeSet::new(),
        opened_when: BTreeSet::new(),
        withdrawn: None,
        steps: vec![step("ask", Asks::Act, &["mission"], 24, None, &["in-again", "stays"], "stays")],
        ends: vec![end("in-again", None, false, true), end("stays", None, false, false)],
    }
}

pub fn actors() -> Actors {
    let one = |id: &str, of: Option<&str>| Actor {
        id: id.into(),
        kind: ActorKind::Group,
        member_of: of.map(|of| Membership { of: of.into(), during: Interval::ALWAYS }).into_iter().collect(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    };
    Actors::new([
        one("government-side", None),
        one("opposition", None),
        one("ahrar", Some("opposition")),
        one("jaysh", Some("opposition")),
        one("russia", None),
        one("russian-air-force", Some("russia")),
        one("united-states", None),
        one("un-envoy", None),
    ])
}

pub fn settings() -> BTreeMap<u64, Setting> {
    let person = |role, acts_for: Option<&str>| Person { role, acts_for: acts_for.map(ActorId::from) };
    let people = [
        ("watch", person(Role::WatchOfficer, None)),
        ("watch-2", person(Role::WatchOfficer, None)),
        ("operator", person(Role::HotlineOperator, None)),
        ("lawyer", person(Role::LegalOfficer, None)),
        ("ivan", person(Role::CoChair, Some("russia"))),
        ("jane", person(Role::CoChair, Some("united-states"))),
        ("stefan", person(Role::CoChair, Some("un-envoy"))),
        ("omar", person(Role::PartyLiaison, Some("opposition"))),
        ("walid", person(Role::PartyLiaison, Some("government-side"))),
    ];
    let setting = Setting {
        zone: Zone::named("Asia/Damascus").unwrap(),
        working: None,
        procedures: [("climb".into(), climb()), ("back".into(), back())].into(),
        clauses: ["fire".into(), "aid".into()].into(),
        guarantors: [
            ("government-side".into(), ["russia".into()].into()),
            ("opposition".into(), ["united-states".into()].into()),
        ]
        .into(),
        actors: actors(),
        gravity: vec!["minor".into(), "serious".into()],
        persistence: Some(Persistence {
            over: Length::Days(30),
            determined: Some(2),
            found: None,
            span: HERE,
        }),
        people: people.into_iter().map(|(name, one)| (name.to_owned(), one)).collect(),
    };
    [(0, setting)].into()
}

pub fn hour(n: i64) -> Instant {
    Instant::parse("2016-05-03T00:00:00Z").unwrap().plus_seconds(n * 3_600)
}

/// A record that grows by an entry an act; the number of an entry is its place, from 10 on.
#[derive(Default)]
pub struct Record {
    pub entries: Vec<CaseEntry>,
}

impl Record {
    pub fn put(&mut self, at: i64, by: &str, what: CaseAct) -> u64 {
        let entry = 10 + self.entries.len() as u64;
        self.entries.push(CaseEntry { entry, at: hour(at), by: by.into(), what });
        entry
    }

    pub fn open(&mut self, at: i64, by: &str, respondents: &[&str]) -> CaseId {
        CaseId(self.put(at, by, CaseAct::Open(opening(respondents))))
    }

    pub fn on(&mut self, at: i64, by: &str, case: CaseId, act: Act) -> u64 {
        self.put(at, by, CaseAct::On(case, act))
    }

    pub fn step(&mut self, at: i64, by: &str, case: CaseId, step: &str, then: Option<&str>) -> u64 {
        let then = then.map(str::to_owned);
        self.on(at, by, case, Act::Step { step: step.into(), then, due: None, words: None })
    }

    pub fn judge(&mut self, at: i64, by: &str, case: CaseId, stance: Stance, then: &str) -> u64 {
        let then = Some(then.to_owned());
        self.on(at, by, case, Act::Determine { step: "judge".into(), then, stance, words: None })
    }

    pub fn docket(&self, at: i64) -> Docket {
        Docket::of(&settings(), &self.entries, hour(at))
    }

    pub fn why(&self, at: i64, entry: u64) -> Refused {
        let docket = self.docket(at);
        let mut all = docket.cases.values().flat_map(|case| &case.refused).chain(&docket.refused);
        all.find(|one| one.entry == entry).expect("refused").why.clone()
    }
}

pub fn opening(respondents: &[&str]) -> Opening {
    Opening {
        procedure: "climb".into(),
        clause: "fire".into(),
        incidents: [IncidentId::new("i-1")].into(),
        respondents: respondents.iter().map(|one| ActorId::from(*one)).collect(),
        complainant: Complainant::Party("government-side".into()),
        rests_on: BTreeSet::new(),
        since: None,
        words: None,
    }
}

pub fn prohibited(by: &[&str], gravity: Option<&str>) -> Stance {
    Stance {
        happened: Answer::Yes,
        who: by.iter().map(|one| ActorId::from(*one)).collect(),
        prohibited: Answer::Yes,
        gravity: gravity.map(str::to_owned),
    }
}

pub fn open_question() -> Stance {
    Stance { happened: Answer::Yes, who: BTreeSet::new(), prohibited: Answer::Unclear, gravity: None }
}

pub fn at_judge(record: &mut Record, respondents: &[&str]) -> CaseId {
    let case = record.open(0, "walid", respondents);
    record.step(1, "watch", case, "notice", None);
    record.step(2, "omar", case, "reply", None);
    case
}
