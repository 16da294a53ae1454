//! What row a proposal would be: only what follows from its own values; between rivals nothing is chosen, and nothing is added up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use truceline_intake::prose::{Becomes, Field, Granularity, Kind, Proposal, Value, becomes};
use truceline_intake::{Context, Header, Reader, mapping, mission};
use truceline_model::{Actors, Areas, Bounds, ReceiptNo, Sources, Span, Zone};

struct Mission {
    zone: Zone,
    actors: Actors,
    areas: Areas,
    sources: Sources,
}

fn syria() -> &'static Mission {
    static MISSION: OnceLock<Mission> = OnceLock::new();
    MISSION.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016");
        let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let zone = Zone::named("Asia/Damascus").unwrap();
        let actors = mission::actors(&bytes("actors.csv"), &zone).unwrap();
        let areas = mission::areas(&bytes("areas.geojson"), &zone).unwrap();
        let sources = mission::sources(&bytes("sources.csv"), &actors).unwrap();
        Mission { zone, actors, areas, sources }
    })
}

/// A proposal over a text: each value as field, its words, and what follows from them.
struct Say<'t> {
    text: &'t str,
    proposal: Proposal,
}

impl<'t> Say<'t> {
    fn new(kind: Kind, sub: &str, text: &'t str) -> Self {
        let span = Span { start: 0, end: u32::try_from(text.len()).unwrap() };
        let (sub, granularity) = (sub.to_owned(), Granularity::Discrete);
        Self {
            text,
            proposal: Proposal { kind, sub, span, granularity, fields: BTreeMap::new(), detail_of: None },
        }
    }

    fn value(mut self, field: Field, words: &str, with: impl FnOnce(&mut Value)) -> Self {
        let start = self.text.find(words).unwrap_or_else(|| panic!("{words}"));
        let span =
            Span { start: u32::try_from(start).unwrap(), end: u32::try_from(start + words.len()).unwrap() };
        let mut value = Value::words(span);
        with(&mut value);
        self.proposal.fields.entry(field).or_default().push(value);
        self
    }

    fn norm(self, field: Field, words: &str, norm: &str) -> Self {
        self.value(field, words, |value| value.norm = Some(norm.to_owned()))
    }

    fn id(self, field: Field, words: &str, id: &str) -> Self {
        self.value(field, words, |value| value.registry = Some(id.to_owned()))
    }

    fn figure(self, field: Field, words: &str, bounds: &str, who: Option<&str>) -> Self {
        self.value(field, words, |value| {
            value.bounds = Some(Bounds::parse(bounds).unwrap());
            value.who = who.map(str::to_owned);
        })
    }

    fn how(mut self, granularity: Granularity) -> Self {
        self.proposal.granularity = granularity;
        self
    }

    fn becomes(&self) -> Becomes {
        let m = syria();
        let (zone, actors, areas, sources) = (&m.zone, &m.actors, &m.areas, &m.sources);
        let context = Context { zone, actors, areas, sources, received: None };
        let row = becomes(self.text, &self.proposal, &context);
        reads(&row, &context);
        row
    }
}

/// Every row reads as every other row of the native file does.
fn reads(row: &Becomes, context: &Context<'_>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings/truceline.kdl");
    let mapping = mapping::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut fields: BTreeMap<&str, &str> = row.fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    fields.extend([
        ("id", "p1-incident-0-9"),
        ("source", "reuters"),
        ("known", "2016-04-28T09:00:00Z"),
        ("subject", "coh"),
    ]);
    let bytes = serde_json::to_vec(&fields).unwrap();
    let reader = Reader::new(&mapping, Header::JsonLines).unwrap();
    let read = reader.read(&bytes, 1, context, ReceiptNo(1)).unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(read.observations.len(), 1);
}

