//! A view by hand: a part of the Syrian truce with both hospitals, for snapshots and checks of the pages.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::too_many_lines)]

use std::collections::{BTreeMap, BTreeSet};

pub(crate) mod crowd;
pub(crate) mod html;

use truceline_model::*;
use truceline_publish::view::*;

/// Texts in three languages.
pub(crate) fn texts(en: &str, ar: &str, ru: &str) -> Texts {
    [("en", en), ("ar", ar), ("ru", ru)].into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

pub(crate) fn set<T: Ord + for<'a> From<&'a str>>(ids: &[&str]) -> BTreeSet<T> {
    ids.iter().map(|id| T::from(*id)).collect()
}

pub(crate) fn zone() -> Zone {
    Zone::named("Asia/Damascus").unwrap()
}

pub(crate) fn at(text: &str) -> Instant {
    zone().instant(text).unwrap()
}

pub(crate) fn during(text: &str) -> Interval {
    zone().interval(text).unwrap()
}

/// All that a [`View`] borrows.
pub(crate) struct World {
    pub(crate) title: Texts,
    pub(crate) zone: Zone,
    pub(crate) zone_name: Texts,
    pub(crate) truce: TruceState,
    pub(crate) areas: Areas,
    pub(crate) actors: Actors,
    pub(crate) sources: BTreeMap<SourceId, SourceName>,
    pub(crate) definitions: BTreeMap<DefinitionId, Texts>,
    pub(crate) statuses: Vec<AreaStatus>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) incidents: Vec<Incident>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) rivals: Vec<RivalDay>,
    pub(crate) clause_ids: Vec<ClauseId>,
}

fn actor(id: &str, en: &str, ar: &str, ru: &str) -> Actor {
    Actor {
        id: id.into(),
        kind: ActorKind::Group,
        member_of: Vec::new(),
        names: texts(en, ar, ru),
        aliases: BTreeSet::new(),
    }
}

pub(crate) fn square(id: &str, en: &str, ar: &str, ru: &str, (w, s, e, n): (i32, i32, i32, i32)) -> Area {
    let p = |lon: i32, lat: i32| Point { lon: lon * 100_000, lat: lat * 100_000 };
    Area {
        id: id.into(),
        kind: AreaKind::Governorate,
        names: texts(en, ar, ru),
        aliases: BTreeSet::new(),
        parent: None,
        shape: Shape::Polygon(vec![vec![p(w, s), p(e, s), p(e, n), p(w, n)]]),
        held_by: None,
        asserted_by: None,
        valid: Interval::ALWAYS,
    }
}

fn place(id: &str, parent: &str, en: &str, ar: &str, ru: &str) -> Area {
    let mut area = square(id, en, ar, ru, (0, 0, 1, 1));
    area.kind = AreaKind::Place;
    area.parent = Some(parent.into());
    area.shape = Shape::Nowhere;
    area
}

pub(crate) fn areas() -> Areas {
    Areas::new([
        square("SY02", "Aleppo", "حلب", "Алеппо", (3640, 3560, 3850, 3690)),
        square("SY07", "Idleb", "إدلب", "Идлиб", (3620, 3520, 3690, 3620)),
        square("SY06", "Lattakia", "اللاذقية", "Латакия", (3575, 3520, 3615, 3595)),
        square("SY04", "Homs", "حمص", "Хомс", (3640, 3360, 3960, 3480)),
        square("SY11", "Ar-Raqqa", "الرقة", "Ракка", (3850, 3520, 3980, 3690)),
        square("SY03", "Rural Damascus", "ريف دمشق", "Риф Димашк", (3590, 3310, 3760, 3360)),
        place("aleppo-sukkari", "SY02", "as-Sukkari", "السكري", "Ас-Суккари"),
        place("aleppo-muhafaza", "SY02", "al-Muhafaza", "المحافظة", "Аль-Мухафаза"),
        place("eastern-ghouta", "SY03", "Eastern Ghouta", "الغوطة الشرقية", "Восточная Гута"),
    ])
}

