//! Proposals of one document as MUC-4's entities: who did it, which organisation, things, persons by name, weapons.
//!
//! MUC-4 labels acts of terror and no war: clashes, offensives and attacks on soldiers say nothing here, nor does what is told with a
//! year long past. What is left must amount to an event, by the kinds of act and of those it was done to, or the document gives no
//! entity. Words lose their article, their number, and what comes after "of", "in", "at"…; a person's name is the fullest that the
//! text gives. `actor` is an organisation when it holds a name of the case's actors, or ends in a word for one. Where rebels are told
//! of and the case's actors name one insurgent group in the text, that group is proposed too. Nothing here knows a label.

use std::collections::BTreeMap;
use std::path::Path;

use truceline_score::{Claim, Kind, claim::Value};

use crate::Result;
use crate::ceaf::{Entity, normal};
use crate::muc::ROLES;

/// The actors of a case: names in small letters, longest first, with the actor's id, and whether it is an insurgent group.
#[derive(Clone, Debug, Default)]
pub struct Organisations {
    names: Vec<(String, String, bool)>,
    sides: BTreeMap<String, String>,
}

impl Organisations {
    /// None known.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// From a mission's `actors.csv`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(folder: &Path) -> Result<Self> {
        let mut rows = csv::Reader::from_path(folder.join("actors.csv"))?;
        let header = rows.headers()?.clone();
        let mut all = Self::default();
        for row in rows.records() {
            let row = row?;
            let cell = |name: &str| {
                header.iter().position(|column| column == name).and_then(|at| row.get(at)).unwrap_or_default()
            };
            all.sides.insert(cell("id").to_owned(), cell("side").to_owned());
            let insurgent = ["insurgent", "drug_traffickers"].contains(&cell("side"));
            for name in std::iter::once(cell("name_en")).chain(cell("aliases").split(';')) {
                let name = normal(name);
                if !name.is_empty() {
                    all.names.push((name, cell("id").to_owned(), insurgent));
                }
            }
        }
        all.names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
        Ok(all)
    }

    pub(crate) fn id(&self, name: &str) -> Option<&str> {
        self.names.iter().find(|(own, ..)| own == name).map(|(_, id, _)| id.as_str())
    }

    /// On which side a named actor stands.
    pub(crate) fn side(&self, name: &str) -> Option<&str> {
        self.sides.get(self.id(name)?).map(String::as_str)
    }

    /// Names that stand in words, none within another.
    fn within(&self, words: &str) -> Vec<&str> {
        let mut rest = format!(" {words} ");
        let mut found = Vec::new();
        for (name, ..) in &self.names {
            let whole = format!(" {name} ");
            if rest.contains(&whole) {
                rest = rest.replace(&whole, " | ");
                found.push(name.as_str());
            }
        }
        found
    }

    /// The insurgent group that a text names most: its longest name there, and its id.
    fn insurgents(&self, text: &str) -> Option<(&str, &str)> {
        let text = format!(" {} ", normal(text));
        let mut counts: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for (name, id, _) in self.names.iter().filter(|(.., insurgent)| *insurgent) {
            let times = text.matches(&format!(" {name} ")).count();
            if times > 0 {
                counts.entry(id).or_insert((0, name)).0 += times;
            }
        }
        let most = counts.into_iter().max_by(|a, b| a.1.0.cmp(&b.1.0).then(b.0.cmp(a.0)));
        most.map(|(id, (_, name))| (name, id))
    }
}