fn incident(sub: &str, text: &'static str) -> Say<'static> {
    Say::new(Kind::Incident, sub, text)
}

#[test]
fn an_event_takes_what_its_words_say_with_their_bytes() {
    let text = "Aircraft bombed a clinic in Sukkari, Aleppo, on Wednesday 27 April, killing at least 14, the Observatory said.";
    let row = incident("bombing", text)
        .norm(Field::What, "bombed", "bombing")
        .norm(Field::Weapon, "Aircraft", "air_strike")
        .value(Field::Actor, "Aircraft", |_| {})
        .norm(Field::Target, "a clinic", "clinic")
        .id(Field::Where, "Sukkari", "aleppo-sukkari")
        .id(Field::Where, "Aleppo", "SY02")
        .norm(Field::When, "Wednesday", "2016-04-27")
        .norm(Field::When, "April", "2016-04")
        .figure(Field::Killed, "at least 14", ">=14", None)
        .norm(Field::AccordingTo, "the Observatory", "sohr")
        .becomes();
    let right = [
        ("act", "airstrike"),
        ("actor", "unknown"),
        ("area", "SY02"),
        ("killed", ">=14"),
        ("kind", "event"),
        ("origin", "sohr"),
        ("place", "aleppo-sukkari"),
        ("target", "hospital"),
        ("when", "2016-04-27"),
    ];
    assert_eq!(row.fields, right.into_iter().map(|(k, v)| (k, v.to_owned())).collect());
    let said = row.spans["killed"][0];
    assert_eq!(&text[said.start as usize..said.end as usize], "at least 14");
    assert!(row.open.iter().any(|open| open.contains("no actor of this mission")), "{:?}", row.open);
}

#[test]
fn between_rivals_nothing_is_chosen_and_nothing_is_added() {
    let row =
        incident("attack", "5 or 9 were killed on 3 May and 4 May in Homs and Idlib town, AFP and AP said.")
            .figure(Field::Killed, "5", "5", None)
            .figure(Field::Killed, "9", "9", None)
            .norm(Field::When, "3 May", "2016-05-03")
            .norm(Field::When, "4 May", "2016-05-04")
            .id(Field::Where, "Homs", "SY04")
            .id(Field::Where, "Idlib town", "SY07")
            .value(Field::AccordingTo, "AFP", |_| {})
            .value(Field::AccordingTo, "AP", |_| {})
            .becomes();
    for open in ["killed", "when", "area", "origin", "place"] {
        assert!(!row.fields.contains_key(open), "{open}: {:?}", row.fields);
    }
    for open in ["killed: the text gives 5 and 9", "when: ", "where: ", "origin: "] {
        assert!(row.open.iter().any(|said| said.starts_with(open)), "{open}: {:?}", row.open);
    }
}

#[test]
fn civilians_and_fighters_stay_two_figures() {
    let row = incident("shelling", "It killed 8 civilians and 3 soldiers.")
        .figure(Field::Killed, "8", "8", Some("civilians"))
        .figure(Field::Killed, "3", "3", Some("soldiers"))
        .norm(Field::Victims, "civilians", "mostly_civilians")
        .norm(Field::Victims, "soldiers", "combatants")
        .becomes();
    assert_eq!((row.fields["killed_civilian"].as_str(), row.fields["killed_combatant"].as_str()), ("8", "3"));
    assert!(!row.fields.contains_key("killed"), "nobody said 11");
}

#[test]
fn what_did_not_happen_once_is_no_event() {
    for (hedge, how, kind) in [
        (None, Granularity::Discrete, "event"),
        (None, Granularity::Mention, "event"),
        (None, Granularity::Aggregate, "total"),
        (None, Granularity::Pattern, "statement"),
        (None, Granularity::Background, "statement"),
        (Some("denied"), Granularity::Discrete, "statement"),
        (Some("planned"), Granularity::Discrete, "statement"),
        (Some("unconfirmed"), Granularity::Discrete, "event"),
    ] {
        let mut say = incident("shelling", "Shelling, it is said.").how(how);
        if let Some(hedge) = hedge {
            say = say.norm(Field::Hedge, "it is said", hedge);
        }
        let row = say.becomes();
        assert_eq!(row.fields["kind"], kind, "{hedge:?} {how:?}");
        assert_eq!(row.open.is_empty(), kind != "statement", "{:?}", row.open);
    }
}

#[test]
fn an_actor_is_alleged_as_the_text_alleges_it() {
    for (claim, hedge, how) in [
        (None, None, "stated"),
        (Some("claimed:jaysh-al-islam"), None, "claimed"),
        (Some("blamed"), None, "accused"),
        (None, Some("accusation"), "accused"),
        (Some("claimed"), Some("unconfirmed"), "suspected"),
    ] {
        let mut say = incident("shelling", "Jaysh al-Islam, it said, shelled.").id(
            Field::Actor,
            "Jaysh al-Islam",
            "jaysh-al-islam",
        );
        if let Some(claim) = claim {
            say = say.norm(Field::Claim, "it said", claim);
        }
        if let Some(hedge) = hedge {
            say = say.norm(Field::Hedge, "it said", hedge);
        }
        let row = say.becomes();
        assert_eq!((row.fields["actor"].as_str(), row.fields["actor_how"].as_str()), ("jaysh-al-islam", how));
    }
}

#[test]
fn acts_are_finer_where_a_weapon_says_so() {
    for (sub, weapon, act) in [
        ("attack", "", "attack"),
        ("attack", "mortar", "mortar-fire"),
        ("shelling", "rocket", "rocket-fire"),
        ("shelling", "artillery", "shelling"),
        ("attack", "car_bomb", "bombing"),
        ("bombing", "barrel_bomb", "airstrike"),
        ("air_strike", "missile", "airstrike"),
        ("clash", "mortar", "clash"),
        ("abduction", "", "abduction"),
        ("killing", "", "attack"),
        ("forced_displacement", "", "forced-displacement"),
    ] {
        let mut say = incident(sub, "It was done with that.");
        if !weapon.is_empty() {
            say = say.norm(Field::Weapon, "that", weapon);
        }
        assert_eq!(say.becomes().fields["act"], act, "{sub} {weapon}");
    }
    let row = incident("levitation", "It rose.").becomes();
    assert!(!row.fields.contains_key("act") && row.open[0].contains("levitation"), "{row:?}");
}

#[test]
fn a_word_about_the_truce_is_no_acceptance_when_it_is_hedged() {
    let text = "Jaysh al-Islam said it would accept the truce for two weeks.";
    let row = Say::new(Kind::Agreement, "position_accepts_hedged", text)
        .norm(Field::What, "the truce", "truce")
        .id(Field::Party, "Jaysh al-Islam", "jaysh-al-islam")
        .norm(Field::Duration, "two weeks", "P2W")
        .becomes();
    let said = |field: &str| row.fields[field].as_str();
    assert_eq!(
        (said("kind"), said("fact"), said("actor"), said("value")),
        ("agreement", "position", "jaysh-al-islam", "two weeks")
    );
    for (sub, fact) in [
        ("accepted", "accepted"),
        ("terminated", "ended"),
        ("in_force", "started"),
        ("violation_alleged", "breach-alleged"),
    ] {
        assert_eq!(Say::new(Kind::Agreement, sub, text).becomes().fields["fact"], fact);
    }
}

#[test]
fn aid_comes_as_far_as_the_text_says() {
    let text = "Aid reached Madaya; 20 trucks.";
    let say = |sub| Say::new(Kind::Humanitarian, sub, text).norm(Field::What, "Aid", "aid_delivery");
    let row = say("delivery_reached").figure(Field::Count, "20", "20", Some("trucks")).becomes();
    assert_eq!(
        (row.fields["kind"].as_str(), row.fields["reached"].as_str(), row.fields["quantity"].as_str()),
        ("delivery", "reached", "20")
    );
    assert_eq!(say("evacuation").becomes().fields["kind"], "statement");
}

#[test]
fn what_would_part_a_cell_does_not() {
    let row = Say::new(Kind::Agreement, "condition", "If they stop; then\u{7} we do.")
        .value(Field::Condition, "they stop; then\u{7} we", |_| {})
        .becomes();
    assert_eq!(row.fields["value"], "they stop, then we");
}
