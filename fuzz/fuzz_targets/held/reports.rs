//! Any bytes as reports and decisions that come in some order, and what must hold of how they are linked. The fuzzer draws the bytes
//! for hours (`fuzz_targets/links.rs`); a test draws some on every build (`crates/casework/tests/any_reports.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use truceline_casework::{Context, Decision, Desk, PersonDecision, Rules, Side, moved, resolve};
use truceline_intake::mission;
use truceline_model::{
    Act, ActorId, Actors, AreaId, Areas, Attribution, Body, Bounds, CasualtyFigures, Event, IncidentId,
    Instant, Interval, Observation, Place, Point, ReceiptNo, SourceId, Statement, Target, Total, Weapon,
    Zone,
};

/// What the mission knows.
pub(crate) struct Mission {
    actors: Actors,
    areas: Areas,
    zone: Zone,
    rules: Rules,
    places: Vec<AreaId>,
    who: Vec<ActorId>,
}

/// The Syrian mission, from the project's folder.
#[must_use]
pub(crate) fn syria(root: &Path) -> Mission {
    let folder = root.join("agreements/syria-2016");
    let bytes = |name: &str| std::fs::read(folder.join(name)).expect("the mission is there");
    let zone = Zone::named("Asia/Damascus").expect("a zone");
    let actors = mission::actors(&bytes("actors.csv"), &zone).expect("actors");
    let areas = mission::areas(&bytes("areas.geojson"), &zone).expect("areas");
    let places = areas.iter().map(|area| area.id.clone()).collect();
    let who = actors.iter().map(|actor| actor.id.clone()).collect();
    Mission { actors, areas, zone, rules: Rules::default(), places, who }
}

const SOURCES: [&str; 6] = ["sohr", "vdc", "msf", "syrian-archive", "airwars", "reuters"];
/// 26 April 2016, 00:00 in Damascus.
const START: i64 = 1_461_618_000;
/// Bytes of a report.
const REPORT: usize = 12;
/// Most reports of one run: the whole is resolved again after every few.
const MOST: usize = 40;

/// One byte after another; after the last, zeros.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        let (first, rest) =
            self.0.split_first().map_or((0, self.0), |(byte, rest)| (usize::from(*byte), rest));
        self.0 = rest;
        first
    }
}

fn pick<T: Clone>(all: &[T], n: usize) -> Option<T> {
    all.get(n % (all.len() + 1)).cloned()
}

fn report(mission: &Mission, n: usize, bytes: &[u8]) -> Observation {
    let mut b = Bytes(bytes);
    let source = SourceId::new(SOURCES[b.next() % SOURCES.len()]);
    let origin = pick(&SOURCES, b.next()).map_or(source.clone(), SourceId::new);
    let when = b.next();
    let start = Instant::from_seconds(START + (when as i64 % 12) * 21_600);
    let end = start.plus_seconds([3_600, 86_400, 259_200, 1][when / 12 % 4]);
    let when = Interval::new(start, end).ok().filter(|_| when < 230);
    let place = place(mission, b.next(), b.next());
    let (act, weapon, target) = (pick(Act::ALL, b.next()), b.next(), b.next());
    let actor = b.next();
    let killed = b.next();
    let killed = Bounds::range(killed as u32 % 16, killed as u32 % 16 + killed as u32 / 64);
    let refers = b.next();
    let mut refs: [BTreeSet<String>; 3] = Default::default();
    if refers % 4 > 0 {
        refs[refers % 4 - 1].insert(format!("s{}", refers / 4 % 16));
    }
    let [revises, same_as, part_of] = refs;
    let casualties =
        CasualtyFigures { killed: killed.filter(|_| !n.is_multiple_of(3)), ..CasualtyFigures::default() };
    let actors: BTreeSet<ActorId> = pick(&mission.who, actor).into_iter().collect();
    let kind = b.next();
    let body = match kind % 16 {
        15 => Body::Total(Total { when, place, actors, casualties, count: None }),
        14 => Body::Statement(Statement { when, place, actors, facts: BTreeMap::new() }),
        _ => Body::Event(Event {
            acts: act.into_iter().collect(),
            weapons: pick(Weapon::ALL, weapon).into_iter().filter(|_| weapon > 128).collect(),
            targets: pick(Target::ALL, target).into_iter().filter(|_| target > 96).collect(),
            when,
            place,
            attribution: (!actors.is_empty()).then_some(Attribution::ALL[actor % 6]),
            actors,
            held_by: BTreeSet::new(),
            casualties,
            amounts: BTreeMap::new(),
            facts: BTreeMap::new(),
        }),
    };
    // Few ids, so that rows of one source replace one another.
    let id = format!("s{}", if kind % 5 == 0 { n % 8 } else { n });
    let known = Instant::from_seconds(START + 86_400 * (kind as i64 / 32));
    Observation {
        origin,
        part_of,
        revises,
        same_as,
        ..Observation::bare(ReceiptNo(n as u64), id, known, source, body)
    }
}

