//! The fields that a column can become: the closed vocabulary on the right-hand side of a mapping.

use std::fmt;

macro_rules! fields {
    ($($variant:ident = $word:literal : $help:literal),+ $(,)?) => {
        /// What a column becomes. The words are those of the native report file, and a few more for columns that hold
        /// half of a field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Field { $($variant,)+ }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that mappings use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What it holds, in one line.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)+ }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    Id = "id": "the sender's own id, unique in the file",
    Kind = "kind": "event, total, tally, coverage, agreement, delivery or statement",
    Known = "known": "when it became known",
    Source = "source": "source id that said it",
    Origin = "origin": "source id whose observation it is, when the source quotes another",
    Through = "through": "ids of the channels that it came through",
    Address = "address": "public address",
    Media = "media": "addresses of pictures, films or pages that it shows or quotes",
    Grade = "grade": "Admiralty grade of the source, A to F",
    Credibility = "credibility": "Admiralty credibility of the information, 1 to 6",
    Act = "act": "what was done; several are alternatives",
    Weapon = "weapon": "with what; several are alternatives",
    Target = "target": "at what; several are alternatives",
    When = "when": "when it happened, as the native file writes it",
    WhenFrom = "when_from": "first day of it",
    WhenTo = "when_to": "last day of it",
    Hour = "hour": "local hour of the day in when or when_from, like 21:37",
    DateWithin = "date_within": "how far the day may be off: day, week, month, year, or a number of days like 3d",
    Place = "place": "id or name of a place",
    PlacePath = "place_path": "governorate and places inside it, parted by colons, outermost first",
    Area = "area": "P-code or name of the governorate",
    Lat = "lat": "latitude, WGS 84 degrees",
    Lon = "lon": "longitude, WGS 84 degrees",
    WithinM = "within_m": "precision of the point, in metres",
    Actor = "actor": "who is said to have done it; several are alternatives",
    ActorHow = "actor_how": "stated, accused, suspected, claimed, contested or unclear",
    HeldBy = "held_by": "who holds the ground",
    Killed = "killed": "killed, as bounds",
    KilledMin = "killed_min": "killed, at least",
    KilledMax = "killed_max": "killed, at most",
    Wounded = "wounded": "wounded, as bounds",
    WoundedMin = "wounded_min": "wounded, at least",
    WoundedMax = "wounded_max": "wounded, at most",
    KilledCivilian = "killed_civilian": "civilians killed, as bounds",
    KilledCivilianMin = "killed_civilian_min": "civilians killed, at least",
    KilledCivilianMax = "killed_civilian_max": "civilians killed, at most",
    KilledCombatant = "killed_combatant": "fighters and soldiers killed, as bounds",
    KilledCombatantMin = "killed_combatant_min": "fighters and soldiers killed, at least",
    KilledCombatantMax = "killed_combatant_max": "fighters and soldiers killed, at most",
    PartOf = "part_of": "ids of totals that this is a part of",
    Revises = "revises": "ids of reports of the same origin that this revises",
    SameAs = "same_as": "ids of reports that the source calls the same event",
    Facts = "facts": "named facts, name=yes, name=no or name=unclear",
    Count = "count": "a tally's number",
    Unit = "unit": "what a tally counts, in the centre's word",
    ByArea = "by_area": "a tally's parts by governorate, SY02=5",
    ByActor = "by_actor": "a tally's parts by accused, actor=5",
    Definition = "definition": "id of the centre's definition",
    Subject = "subject": "which agreement, deadline or calm",
    Fact = "fact": "what happened to it",
    Value = "value": "a value in the fact's own terms, like +24h",
    Item = "item": "what was delivered",
    Quantity = "quantity": "how much of it",
    Reached = "reached": "how far it came: asked, approved, refused, begun, items-removed, turned-back or reached",
    Convoy = "convoy": "name or number of the convoy",
    Amounts = "amounts": "what was counted, by measure: lorries=610;people=1200-1500",
    Note = "note": "a short note",
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