fn actors() -> Actors {
    Actors::new([
        actor("syrian-government-forces", "Syrian government forces", "قوات الحكومة السورية", "Сирийские правительственные силы"),
        actor("russian-forces", "Russian forces", "القوات الروسية", "Российские силы"),
        actor("al-nusra", "al-Nusra Front", "جبهة النصرة", "Фронт ан-Нусра"),
        actor("ahrar-al-sham", "Ahrar al-Sham", "أحرار الشام", "Ахрар аш-Шам"),
        actor("jaysh-al-islam", "Jaysh al-Islam", "جيش الإسلام", "Джейш аль-Ислам"),
        actor("high-negotiations-committee", "High Negotiations Committee", "الهيئة العليا للمفاوضات", "Высший комитет по переговорам"),
        actor("syrian-government", "Syrian government", "الحكومة السورية", "Правительство Сирии"),
        actor("russia", "Russia", "روسيا", "Россия"),
        actor("united-states", "United States", "الولايات المتحدة", "США"),
    ])
}

fn sources() -> BTreeMap<SourceId, SourceName> {
    let one = |id: &str, kind: &str, en: &str, ar: &str, ru: &str| {
        (SourceId::from(id), SourceName { names: texts(en, ar, ru), kind: kind.into(), side: None, address: None })
    };
    [
        one("msf", "humanitarian", "Médecins Sans Frontières", "أطباء بلا حدود", "«Врачи без границ»"),
        one("sohr", "observatory", "Syrian Observatory for Human Rights", "المرصد السوري لحقوق الإنسان", "Сирийский центр мониторинга за соблюдением прав человека"),
        one("airwars", "observatory", "Airwars", "إيروورز", "Airwars"),
        one("russian-centre", "guarantor", "Russian centre at Hmeimim", "المركز الروسي في حميميم", "Российский центр в Хмеймиме"),
        one("snhr", "observatory", "Syrian Network for Human Rights", "الشبكة السورية لحقوق الإنسان", "Сирийская сеть по правам человека"),
        one("syrian-army", "party", "Syrian army command", "القيادة العامة للجيش السوري", "Командование сирийской армии"),
        one("ikhbariya", "party", "State television", "التلفزيون الرسمي", "Государственное телевидение"),
        one("a-wire", "media", "A wire", "وكالة أنباء", "Информационное агентство"),
    ]
    .into_iter()
    .collect()
}

fn calm(id: &str, area: &str, steps: Vec<(u32, CalmStep)>, disputed: bool, in_force: Truth) -> Calm {
    Calm { id: id.into(), area: area.into(), steps, disputed, in_force }
}

fn calm_step(step: &str, window: &str, hours: u32, sources: &[&str]) -> CalmStep {
    CalmStep {
        step: step.into(),
        window: during(window),
        announced_hours: Some(hours),
        sources: set(sources),
        known: at("2016-04-29"),
    }
}

fn truce(as_of: Instant) -> TruceState {
    let deadline = |id: &str, what: &str, announced: &str, due: &str, state| Deadline {
        id: id.into(),
        what: what.into(),
        announced: at(announced),
        due: at(due),
        state,
    };
    let acceptance = |by: &str, to: Option<&str>, on: Option<&str>, recorded, reservation: Option<&str>| Acceptance {
        by: by.into(),
        to: to.map(Into::into),
        on: on.map(at),
        recorded,
        reservation: reservation.map(Into::into),
        sources: set(&["a-wire"]),
    };
    TruceState {
        as_of,
        deadlines: vec![
            deadline("munich-start", "Cessation within a week of the Munich statement", "2016-02-12", "2016-02-19T24:00", DeadlineState::Missed),
            deadline("acceptance", "Parties tell a co-chair that they accept", "2016-02-22", "2016-02-26T12:00", DeadlineState::Met),
            deadline("start", "Cessation of hostilities begins", "2016-02-22", "2016-02-27T00:00", DeadlineState::Met),
        ],
        acceptances: vec![
            acceptance("syrian-government", Some("russia"), Some("2016-02-23"), Recorded::Accepted, Some("operations against exempt groups go on")),
            acceptance("high-negotiations-committee", Some("united-states"), Some("2016-02-26"), Recorded::Accepted, Some("for two weeks, on trial")),
            acceptance("ahrar-al-sham", None, None, Recorded::NotFound, None),
        ],
        window: Interval::new(at("2016-02-27T00:00"), Instant::FAR_FUTURE).ok(),
        in_force: (as_of >= at("2016-02-27T00:00")).into(),
        steps: Vec::new(),
        calms: vec![
            calm("calm-ghouta", "eastern-ghouta", vec![
                (0, calm_step("start", "2016-04-30T00:01/2016-05-01T00:01", 24, &["russian-centre"])),
                (0, calm_step("start", "2016-04-30T01:00/2016-05-01T01:00", 24, &["syrian-army"])),
                (1, calm_step("extension", "2016-05-01T01:00/2016-05-02T01:00", 24, &["a-wire"])),
                (2, calm_step("extension", "2016-05-02T01:00/2016-05-03T24:00", 48, &["a-wire"])),
            ], true, Truth::Unknown),
            calm("calm-latakia", "SY06", vec![
                (0, calm_step("start", "2016-04-30T01:00/2016-05-03T01:00", 72, &["syrian-army", "russian-centre"])),
            ], false, Truth::False),
        ],
    }
}