/// Heads that mean persons; a plural in s or one ending in `men` is one too.
const PERSONS: &str = "assassin attacker assailant ambassador archbishop bishop bomber businessman candidate captain cell chief child \
children citizen civilian colonel column command commando commandoes congressman consul contra counselor criminal deputy diplomat director \
doctor driver element employee engineer extremist farmer father fighter former gang general governor group guard guerrilla guerilla gunman \
hijacker hooligan individual inhabitant insurgent jesuit journalist judge kidnapper killer lawyer leader legislator lieutenant major man \
manager mayor member mercenary mercenaries militant militia minister minor monk murderer narcoterrorist national nun official officer \
passenger peasant people perpetrator person personnel persons physician police policeman policemen politician president priest professional \
prosecutor rebel relative reporter resident robber secretary senator sergeant soldier son squad student subject subversive suspect terrorist \
thug tourist trafficker troop trooper unionist unit urban band victim vigilante wife woman women worker youngster youth";

/// Words at which a head ends.
const PREPOSITIONS: [&str; 13] =
    ["of", "in", "from", "at", "on", "with", "who", "for", "belonging", "wearing", "armed", "to", "near"];

/// Words that tell how many, or only point.
const LEADING: &str = "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty about approximately some \
several many few various around at least more than nearly almost dozens other another this that these those his her its their dozen \
hundreds all any each every both no alleged presumed suspected over";

/// Words of war: an attack on what bears one is no act of terror here.
const MILITARY: &str = "military army garrison garrisons barracks battalion battalions brigade brigades troops convoy convoys patrol \
patrols position positions checkpoint checkpoints enemy combat guerrilla guerrillas rebel rebels helicopter helicopters gunship gunships \
soldier soldiers terrorist terrorists subversive subversives insurgent insurgents combatant combatants unit units detachment forces";

/// Words of ground, which is no thing.
const GROUND: [&str; 11] = [
    "area",
    "areas",
    "zone",
    "zones",
    "town",
    "towns",
    "village",
    "villages",
    "front",
    "neighborhood",
    "neighborhoods",
];

/// Last words of an organisation's name.
const BODIES: &str = "front movement army cartel cartels mafia mafias organization organizations command party alliance squad squads union \
military government forces force battalion gang gangs ring rings guard brigade regime left right corps faction";

/// What is only a pronoun, a machine, or a word beside another.
const NOBODY: &str = "they it he us forces force helicopters helicopter aircraft planes authorities terrorist guerrilla guerilla rebel \
criminal national subversive";

/// What tells that it is only thought of.
const MODAL: [&str; 12] = [
    "would",
    "could",
    "will",
    "may",
    "might",
    "if",
    "should",
    "must",
    "threatened",
    "plot",
    "planned",
    "threat",
];

fn known(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|own| own == word)
}

/// Found entities by role; `text` is the document's.
#[must_use]
pub fn entities(claims: &[Claim], text: &str, case: &Organisations) -> BTreeMap<&'static str, Vec<Entity>> {
    let mut all = Roles::default();
    let told: Vec<(&Claim, i32)> = claims.iter().filter_map(|claim| Some((claim, weight(claim)?))).collect();
    // In halves: an event is worth two whole signs.
    if told.iter().map(|(_, weight)| (*weight).max(0)).sum::<i32>() < 4 {
        return all.0;
    }
    for (claim, _) in told.iter().filter(|(_, weight)| *weight >= 0) {
        let police = |value: &&Value| {
            let words = normal(&value.text);
            !words
                .split(' ')
                .any(|word| ["police", "judge", "authorities", "carabineros", "policemen"].contains(&word))
        };
        let denied = claim.field("hedge").iter().any(|hedge| norm(hedge) == "denied");
        for value in claim.field("actor").iter().filter(|value| police(value) && !denied) {
            all.actor(value, case);
        }
        for value in claim.field("target").iter().filter(|_| claim.sub != "arrest") {
            let words = stripped(&value.text);
            if thing(value) && !known("object", norm(value)) {
                all.add("Target", words);
            }
        }
        for name in claim.field("victims").iter().filter_map(person) {
            all.add("Victim", name);
        }
        for value in claim.field("weapon").iter().filter(|value| weapon(claim, value)) {
            all.add("Weapon", stripped(&value.text));
        }
    }
    all.settle(text, case);
    all.0
}

