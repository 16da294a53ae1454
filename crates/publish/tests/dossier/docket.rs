//! Cases for papers: a procedure, people of every role, and a record that is written act by act.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::too_many_arguments)]

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{
    Act, CaseAct, CaseEntry, CaseId, Complainant, Docket, Opening, Papers, Person, Role, Setting,
};
use truceline_model::*;

pub(crate) const HERE: Span = Span { start: 0, end: 0 };

fn text(en: &str, ar: &str, ru: &str) -> Text {
    Text { en: en.into(), ar: Some(ar.into()), ru: Some(ru.into()) }
}

fn who(names: &[&str]) -> BTreeSet<Who> {
    let one = |name: &&str| match *name {
        "complainant" => Who::Complainant,
        "respondent" => Who::Respondent,
        "guarantor" => Who::Guarantor,
        "mission" => Who::Mission,
        actor => Who::Actor(actor.into()),
    };
    names.iter().map(one).collect()
}

fn step(id: &str, name: Text, asks: Asks, by: &[&str], hours: u32, since: Option<&str>, then: &[&str], silence: &str) -> Step {
    Step {
        id: id.into(),
        name,
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

fn end(id: &str, name: Text, reopens: Option<&str>, excludes: bool) -> End {
    End { id: id.into(), name, reopens: reopens.map(str::to_owned), excludes, readmits: false, span: HERE }
}

/// inquiry → notice → reply → judge (both concur) → remedy | talk → ministers → out | closed.
pub(crate) fn climb() -> Procedure {
    let mut judge = step("judge", text("The co-chairs decide", "يبتّ الرئيسان", "Сопредседатели решают"), Asks::Determination, &["russia", "united-states"], 72, Some("reply"), &["remedy", "talk"], "talk");
    judge.concur = who(&["russia", "united-states"]);
    judge.deadlock = Some("talk".into());
    judge.recuse_when = who(&["respondent"]);
    judge.instead = who(&["un-envoy"]);
    judge.extendable = Some(Extendable { by: Length::Hours(24), who: who(&["russia", "united-states"]) });
    let mut ministers = step("ministers", text("To the ministers", "إلى الوزراء", "Министрам"), Asks::Referral, &["mission"], 336, Some("talk"), &["out", "closed"], "closed");
    ministers.needs_means = 1;
    Procedure {
        takes: BTreeSet::new(),
        opened_by: BTreeSet::new(),
        opened_when: [Threshold::Persistent].into(),
        withdrawn: Some(Withdrawal { by: who(&["complainant"]), then: "withdrawn".into() }),
        steps: vec![
            step("inquiry", text("Preliminary inquiry", "تحقيق أولي", "Предварительная проверка"), Asks::Inquiry, &["mission"], 24, None, &["notice"], "notice"),
            step("notice", text("Notice to the accused", "إشعار المدعى عليه", "Уведомление ответчика"), Asks::Notice, &["mission"], 24, Some("inquiry"), &["reply"], "reply"),
            step("reply", text("Reply", "الرد", "Ответ"), Asks::Reply, &["respondent", "guarantor"], 48, Some("notice"), &["judge"], "judge"),
            judge,
            step("remedy", text("What is to be put right", "ما يجب تصحيحه", "Что исправить"), Asks::Remedy, &["united-states", "russia"], 48, Some("judge"), &["settled"], "settled"),
            step("talk", text("Talks short of force", "محادثات دون قوة", "Переговоры без силы"), Asks::Means, &["russia", "united-states"], 48, Some("judge"), &["ministers", "closed"], "closed"),
            ministers,
        ],
        ends: vec![
            end("settled", text("Settled", "سُوّيت", "Урегулировано"), Some("reply"), false),
            end("out", text("Put out of the agreement", "أُخرج من الاتفاق", "Выведен из соглашения"), None, true),
            end("closed", text("Closed", "أُغلقت", "Закрыто"), None, false),
            end("withdrawn", text("Withdrawn", "سُحبت", "Отозвано"), None, false),
        ],
    }
}

pub(crate) fn actors() -> Actors {
    let one = |id: &str, kind: ActorKind, of: Option<&str>| Actor {
        id: id.into(),
        kind,
        member_of: of.map(|of| Membership { of: of.into(), during: Interval::ALWAYS }).into_iter().collect(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    };
    Actors::new([
        one("syrian-government", ActorKind::Party, None),
        one("syrian-government-forces", ActorKind::Force, Some("syrian-government")),
        one("high-negotiations-committee", ActorKind::Umbrella, None),
        one("ahrar-al-sham", ActorKind::Group, Some("high-negotiations-committee")),
        one("jaysh-al-islam", ActorKind::Group, Some("high-negotiations-committee")),
        one("al-nusra", ActorKind::Group, None),
        one("russia", ActorKind::State, None),
        one("russian-forces", ActorKind::Force, Some("russia")),
        one("united-states", ActorKind::State, None),
        one("un-envoy", ActorKind::Umbrella, None),
    ])
}

/// Everybody; names that stand nowhere else, so that they can be looked for.
pub(crate) const PEOPLE: [(&str, Role, Option<&str>); 10] = [
    ("zq-watch", Role::WatchOfficer, None),
    ("zq-operator", Role::HotlineOperator, None),
    ("zq-monitor", Role::FieldMonitor, None),
    ("zq-verifier", Role::Verifier, None),
    ("zq-lawyer", Role::LegalOfficer, None),
    ("zq-protector", Role::SourceProtectionOfficer, None),
    ("zq-ivan", Role::CoChair, Some("russia")),
    ("zq-jane", Role::CoChair, Some("united-states")),
    ("zq-omar", Role::PartyLiaison, Some("high-negotiations-committee")),
    ("zq-walid", Role::PartyLiaison, Some("syrian-government")),
];

pub(crate) fn setting() -> Setting {
    let people = PEOPLE.iter().map(|(name, role, of)| {
        ((*name).to_owned(), Person { role: *role, acts_for: of.map(ActorId::from) })
    });
    Setting {
        zone: Zone::named("Asia/Damascus").unwrap(),
        working: None,
        procedures: [("arbitration".into(), climb())].into(),
        clauses: ["opposition-fire", "government-fire"].map(ClauseId::from).into(),
        guarantors: [
            ("syrian-government".into(), ["russia".into()].into()),
            ("high-negotiations-committee".into(), ["united-states".into()].into()),
        ]
        .into(),
        actors: actors(),
        gravity: ["minor".into(), "serious".into(), "grave".into()].into(),
        persistence: Some(Persistence { over: Length::Weeks(6), determined: Some(2), found: None, span: HERE }),
        people: people.collect(),
    }
}

/// A record, written act by act. Entries bear numbers of seven digits and seconds of their own, so that each can be looked for in a page.
pub(crate) struct Record {
    pub(crate) entries: Vec<CaseEntry>,
    pub(crate) settings: BTreeMap<u64, Setting>,
    pub(crate) now: Instant,
}

pub(crate) fn start() -> Instant {
    Instant::parse("2016-05-03T06:00:07Z").unwrap()
}

impl Record {
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new(), settings: [(0, setting())].into(), now: start() }
    }

    pub(crate) fn put(&mut self, after_s: i64, by: &str, what: CaseAct) -> u64 {
        self.now = self.now.plus_seconds(after_s);
        let entry = 5_000_017 + 1_013 * self.entries.len() as u64;
        self.entries.push(CaseEntry { entry, at: self.now, by: by.into(), what });
        entry
    }

    pub(crate) fn open(&mut self, after_s: i64, by: &str, clause: &str, against: &[&str], complainant: Complainant, words: &str) -> CaseId {
        let incident = if clause == "opposition-fire" { "r21" } else { "r11" };
        CaseId(self.put(after_s, by, CaseAct::Open(Opening {
            procedure: "arbitration".into(),
            clause: clause.into(),
            incidents: [IncidentId::new(incident)].into(),
            respondents: against.iter().map(|one| ActorId::from(*one)).collect(),
            complainant,
            rests_on: BTreeSet::new(),
            since: None,
            words: Some(words.into()),
        })))
    }

    pub(crate) fn on(&mut self, after_s: i64, by: &str, case: CaseId, act: Act) -> u64 {
        self.put(after_s, by, CaseAct::On(case, act))
    }

    pub(crate) fn step(&mut self, after_s: i64, by: &str, case: CaseId, step: &str, then: Option<&str>, words: &str) -> u64 {
        let then = then.map(str::to_owned);
        self.on(after_s, by, case, Act::Step { step: step.into(), then, due: None, words: Some(words.into()) })
    }

    pub(crate) fn docket(&self) -> Docket {
        Docket::of(&self.settings, &self.entries, self.now.plus_seconds(1))
    }
}

/// What papers are made from beside the docket.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) erased: BTreeSet<u64>,
    pub(crate) protected: BTreeSet<ReceiptNo>,
    pub(crate) digests: BTreeMap<ReceiptNo, String>,
}