fn observation(no: u64, known: &str, origin: &str, through: &[&str], event: Event, note: &str) -> Observation {
    let source = through.first().map_or_else(|| origin.into(), |s| (*s).into());
    Observation {
        origin: origin.into(),
        through: set(through),
        address: no.is_multiple_of(2).then(|| "https://example.org/report?a=1&b=2".to_owned()),
        grade: Grade::B,
        note: (!note.is_empty()).then(|| note.to_owned()),
        ..Observation::bare(ReceiptNo(no), format!("x{no}"), at(known), source, Body::Event(event))
    }
}

pub(crate) fn sukkari() -> Place {
    Place { point: Point::parse("36.1759", "37.1340").ok(), within_m: 150, areas: set(&["aleppo-sukkari"]), unresolved: None }
}

fn muhafaza() -> Place {
    Place { point: Point::parse("36.2010", "37.1180").ok(), within_m: 150, areas: set(&["aleppo-muhafaza"]), unresolved: None }
}

fn event(act: Act, place: Place, when: &str, actors: &[&str], how: Option<Attribution>, killed: &str) -> Event {
    Event {
        acts: [act].into(),
        weapons: BTreeSet::new(),
        targets: [Target::Hospital].into(),
        when: Some(during(when)),
        place: Some(place),
        actors: set(actors),
        attribution: how,
        held_by: BTreeSet::new(),
        casualties: CasualtyFigures { killed: Bounds::parse(killed).ok(), ..CasualtyFigures::default() },
        amounts: BTreeMap::new(),
        facts: BTreeMap::new(),
    }
}

fn observations() -> Vec<Observation> {
    use Attribution::{Accused, Contested, Suspected};
    let quds = |actors: &[&str], how, killed: &str| event(Act::Airstrike, sukkari(), "2016-04-27", actors, how, killed);
    let dabbit = |actors: &[&str], how, killed: &str| event(Act::RocketFire, muhafaza(), "2016-05-03", actors, how, killed);
    let mut all = vec![
        observation(11, "2016-04-28", "msf", &[], quds(&[], None, ">=14"), "two strikes in the evening; no owner of the aircraft named"),
        observation(12, "2016-04-28", "sohr", &["a-wire"], quds(&["syrian-government-forces", "russian-forces"], Some(Contested), "27"), "whose jet is unclear"),
        observation(13, "2016-04-29", "msf", &[], quds(&[], None, ">50"), ""),
        observation(14, "2016-05-01", "airwars", &[], quds(&["russian-forces"], Some(Suspected), "58"), ""),
        observation(15, "2016-05-03", "msf", &[], quds(&[], None, "55"), "neighbouring buildings first, then the hospital"),
        observation(21, "2016-05-03", "ikhbariya", &[], dabbit(&[], None, "3"), "rockets, the channel says, by “terrorists”"),
        observation(22, "2016-05-03", "sohr", &["a-wire"], dabbit(&[], None, ""), "heavily damaged; number killed not given"),
        observation(23, "2016-05-03", "syrian-army", &[], dabbit(&["al-nusra", "ahrar-al-sham", "jaysh-al-islam"], Some(Accused), ""), ""),
    ];
    let mut total = all[6].clone();
    total.receipt = ReceiptNo(24);
    total.body = Body::Total(Total {
        when: Some(during("2016-05-03")),
        place: Some(Place { point: None, within_m: 0, areas: set(&["SY02"]), unresolved: None }),
        actors: BTreeSet::new(),
        casualties: CasualtyFigures { killed: Bounds::parse(">=16").ok(), wounded: Bounds::parse("80").ok(), ..CasualtyFigures::default() },
        count: None,
    });
    total.note = Some("over the government-held west of the city through the day".into());
    all.push(total);
    all
}

