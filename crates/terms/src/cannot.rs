//! Words that people try and that this language does not use: what they mean by them, and how it is said here, if at all.
//!
//! A refusal must not end at "unknown word" when we know what was meant. Nothing in this table is ever accepted.

use crate::diagnostic::Diagnostic;
use crate::sentence::Word;

/// Words, what is meant by them, and what to write.
type Row = (&'static [&'static str], &'static str, &'static str);

/// What the language says, in other words.
const OTHERWISE: &[Row] = &[
    (
        &[
            "withdraw",
            "withdraws",
            "withdrawal",
            "redeploy",
            "redeploys",
            "redeployment",
            "pull-back",
            "pullback",
        ],
        "a withdrawal",
        "requires withdrawal by \"day 14\"; of what: only-when with …; from where: applies within 15 km of THE-LINE",
    ),
    (
        &[
            "line",
            "lines",
            "distance",
            "distance-from",
            "within-km",
            "buffer",
            "buffer-zone",
            "metres",
            "kilometres",
        ],
        "a line or a distance",
        "a line is an area of kind line on the mission's map; write applies within 15 km of THAT-LINE",
    ),
    (
        &["corridor", "map", "coordinates", "polygon", "radius"],
        "a shape on the map",
        "draw it in the mission's areas.geojson and write applies in THAT-AREA",
    ),
    (
        &["quota", "quotas", "per-day", "a-day", "minimum", "at-minimum"],
        "a quota",
        "requires delivery each-day counting lorries at-least 600, with measure lorries \"…\" declared",
    ),
    (
        &["ratio", "exchange", "for-each"],
        "a ratio",
        "requires release by \"day 42\" counting prisoners at-least 30 per hostages",
    ),
    (
        &[
            "must",
            "shall",
            "has-to",
            "have-to",
            "ought",
            "obliges",
            "obligation",
            "undertakes",
            "ensures",
            "requires-by",
        ],
        "a duty",
        "requires ACT… by \"TIME\", or requires ACT… each-day; what is only shown is a block that opens with duty",
    ),
    (
        &[
            "must-not",
            "shall-not",
            "may-not",
            "prohibits",
            "prohibit",
            "forbid",
            "bans",
            "ban",
            "refrains",
            "stops",
        ],
        "a prohibition",
        "forbids ACT… with any-weapon",
    ),
    (
        &["may", "allows", "allow", "permit", "authorises", "authorizes"],
        "a permission",
        "permits ACT… with any-weapon when judged … so-far-as judged …",
    ),
    (
        &["phases", "stage", "stages", "schedule", "timetable", "calendar"],
        "a phase or a schedule",
        "phase one \"First phase\" from \"day 1\" until \"end of day 42\", and in-phase one in the clause",
    ),
    (
        &[
            "terminates",
            "terminate",
            "terminated",
            "termination",
            "ends",
            "end",
            "expires",
            "lapses",
            "notice",
        ],
        "an end",
        "ended from \"2016-09-19T19:00\" per SOURCE known \"…\"; on notice: ended from \"2016-09-19 + 30 days\"",
    ),
    (
        &["suspends", "suspend", "suspension", "pauses", "pause"],
        "a suspension",
        "suspended from \"…\" until \"…\" per SOURCE known \"…\"",
    ),
    (
        &["renews", "renew", "renewed", "renewal", "extends", "extend", "extended", "prolongs"],
        "an extension",
        "extension from \"…\" until \"…\" per SOURCE known \"…\"",
    ),
    (
        &["excludes", "exclude", "expels", "expelled", "readmits", "readmitted"],
        "that a party is put out",
        "excluded PARTY from \"…\" known \"…\" per SOURCE, and until \"…\" once it is readmitted",
    ),
    (
        &["calibre", "caliber", "range", "millimetres", "mm"],
        "a class of weapons by a number",
        "declare measure calibre \"Calibre in millimetres\" and write only-when counted calibre at-least 100",
    ),
    (
        &["if", "where", "whenever", "in-case", "so-long-as", "as-long-as"],
        "a condition",
        "only-when CONDITION, or except NAME gives not-prohibited when CONDITION",
    ),
    (
        &["unless", "save", "without-prejudice", "notwithstanding"],
        "an exception",
        "except NAME gives not-prohibited when CONDITION, or only-when not CONDITION",
    ),
    (
        &["else", "otherwise"],
        "an alternative",
        "a statement of its own: several lines of applies or against are any-of",
    ),
    (&["either", "neither"], "a choice", "join conditions by and; by or throughout one line of only-when"),
    (
        &["between"],
        "a span",
        "of the day: daily \"22:00\" until \"06:00\"; of time: from \"…\" and before \"…\"; of counts: two conditions joined by and",
    ),
    (
        &["vote", "votes", "majority", "consensus", "veto", "unanimously"],
        "who must agree",
        "step … concur WHO… deadlock STEP, in a block that opens with procedure",
    ),
    (
        &["appeal", "appeals", "arbitration", "court", "tribunal", "complaint", "reply-within"],
        "a step of the procedure",
        "step ID \"Name\" by WHO within 48 hours of opening then … silence …, in a block that opens with procedure",
    ),
    (
        &["proof-of", "standard", "standard-of-proof", "corroborated", "confirmed-by"],
        "a standard of proof",
        "proof actor act from 2 origins",
    ),
    (&["grave", "severity", "serious-violation", "level"], "gravity", "gravity serious \"…\" when CONDITION"),
    (
        &["ally", "allies", "affiliates", "proxies", "proxy"],
        "those under a side's command",
        "binds SIDE with-affiliates, or a condition: commanded-by SIDE",
    ),
    (
        &["all", "every", "everything", "any", "anything"],
        "everything of a kind",
        "name the words, or a group: define fire means shelling mortar-fire …; weapons: any-weapon",
    ),
    (
        &["everywhere", "nationwide", "countrywide"],
        "that it applies everywhere",
        "leave applies out: then it applies everywhere",
    ),
    (
        &["always", "permanent", "permanently", "indefinitely", "forever"],
        "that it has no end",
        "in-force from \"…\" without until, or without-end in a step",
    ),
    (
        &["immediately", "forthwith", "promptly", "without-delay", "as-soon-as-possible", "urgently"],
        "a time that is no time",
        "give one: requires … by \"2016-02-27T00:00 + 24 hours\"; or ask people: judgement timely \"Was it in time?\"",
    ),
];