/// How much a claim tells of an act of terror, in halves; none when it tells of war or of what is long past.
fn weight(claim: &Claim) -> Option<i32> {
    let past =
        |word: &str| word.len() == 4 && word.starts_with("19") && word.parse::<u32>().is_ok_and(|y| y < 1990);
    let words = normal(&claim.text);
    let background = matches!(claim.granularity.as_deref(), Some("background" | "pattern"));
    let long_past = words.split(' ').any(|w| past(w) && !w.starts_with("1989"))
        || ["years ago", "year ago", "last year"].iter().any(|said| words.contains(said));
    if claim.kind != Kind::Incident || background || long_past {
        return None;
    }
    let targets = claim.field("target");
    let named = claim.field("victims").iter().any(|value| person(value).is_some());
    let civil = targets.iter().any(thing);
    let soldiers = |value: &Value| normal(&value.text).split(' ').any(|word| known(MILITARY, word));
    let people = targets.iter().any(|value| persons(&normal(&value.text)) && !soldiers(value));
    let war = matches!(
        claim.sub.as_str(),
        "clash" | "ground_offensive" | "siege" | "violence_background" | "deaths_aggregate" | "air_strike"
    );
    if war && !(named || civil) {
        return None;
    }
    let act =
        ["abduction", "bombing", "arson", "hijacking", "robbery", "killing"].contains(&claim.sub.as_str());
    let mut weight = 4 * i32::from(named) + 2 * (i32::from(civil) + i32::from(people) + i32::from(act));
    if targets.iter().any(soldiers) && !(named || civil || people) {
        weight -= 4;
    }
    if words.split(' ').any(|word| MODAL.contains(&word)) {
        weight -= 2;
    }
    Some(weight + i32::from(claim.granularity.as_deref() == Some("discrete")))
}

fn norm(value: &Value) -> &str {
    value.norm.as_deref().unwrap_or_default()
}

/// The full name of a person named.
fn person(value: &Value) -> Option<String> {
    norm(value).strip_prefix("person:").map(normal)
}

/// Whether a target is a thing that no army holds.
fn thing(value: &Value) -> bool {
    let words = normal(&value.text);
    let war = words.split(' ').any(|word| known(MILITARY, word) || GROUND.contains(&word));
    !norm(value).is_empty() && person(value).is_none() && !war && !persons(&stripped(&value.text))
}

/// Whether a weapon is a thing named, and not told by its verb.
fn weapon(claim: &Claim, value: &Value) -> bool {
    let verb = claim.field("what").iter().any(|what| what.span == value.span);
    let far = ["air_strike", "aerial_bomb", "artillery", "missile", "drone", "suicide_bomb", "chemical", ""];
    let words = stripped(&value.text);
    let last = words.rsplit(' ').next().unwrap_or_default();
    let action = last.ends_with("ed") || last.ends_with("ing");
    let part = words
        .split(' ')
        .any(|w| ["on", "at", "down", "death", "shot", "shoot", "fire", "gunfire"].contains(&w));
    !(verb || far.contains(&norm(value)) || action || part)
}

/// Whether words mean persons, by their head.
pub(crate) fn persons(words: &str) -> bool {
    // The first word is never where a head ends: "armed men".
    let until =
        words.split(' ').enumerate().take_while(|(at, word)| *at == 0 || !PREPOSITIONS.contains(word));
    let Some((_, head)) = until.last() else { return false };
    known(PERSONS, head)
        || head.strip_suffix('s').is_some_and(|one| known(PERSONS, one))
        || head.ends_with("men")
}

/// Whether a name that ends so is an organisation's.
pub(crate) fn body(word: &str) -> bool {
    known(BODIES, word)
}

/// Words without what counts or points before them.
pub(crate) fn led(words: &str) -> String {
    let mut words: Vec<&str> = words.split(' ').collect();
    while words.len() > 1
        && words.first().is_some_and(|w| known(LEADING, w) || w.chars().all(|c| c.is_ascii_digit()))
    {
        words.remove(0);
    }
    words.join(" ")
}