/// An incident out of its reports, attribute by attribute.
fn gather(id: &str, reports: &[&Observation]) -> Incident {
    let mut incident = Incident::empty(id.into());
    incident.version = u32::try_from(reports.len()).unwrap();
    incident.governorates = set(&["SY02"]);
    let first = reports[0].receipt;
    for report in reports {
        let Body::Event(event) = &report.body else { continue };
        let origin = &report.origin;
        event.acts.iter().for_each(|a| incident.acts.add(*a, origin.clone()));
        event.targets.iter().for_each(|t| incident.targets.add(*t, origin.clone()));
        event.when.iter().for_each(|w| incident.when.add(*w, origin.clone()));
        event.place.iter().for_each(|p| incident.places.add(p.clone(), origin.clone()));
        event.actors.iter().for_each(|a| incident.actors.add(a.clone(), origin.clone()));
        if event.attribution == Some(Attribution::Contested) {
            incident.actors.leave_open(origin.clone());
        }
        incident.origins.insert(origin.clone());
        if let Some(bounds) = event.casualties.killed {
            for figure in incident.killed.figures.iter_mut().filter(|f| f.origin == *origin) {
                figure.superseded = true;
            }
            incident.killed.figures.push(Figure { receipt: report.receipt, origin: origin.clone(), known: report.known, bounds, status: CasualtyStatus::Any, superseded: false });
        }
        incident.links.push(Link {
            receipt: report.receipt,
            to: first,
            decision: LinkDecision::Threshold { score: 4_200, threshold: 2_500 },
            reasons: vec![
                LinkReason { evidence: "distance", seen: "120 m".into(), weight: 2_900 },
                LinkReason { evidence: "time", seen: "0 s apart".into(), weight: 1_800 },
                LinkReason { evidence: "actor", seen: "russian-forces / nobody".into(), weight: -500 },
            ],
        });
    }
    incident
}

fn hypothesis(fact: Fact, value: &str) -> Hypothesis {
    Hypothesis { fact, value: value.into() }
}

fn crux(then: Outcome, if_: Vec<Hypothesis>) -> Crux {
    Crux { if_, then }
}

fn reasons(prohibited: Truth) -> Vec<Reason> {
    let step = |test: Test, truth: Truth, seen: Vec<Seen>, under: Vec<Reason>| Reason { test, truth, tried: true, seen, under };
    let seen = |value: &str, truth, origins: &[&str]| Seen { value: value.into(), truth, origins: set(origins) };
    vec![
        step(Test::InForce("2016-02-26T22:00:00Z/..".into()), Truth::True, vec![seen("2016-04-26T21:00:00Z/2016-04-27T21:00:00Z", Truth::True, &["msf", "sohr"])], vec![]),
        step(Test::All, prohibited, vec![], vec![
            step(Test::Binds("syrian-government-forces;russian-forces".into()), prohibited, vec![
                seen("russian-forces", Truth::True, &["airwars"]),
                seen("syrian-government-forces", Truth::True, &["sohr"]),
            ], vec![]),
            step(Test::ActIs("airstrike;shelling".into()), Truth::True, vec![seen("airstrike", Truth::True, &["msf", "sohr", "airwars"])], vec![]),
            step(Test::Takes("object".into(), "purpose".into()), Truth::True, vec![], vec![]),
        ]),
        Reason { test: Test::Exception("exempt-group".into(), Outcome::NotProhibited), truth: Truth::Unknown, tried: false, seen: vec![], under: vec![
            step(Test::Holds("exempt-group-present".into()), Truth::Unknown, vec![], vec![]),
        ] },
    ]
}