/// What the language does not say at all.
const NEVER: &[Row] = &[
    (
        &["percent", "per-cent", "percentage", "half", "third", "quarter", "share", "fraction"],
        "percentages or fractions",
        "counts are whole numbers; at least half of b: counted b at-most 2 per a",
    ),
    (
        &[
            "probably",
            "likely",
            "probability",
            "confidence",
            "certainty",
            "beyond-reasonable-doubt",
            "balance-of-probabilities",
            "clear-and-convincing",
            "credible",
            "plausible",
        ],
        "probabilities",
        "a fact is told, disputed or open; say how many origins it takes: proof actor act from 2 origins",
    ),
    (
        &[
            "pays",
            "pay",
            "money",
            "dollars",
            "usd",
            "euros",
            "price",
            "budget",
            "compensation",
            "reparations",
            "salary",
        ],
        "money",
        "open a block with duty, which is shown; a sum can be a measure when somebody counts it",
    ),
    (
        &["fine", "fines", "sanction", "sanctions", "penalty", "penalties", "punishes", "consequence"],
        "what follows from a breach",
        "a finding decides nothing that people decide; open a block with procedure or duty, which are shown",
    ),
    (
        &[
            "nationality",
            "nationals",
            "citizens",
            "citizenship",
            "ethnicity",
            "religion",
            "inspectors",
            "gender",
            "age",
        ],
        "what persons are",
        "an actor belongs to a side by the mission's list, persons do not stand in it; open a block with duty, or declare a fact",
    ),
    (
        &[
            "intent",
            "intends",
            "intention",
            "intentionally",
            "deliberately",
            "knowingly",
            "motive",
            "good-faith",
            "in-order-to",
        ],
        "what somebody meant",
        "only people answer that: judgement deliberate \"Was it deliberate?\", and judged deliberate in a condition",
    ),
    (
        &["approximately", "about", "around", "roughly", "nearly", "sufficient", "adequate", "significant"],
        "a number that is none",
        "give the number and how it compares, like at-least 600, or ask people by a judgement",
    ),
    (
        &[
            "simultaneous",
            "simultaneously",
            "mutually",
            "reciprocal",
            "reciprocally",
            "in-parallel",
            "in-exchange",
        ],
        "duties that wait for one another",
        "declare a fact (\"Had the other side withdrawn?\") and write only-when found THAT-FACT",
    ),
    (
        &[
            "repeatedly",
            "persistent",
            "persistently",
            "pattern",
            "systematic",
            "total",
            "sum",
            "cumulative",
            "average",
            "mean",
        ],
        "counts over several incidents",
        "each incident is judged by itself; a tally is an incident with its figure; persistence is a judgement",
    ),
    (
        &["while", "repeat", "loop", "set", "let", "function", "plus", "minus", "times", "divided"],
        "the steps of a program",
        "a clause says what is forbidden, required or permitted; nothing is calculated in it",
    ),
    (
        &["amend", "amends", "amended", "replaces", "supersedes", "repeals"],
        "that one clause changes another",
        "give the old clause in-force from \"…\" until \"…\", and the new one in-force from \"…\" known \"…\"",
    ),
    (
        &["seat", "signs", "signed", "ratifies", "ratified", "witnessed"],
        "how a text was signed",
        "say who accepted: accepted ACTOR told ACTOR on \"…\" known \"…\" per SOURCE; the rest is prose",
    ),
];

/// What is known of a word that stands where no such word can stand.
pub(crate) fn cannot(word: &Word) -> Option<Diagnostic> {
    let text = word.text.to_ascii_lowercase();
    let found = |rows: &'static [Row]| rows.iter().find(|(words, _, _)| words.contains(&text.as_str()));
    if let Some((_, what, instead)) = found(OTHERWISE) {
        let message = format!("cannot express {what} by the word \"{}\"", word.text);
        return Some(
            Diagnostic::error("cannot-express", word.span, message).help(format!("write {instead}")),
        );
    }
    let (_, what, instead) = found(NEVER)?;
    let help = format!("leave it in the prose, on which no finding is made; or: {instead}");
    Some(Diagnostic::error("cannot-express", word.span, format!("cannot express {what}")).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_word_of_the_language_is_refused_as_foreign() {
        let mut seen = BTreeSet::new();
        for (words, _, _) in OTHERWISE.iter().chain(NEVER) {
            for word in *words {
                assert!(seen.insert(*word), "{word} stands twice");
                let verb = crate::words::FORMS.iter().any(|form| form.verb == *word);
                let link = crate::words::FORMS
                    .iter()
                    .any(|form| form.once.contains(word) || form.again.contains(word));
                assert!(!verb && !link, "{word} is a word of the language");
            }
        }
    }
}