/// Words without what counts or points before them, and without what comes after their head; members are members of something.
pub(crate) fn stripped(text: &str) -> String {
    let words = normal(text);
    let mut words: Vec<&str> = words.split(' ').collect();
    while words.len() > 1
        && words.first().is_some_and(|w| known(LEADING, w) || w.chars().all(|c| c.is_ascii_digit()))
    {
        words.remove(0);
    }
    let part = words
        .first()
        .is_some_and(|w| ["member", "members", "group", "gang", "band", "elements", "element"].contains(w));
    let end = words
        .iter()
        .skip(1)
        .position(|w| ["of", "in", "from", "at", "on", "located", "belonging", "near", "for"].contains(w));
    if let Some(end) = end.filter(|_| !part) {
        words.truncate(end + 1);
    }
    words.join(" ")
}

#[derive(Default)]
struct Roles(BTreeMap<&'static str, Vec<Entity>>);

impl Roles {
    fn add(&mut self, role: &'static str, words: String) {
        let of = self.0.entry(role).or_default();
        let entity = Entity::from([words]);
        if !entity.contains("") && !of.contains(&entity) {
            of.push(entity);
        }
    }

    fn actor(&mut self, value: &Value, case: &Organisations) {
        if let Some(name) = person(value) {
            self.add("PerpInd", name);
            return;
        }
        let names = case.within(&normal(&value.text));
        for name in &names {
            self.add("PerpOrg", (*name).to_owned());
        }
        let words = stripped(&value.text);
        let land = norm(value).len() == 2 && !words.contains(' ');
        if land || known(NOBODY, &words) || case.id(&words).is_some() {
            return;
        }
        let last = words.rsplit(' ').next().unwrap_or_default();
        if persons(&words) {
            self.add("PerpInd", words);
        } else if names.is_empty() && known(BODIES, last) {
            self.add("PerpOrg", words);
        }
    }

    /// One entity for one organisation, one person, one kind of weapon; and the group that rebels belong to.
    fn settle(&mut self, text: &str, case: &Organisations) {
        let words = |entity: &Entity| entity.iter().next().cloned().unwrap_or_default();
        let names: Vec<String> = self.0.get("Victim").into_iter().flatten().map(words).collect();
        let within = |short: &str, long: &str| {
            short.len() < long.len()
                && short.split(' ').all(|part| long.split(' ').any(|other| other == part))
        };
        for (role, of) in &mut self.0 {
            match *role {
                "Victim" => of.retain(|one| !names.iter().any(|name| within(&words(one), name))),
                "Weapon" => {
                    let all: Vec<String> = of.iter().map(words).collect();
                    of.retain(|one| !all.iter().any(|other| words(one) == format!("{other}s")));
                }
                _ => {}
            }
        }
        let mut seen: Vec<String> = Vec::new();
        let id = |entity: &Entity| case.id(&words(entity)).map_or_else(|| words(entity), str::to_owned);
        if let Some(of) = self.0.get_mut("PerpOrg") {
            of.retain(|one| {
                let own = id(one);
                let new = !seen.contains(&own);
                seen.push(own);
                new
            });
        }
        let rebels = self.0.get("PerpInd").into_iter().flatten().any(|one| {
            let words = words(one);
            let head = words.rsplit(' ').next().unwrap_or_default();
            let head = head.strip_suffix('s').unwrap_or(head);
            ["guerrilla", "guerilla", "rebel", "terrorist", "subversive", "insurgent", "fighter", "commando"]
                .contains(&head)
                || words.contains("guerrilla")
        });
        let group = case.insurgents(text).filter(|(_, own)| rebels && !seen.iter().any(|id| id == own));
        if let Some((name, _)) = group {
            self.add("PerpOrg", name.to_owned());
        }
        debug_assert!(self.0.keys().all(|role| ROLES.contains(role)));
    }
}