fn findings() -> Vec<Finding> {
    let one = |incident: &str, clause: &str, reading: &str, outcome, respondents: &[&str], cruxes| Finding {
        incident: incident.into(),
        version: 4,
        clause: clause.into(),
        reading: reading.into(),
        outcome,
        respondents: set(respondents),
        reasons: reasons(if outcome == Outcome::Prohibited { Truth::True } else { Truth::Unknown }).into(),
        cruxes,
        fault: None,
    };
    use Outcome::{NotCovered, NotProhibited, Prohibited, Undetermined};
    let air = &["russian-forces", "syrian-government-forces"];
    let matter = |matter: &str, position: &str| hypothesis(Fact::Matter(matter.into()), position);
    let present = || hypothesis(Fact::Named("exempt-group-present".into()), "yes");
    let mut all = Vec::new();
    for (reading, outcome, cruxes) in [
        ("purpose-strict", Prohibited, vec![crux(NotProhibited, vec![matter("object", "letter")])]),
        ("purpose-licence", Undetermined, vec![
            crux(NotProhibited, vec![present()]),
            crux(Prohibited, vec![hypothesis(Fact::Named("exempt-group-present".into()), "no")]),
            crux(Prohibited, vec![matter("presence", "no-licence")]),
        ]),
        ("letter-strict", NotProhibited, vec![crux(Prohibited, vec![matter("object", "purpose")])]),
        ("letter-licence", NotProhibited, vec![]),
    ] {
        all.push(one("r11", "government-fire", reading, outcome, if outcome == NotProhibited { &[] } else { air }, cruxes));
        let insurgents = vec![
            crux(Prohibited, vec![hypothesis(Fact::Actor, "jaysh-al-islam")]),
            crux(NotCovered, vec![hypothesis(Fact::Actor, "al-nusra")]),
            crux(Prohibited, vec![hypothesis(Fact::Actor, "ahrar-al-sham"), hypothesis(Fact::Acceptance("ahrar-al-sham".into()), "yes")]),
        ];
        let mut letter = insurgents.clone();
        if reading.starts_with("letter") {
            for crux in &mut letter {
                crux.if_.push(hypothesis(Fact::Target, "government-forces"));
            }
        }
        all.push(one("r21", "opposition-fire", reading, Undetermined, &["ahrar-al-sham", "jaysh-al-islam"], letter));
        for incident in ["r11", "r21"] {
            all.push(one(incident, "self-defence", reading, Undetermined, &[], vec![crux(NotProhibited, vec![hypothesis(Fact::Judgement("proportionate".into()), "yes")])]));
            all.push(one(incident, "territory", reading, NotProhibited, &[], vec![]));
        }
        all.push(one("r31", "government-fire", reading, NotCovered, &[], vec![]));
    }
    all
}

fn statuses() -> Vec<AreaStatus> {
    let window = during("2016-04-28/2016-05-04");
    let one = |area: &str, holding, days, prohibited: &[&str], undetermined: &[&str], by: &[&str]| AreaStatus {
        area: area.into(),
        holding,
        window,
        prohibited: set(prohibited),
        undetermined: set(undetermined),
        others: BTreeSet::new(),
        days,
        observed_by: set(by),
    };
    vec![
        one("SY02", Holding::Collapsed, 6, &["r11"], &["r21"], &["msf", "sohr", "airwars"]),
        one("SY03", Holding::Fraying, 2, &[], &[], &["sohr"]),
        one("SY04", Holding::Fraying, 1, &[], &[], &["sohr"]),
        one("SY06", Holding::Holding, 0, &[], &[], &["russian-centre"]),
        one("SY07", Holding::Fraying, 2, &[], &[], &["sohr"]),
        one("SY11", Holding::NotObserved, 0, &[], &[], &[]),
    ]
}

fn rivals() -> Vec<RivalDay> {
    let count = |source: &str, n, unit: &str, definition: &str, by: &[(&str, u32)], receipt| Count {
        source: source.into(),
        when: during("2016-04-28"),
        count: n,
        unit: unit.into(),
        definition: (!definition.is_empty()).then(|| definition.into()),
        by_area: by.iter().map(|(a, n)| ((*a).into(), *n)).collect(),
        listed: None,
        receipt,
    };
    vec![RivalDay {
        day: during("2016-04-28"),
        counts: vec![
            count("russian-centre", 8, "violations", "russian-centre-breaches", &[("SY02", 5), ("SY03", 3)], Some(ReceiptNo(41))),
            count("airwars", 6, "incidents", "airwars-harm", &[("SY02", 4), ("SY07", 2)], None),
        ],
        comparisons: vec![Comparison { one: "russian-centre".into(), other: "airwars".into(), agreed: (0, 4), only_one: (4, 8), only_other: (2, 6), exact: false }],
    }]
}