fn place(mission: &Mission, how: usize, which: usize) -> Option<Place> {
    let areas = BTreeSet::from([mission.places[which % mission.places.len()].clone()]);
    let nowhere = Place { point: None, within_m: 0, areas: BTreeSet::new(), unresolved: None };
    match how % 5 {
        0 => None,
        1 => Some(Place { unresolved: Some(format!("place {}", which % 4).into()), ..nowhere }),
        2 | 3 => Some(Place { areas, ..nowhere }),
        _ => {
            let point =
                Point { lat: 361_000_000 + (which as i32) * 9_000, lon: 371_000_000 + (how as i32) * 7_000 };
            Some(Place { point: Some(point), within_m: 1 + (which as u32) * 40, ..nowhere })
        }
    }
}

fn decision(n: usize, reports: usize, b: &mut Bytes<'_>) -> PersonDecision {
    let mut some = |most: usize| -> BTreeSet<ReceiptNo> {
        (0..1 + b.next() % most).map(|_| ReceiptNo((b.next() % reports.max(1)) as u64)).collect()
    };
    let (x, y) = (some(3), some(3));
    let side = |receipts: BTreeSet<ReceiptNo>| Side { incident: IncidentId::new("i-any"), receipts };
    let what = match b.next() % 3 {
        0 => Decision::Merge { a: side(x), b: side(y) },
        1 => Decision::Split { incident: IncidentId::new("i-any"), receipts: x, kept: y },
        _ => Decision::Undo { entry: 1000 + (b.next() % 4) as u64 },
    };
    let (by, why) = (String::new(), String::new());
    PersonDecision { entry: 1000 + n as u64, at: Instant::from_seconds(START), by, why, what }
}

/// Takes reports and decisions in one at a time, and holds the desk against the whole resolution.
pub(crate) fn check(mission: &Mission, bytes: &[u8]) {
    let mut head = Bytes(bytes);
    let (batch, asked, decisions) = (1 + head.next() % 7, head.next(), head.next() % 4);
    let all: Vec<Observation> =
        head.0.chunks(REPORT).take(MOST).enumerate().map(|(n, bytes)| report(mission, n, bytes)).collect();
    let mut from = Bytes(head.0);
    let taken: Vec<PersonDecision> = (0..decisions).map(|n| decision(n, all.len(), &mut from)).collect();
    let ctx = Context {
        actors: &mission.actors,
        areas: &mission.areas,
        zone: &mission.zone,
        rules: &mission.rules,
    };
    let whole = |reports: &[Observation]| resolve(reports, &taken, &ctx, Instant::FAR_FUTURE);
    let mut desk = Desk::new(ctx);
    for one in &taken {
        desk.decide(one.clone());
    }
    // From somewhere in the middle, round: no order is the right one.
    let turn = asked % all.len().max(1);
    for (n, one) in all.iter().cycle().skip(turn).take(all.len()).enumerate() {
        desk.add(one.clone());
        if n % batch == 0 {
            desk.settle();
        }
    }
    let resolved = whole(&all);
    assert_eq!(desk.resolved(), resolved, "the desk holds what the whole resolution gives");
    assert!(moved(&resolved, &desk.resolved()).is_empty());
    let copies: BTreeSet<ReceiptNo> = resolved.copies.iter().map(|copy| copy.receipt).collect();
    let events = all.iter().filter(|o| matches!(o.body, Body::Event(_)) && !copies.contains(&o.receipt));
    let held: Vec<ReceiptNo> = {
        let mut held: Vec<ReceiptNo> = resolved.incidents.iter().flat_map(|i| i.receipts()).collect();
        held.sort_unstable();
        held
    };
    assert_eq!(held, events.map(|o| o.receipt).collect::<Vec<_>>(), "each event lies in one incident");
    if let Some(gone) = all.get(asked % all.len().max(1)) {
        desk.retract(gone.receipt);
        let left: Vec<Observation> = all.iter().filter(|o| o.receipt != gone.receipt).cloned().collect();
        assert_eq!(desk.resolved(), whole(&left), "as if it had never come");
    }
}