pub(crate) fn papers<'a>(record: &'a Record, docket: &'a Docket, beside: &'a Beside) -> Papers<'a> {
    Papers {
        docket,
        settings: &record.settings,
        entries: &record.entries,
        erased: &beside.erased,
        protected: &beside.protected,
        digests: &beside.digests,
        found: &[],
        name: &|id| Some(id.clone()),
    }
}

/// One case as the worked example has it: positions differ, each is kept.
pub(crate) fn al_dabbit() -> (Record, Beside, CaseId) {
    let mut record = Record::new();
    let hour = 3_600;
    let case = record.open(0, "zq-walid", "opposition-fire", &["ahrar-al-sham", "jaysh-al-islam"], Complainant::Party("syrian-government".into()), "Rockets on the hospital, we are told");
    record.on(hour, "zq-operator", case, Act::Join(Complainant::Public(Some(ReceiptNo(7_700_001)))));
    record.step(hour, "zq-verifier", case, "inquiry", None, "Two origins say that it happened");
    record.step(hour, "zq-watch", case, "notice", None, "You are asked what you know of rockets on a hospital");
    let item = record.on(hour, "zq-verifier", case, Act::Evidence { receipt: Some(ReceiptNo(8_800_001)), is_sealed: true, words: Some("What a neighbour saw".into()) });
    let open = record.on(60, "zq-verifier", case, Act::Evidence { receipt: Some(ReceiptNo(8_800_002)), is_sealed: false, words: Some("Crater, measured".into()) });
    record.on(60, "zq-lawyer", case, Act::Disclose { item: open, to: "high-negotiations-committee".into() });
    let erased = record.on(60, "zq-omar", case, Act::Evidence { receipt: None, is_sealed: false, words: None });
    record.on(60, "zq-monitor", case, Act::Means(Some("tried what a monitor may not log".into())));
    record.on(60, "zq-operator", case, Act::Means(Some("Hotline call to both sides".into())));
    record.step(20 * hour, "zq-omar", case, "reply", None, "None of ours fired");
    let stance = |who: &[&str], prohibited| Stance { happened: Answer::Yes, who: who.iter().map(|one| ActorId::from(*one)).collect(), prohibited, gravity: (prohibited == Answer::Yes).then(|| "serious".to_owned()) };
    let judge = |stance, words: &str| Act::Determine { step: "judge".into(), then: Some("talk".into()), stance, words: Some(words.into()) };
    let first = record.on(hour, "zq-ivan", case, judge(stance(&["ahrar-al-sham"], Answer::Yes), "The launch site is theirs"));
    record.on(9 * hour, "zq-jane", case, judge(stance(&[], Answer::Unclear), "Not established who fired"));
    record.on(hour, "zq-jane", case, Act::Dissent { of: first, words: Some("The azimuth was not taken".into()) });
    record.on(hour, "zq-omar", case, Act::Undertake { due: record.now.plus_seconds(200_000), words: Some("No rockets from the district".into()) });
    record.on(hour, "zq-jane", case, Act::Means(Some("A call between capitals".into())));
    record.step(hour, "zq-jane", case, "talk", Some("ministers"), "Both sides heard again");
    let _ = item;
    let beside = Beside {
        erased: [erased].into(),
        digests: [(ReceiptNo(8_800_002), "cd".repeat(32))].into(),
        ..Beside::default()
    };
    (record, beside, case)
}