impl World {
    /// As of noon UTC on 4 May 2016.
    pub(crate) fn new() -> Self {
        let observations = observations();
        let of = |receipts: &[u64]| -> Vec<&Observation> {
            observations.iter().filter(|o| receipts.contains(&o.receipt.0)).collect()
        };
        let mut quds = gather("r11", &of(&[11, 12, 13, 14, 15]));
        quds.held_by.add("ahrar-al-sham".into(), "a-wire".into());
        quds.facts.insert("exempt-group-present".into(), Alternatives::one(Answer::Unclear, "a-wire".into()));
        let mut dabbit = gather("r21", &of(&[21, 22, 23]));
        dabbit.part_of.insert(ReceiptNo(24));
        let mut early = gather("r31", &of(&[21]));
        early.when = Alternatives::one(during("2016-02-21"), "sohr".into());
        early.acts = Alternatives::one(Act::Bombing, "sohr".into());
        early.targets = Alternatives::unknown();
        early.places = Alternatives::one(Place { point: Point::parse("34.73", "36.72").ok(), within_m: 9_000, areas: set(&["SY04"]), unresolved: Some("az-Zahraa".into()) }, "sohr".into());
        Self {
            title: texts("Cessation of hostilities in Syria, 2016", "وقف الأعمال العدائية في سوريا، 2016", "Прекращение боевых действий в Сирии, 2016"),
            zone: zone(),
            zone_name: texts("Damascus time", "بتوقيت دمشق", "по дамасскому времени"),
            truce: truce(at("2016-05-04T15:00")),
            areas: areas(),
            actors: actors(),
            sources: sources(),
            definitions: [
                (DefinitionId::from("russian-centre-breaches"), texts("Breaches of the cessation that reached the centre in the last 24 hours, fire by exempt groups included", "الخروقات التي بلغت المركز خلال آخر 24 ساعة، بما فيها نيران الجماعات المستثناة", "Нарушения режима, о которых центру стало известно за сутки, включая огонь исключённых группировок")),
                (DefinitionId::from("airwars-harm"), texts("Air and artillery strikes with alleged civilian harm", "الضربات الجوية والمدفعية التي يُزعم أنها ألحقت ضررًا بمدنيين", "Авиационные и артиллерийские удары с предполагаемым вредом для гражданских лиц")),
            ].into(),
            statuses: statuses(),
            observations,
            incidents: vec![quds, dabbit, early],
            findings: findings(),
            rivals: rivals(),
            clause_ids: ["opposition-fire", "government-fire", "territory", "self-defence"].map(ClauseId::from).to_vec(),
        }
    }

    pub(crate) fn view(&self) -> View<'_> {
        let of = |receipts: BTreeSet<ReceiptNo>| -> Vec<&Observation> {
            self.observations.iter().filter(|o| receipts.contains(&o.receipt)).collect()
        };
        let mut findings: BTreeMap<&IncidentId, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.findings {
            findings.entry(&finding.incident).or_default().push(finding);
        }
        let incidents = self.incidents.iter().map(|incident| IncidentView {
            incident,
            reports: of(incident.receipts().collect()),
            statements: Vec::new(),
            totals: of(incident.part_of.clone()),
            findings: findings.get(&incident.id).cloned().unwrap_or_default(),
            toll_history: toll(incident),
        });
        View {
            mission: Mission {
                id: "syria-2016",
                title: &self.title,
                zone: &self.zone,
                zone_name: &self.zone_name,
                moments: vec![
                    Moment { at: at("2016-02-28T12:00"), label: texts("The first day", "اليوم الأول", "Первый день") },
                    Moment { at: at("2016-05-04T15:00"), label: texts("The day after al-Dabbit", "اليوم التالي لقصف الضبيط", "На следующий день после «Ад-Даббит»") },
                ],
            },
            as_of: self.truce.as_of,
            proof: Proof {
                entries: 1893,
                checkpoint: Some("truceline.example/syria-2016\n1893\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n".into()),
                verifier_key: Some("truceline.example/syria-2016+a1b2c3d4+AZ0".into()),
                software: "truceline 0.1.0".into(),
                inputs: [("agreement.md".to_owned(), "ab".repeat(32))].into(),
            },
            truce: &self.truce,
            areas: &self.areas,
            actors: &self.actors,
            sources: &self.sources,
            definitions: &self.definitions,
            statuses: &self.statuses,
            rule: StatusRuleText { window_days: 7, fraying_incidents: 1, collapsed_days: 4, collapsed_prohibited: 1 },
            incidents: incidents.collect(),
            rivals: &self.rivals,
            listings: Vec::new(),
            clauses: self.clauses(),
            readings: self.readings(),
            matters: matters(),
            judgements: [(JudgementId::from("proportionate"), texts("was it self-defence, and proportionate?", "هل كان دفاعًا عن النفس ومتناسبًا؟", "была ли это самооборона, и соразмерная?"))].into(),
            facts: [(FactId::from("exempt-group-present"), texts("was an exempt group present", "هل كانت جماعة مستثناة موجودة", "присутствовала ли исключённая группировка"))].into(),
            measures: [("lorries".into(), texts("Lorries with aid, per day", "شاحنات المساعدات في اليوم", "Грузовики с помощью за день"))].into(),
            judged: Vec::new(),
            settles: vec![SettleView { fact: "actor".into(), acts: [Act::RocketFire].into(), evidence: texts("Crater analysis and launch azimuth against control maps of that day; the groups' own statements; the rockets' range.", "تحليل الحفرة وسمت الإطلاق مقارنةً بخرائط السيطرة في ذلك اليوم؛ وبيانات الجماعات نفسها؛ ومدى الصواريخ.", "Анализ воронки и азимут пуска в сопоставлении с картами контроля того дня; заявления самих групп; дальность ракет.") }],
            phrases: [("Cessation within a week of the Munich statement".to_owned(), texts("Cessation within a week of the Munich statement", "وقف الأعمال العدائية في غضون أسبوع من بيان ميونيخ", "Прекращение боевых действий в течение недели после мюнхенского заявления"))].into(),
            agreement: Vec::new(),
            tallies: Vec::new(),
            totals: self.observations.iter().filter(|o| matches!(o.body, Body::Total(_))).collect(),
            deliveries: Vec::new(),
            duties: truceline_publish::view::DutiesView::default(),
            statements: Vec::new(),
            refused: [("reports/airwars.csv".to_owned(), 2)].into(),
            sum_faults: vec![SumFault { receipt: ReceiptNo(42), source: "snhr".into(), breakdown: "by-area".into(), whole: 35, parts: 27 }],
        }
    }

    fn clauses(&self) -> Vec<ClauseView<'_>> {
        let words = [
            (texts("Fire by the opposition", "نيران المعارضة", "Огонь оппозиции"), texts("Groups that have accepted stop all attacks, with any weapons, rockets, mortars and anti-tank missiles included, on the government's forces and those who support them.", "تتوقف الجماعات التي قبلت عن جميع الهجمات بأي سلاح، بما في ذلك الصواريخ ومدافع الهاون والصواريخ المضادة للدروع، على قوات الحكومة ومن يساندها.", "Принявшие условия группы прекращают любые нападения с применением любого оружия, включая ракеты, миномёты и ПТРК, на правительственные силы и тех, кто их поддерживает."), "forbids", "§ 1 (b)"),
            (texts("Fire by the government side", "نيران جانب الحكومة", "Огонь правительственной стороны"), texts("The same toward the groups that have accepted; air strikes by Syrian and Russian aircraft are named.", "الأمر نفسه تجاه الجماعات التي قبلت؛ وتُذكر بالاسم الضربات الجوية للطائرات السورية والروسية.", "То же в отношении принявших условия групп; прямо названы удары сирийской и российской авиации."), "forbids", "§ 2 (a)"),
            (texts("Territory", "الأراضي", "Территория"), texts("Nobody takes or tries to take ground from another party.", "لا يأخذ أحد أرضًا من طرف آخر ولا يحاول ذلك.", "Никто не занимает и не пытается занять территорию другой стороны."), "forbids", "§ 1 (c)"),
            (texts("Self-defence", "الدفاع عن النفس", "Самооборона"), texts("Force in self-defence is allowed if it is no greater than the immediate threat needs.", "", ""), "permits", "§ 1 (e)"),
        ];
        let readings = ["purpose-strict", "purpose-licence", "letter-strict", "letter-licence"];
        let other = || (texts("Another clause", "بند آخر", "Другое положение"), texts("Words of another clause.", "نص بند آخر.", "Текст другого положения."), "duty", "§ 3");
        let words = words.into_iter().chain(std::iter::repeat_with(other));
        self.clause_ids.iter().zip(words).map(|(id, (title, prose, kind, paragraph))| {
            let mut counts: BTreeMap<ReadingId, BTreeMap<Outcome, u32>> = BTreeMap::new();
            for reading in readings {
                let row = counts.entry(reading.into()).or_default();
                for f in self.findings.iter().filter(|f| f.clause == *id && f.reading.as_str() == reading) {
                    *row.entry(f.outcome).or_default() += 1;
                }
            }
            ClauseView { id, title, prose, paragraph: paragraph.into(), kind, counts }
        }).collect()
    }

    fn readings(&self) -> Vec<ReadingView> {
        [
            ("purpose-strict", "purpose", "no-licence", texts("Purpose, presence gives no licence", "الغاية، والوجود لا يبيح", "По цели; присутствие не даёт права")),
            ("purpose-licence", "purpose", "licence", texts("Purpose, presence licenses", "الغاية، والوجود يبيح", "По цели; присутствие даёт право")),
            ("letter-strict", "letter", "no-licence", texts("Letter, presence gives no licence", "النص، والوجود لا يبيح", "По букве; присутствие не даёт права")),
            ("letter-licence", "letter", "licence", texts("Letter, presence licenses", "النص، والوجود يبيح", "По букве; присутствие даёт право")),
        ]
        .into_iter()
        .map(|(id, object, presence, title)| ReadingView {
            id: id.into(),
            title,
            takes: [(MatterId::from("object"), PositionId::from(object)), (MatterId::from("presence"), PositionId::from(presence))].into(),
        })
        .collect()
    }
}

fn matters() -> Vec<MatterView> {
    let position = |id: &str, says: Texts, held_by: &[&str]| PositionView {
        id: id.into(),
        says,
        held_by: held_by.iter().map(|s| (*s).to_owned()).collect(),
    };
    vec![
        MatterView {
            id: "object".into(),
            question: texts("Do the clauses on fire reach a hospital in the other side's district?", "هل تشمل بنود إطلاق النار مستشفى في حي يسيطر عليه الطرف الآخر؟", "Распространяются ли положения об огне на больницу в районе другой стороны?"),
            positions: vec![
                position("purpose", texts("They reach fire into ground that the other side holds", "تشمل إطلاق النار على أرض يسيطر عليها الطرف الآخر", "Они охватывают огонь по территории, удерживаемой другой стороной"), &["high-negotiations-committee"]),
                position("letter", texts("They reach only fire at the other side's forces", "لا تشمل إلا إطلاق النار على قوات الطرف الآخر", "Они охватывают только огонь по силам другой стороны"), &[]),
            ],
        },
        MatterView {
            id: "presence".into(),
            question: texts("Does the presence of an exempt group license strikes on eastern Aleppo?", "هل يبيح وجود جماعة مستثناة ضرب شرق حلب؟", "Даёт ли присутствие исключённой группировки право наносить удары по восточному Алеппо?"),
            positions: vec![
                position("licence", texts("It does, throughout the area", "نعم، في المنطقة كلها", "Да, во всём районе"), &["russia", "syrian-government"]),
                position("no-licence", texts("It does not, beyond that group itself", "لا، إلا ضد تلك الجماعة نفسها", "Нет, кроме как по самой этой группировке"), &["united-states"]),
            ],
        },
    ]
}

/// How the toll grew.
fn toll(incident: &Incident) -> Vec<TollStep> {
    let mut seen = Casualties::default();
    let mut steps = Vec::new();
    for figure in &incident.killed.figures {
        for earlier in seen.figures.iter_mut().filter(|f| f.origin == figure.origin) {
            earlier.superseded = true;
        }
        seen.figures.push(Figure { superseded: false, ..figure.clone() });
        if let Some(range) = seen.range() {
            let origins = seen.figures.iter().map(|f| &f.origin).collect::<BTreeSet<_>>().len();
            steps.push(TollStep { known: figure.known, receipt: figure.receipt, bounds: figure.bounds, range, origins: u32::try_from(origins).unwrap() });
        }
    }
    steps
}
