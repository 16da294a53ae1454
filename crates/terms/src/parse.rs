//! Markdown → statements → checked terms. Several errors a run; terms come back only when there is none.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Actors, Areas, Span, Zone};

use crate::calm::CALM_VERBS;
use crate::clause::{self, OPENERS};
use crate::declare::{self, Loose, declaration, names};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{StatusRule, Terms, Text};
use crate::markdown::{Block, blocks, span};
use crate::reader::{Reader, short};
use crate::sentence::{Statement, statements, suggest};

/// Largest agreement file that is read, in bytes.
pub const FILE_LIMIT: usize = 4 * 1024 * 1024;
/// Most diagnostics that are kept; a file that has more is not helped by more.
const DIAGNOSTIC_LIMIT: usize = 200;

/// What came of reading an agreement file.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The terms; `None` when anything is wrong with them (warnings apart).
    pub terms: Option<Terms>,
    /// What is wrong, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Things that real agreements say and this language cannot say yet, by the words that people try.
const CANNOT: &[(&[&str], &str)] = &[
    (
        &["withdraw", "withdraws", "withdrawal", "redeploy", "pull-back"],
        "a withdrawal by weapon and distance",
    ),
    (&["line", "lines", "distance-from", "within-km", "buffer"], "a line or a distance from one"),
    (&["quota", "quotas", "per-day", "ratio"], "a quota or a ratio"),
    (&["requires", "requires-by", "must", "shall"], "a duty that a deadline breaches"),
    (&["phase", "phases", "day", "schedule"], "a phase or a schedule by day number"),
    (
        &["terminates", "terminate", "suspends", "suspend", "renews", "renew"],
        "termination, suspension or renewal of the whole agreement",
    ),
    (&["calibre", "caliber"], "a class of weapons by calibre"),
    (&["if", "for-each", "while", "repeat"], "conditions and loops of programs"),
];

/// Reads an agreement: one Markdown file with a fenced `terms` block under each clause.
///
/// Nothing is assumed for what is missing; every id is looked up in the mission's actors and areas. Total: any text gives
/// diagnostics or terms, in time linear in its length (blocks are bounded before they are read).
#[must_use]
pub fn parse(markdown: &str, actors: &Actors, areas: &Areas) -> Checked {
    let mut reader = Reader::new(actors, areas);
    if markdown.len() > FILE_LIMIT {
        let message = format!("the file has {} bytes; {FILE_LIMIT} is the most that is read", markdown.len());
        let one = Diagnostic::error("too-large", span(0, 0), message).help("is this the agreement's file?");
        return Checked { terms: None, diagnostics: vec![one] };
    }
    let found = blocks(markdown, &mut reader.diagnostics);
    let mut read: Vec<(&Block<'_>, Vec<Statement>)> = Vec::new();
    for block in &found {
        let said = statements(block, &mut reader.diagnostics);
        read.push((block, said));
        if reader.diagnostics.len() > DIAGNOSTIC_LIMIT {
            break;
        }
    }
    let mut terms = empty();
    for (_, said) in &read {
        said.iter().for_each(|statement| names(statement, &mut reader, &mut terms));
    }
    let mut loose = Loose::default();
    for (block, said) in &read {
        let opener = said.first().filter(|first| OPENERS.contains(&first.verb.text.as_str()));
        let rest = if opener.is_some() { said.get(1..).unwrap_or_default() } else { said.as_slice() };
        say_strange(rest, opener, &mut reader);
        match opener {
            Some(opener) => clause::clause(block, opener, rest, &mut reader, &mut terms, &mut loose),
            None => rest.iter().for_each(|one| declaration(one, &mut reader, &mut terms, &mut loose)),
        }
    }
    finish(&mut terms, &loose, &mut reader);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by_key(|one| one.primary);
    diagnostics.dedup();
    diagnostics.truncate(DIAGNOSTIC_LIMIT);
    let good = diagnostics.iter().all(|one| one.severity != Severity::Error);
    Checked { terms: if good { Some(terms) } else { None }, diagnostics }
}

fn empty() -> Terms {
    Terms {
        id: String::new(),
        title: Text::default(),
        zone: Zone::utc(),
        in_force: Vec::new(),
        chain: Vec::new(),
        day_one: None,
        phases: Vec::new(),
        parties: Vec::new(),
        umbrellas: Vec::new(),
        guarantors: Vec::new(),
        exempt: Vec::new(),
        acceptances: Vec::new(),
        deadlines: Vec::new(),
        matters: Vec::new(),
        readings: Vec::new(),
        judgements: Vec::new(),
        facts: Vec::new(),
        measures: Vec::new(),
        proof: Vec::new(),
        gravity: Vec::new(),
        clauses: Vec::new(),
        calms: Vec::new(),
        status: StatusRule::default(),
        settles: Vec::new(),
    }
}

/// Verbs that have no place in this block.
fn say_strange(said: &[Statement], opener: Option<&Statement>, reader: &mut Reader<'_>) {
    let calm = opener.is_some_and(|opener| opener.verb.text == "calm");
    let right: Vec<&str> = match opener {
        None => [declare::VERBS, OPENERS].concat(),
        Some(_) if calm => [clause::VERBS, CALM_VERBS].concat(),
        Some(_) => clause::VERBS.to_vec(),
    };
    for statement in said {
        let verb = &statement.verb;
        let word = verb.text.as_str();
        let declares = declare::VERBS.contains(&word);
        if right.contains(&word) && !(opener.is_none() && OPENERS.contains(&word)) {
            continue;
        }
        let cannot = CANNOT.iter().find(|(words, _)| words.contains(&word));
        let diagnostic = if let Some((_, what)) = cannot {
            Diagnostic::error("cannot-express", verb.span, format!("cannot express {what}"))
                .help("say it in the prose; the block leaves it out, and no finding is made on it")
        } else if OPENERS.contains(&word) {
            Diagnostic::error(
                "two-clauses",
                verb.span,
                format!("\"{word}\" opens a block, and this is not its first line"),
            )
            .help("give each clause a heading and a block of its own")
        } else if opener.is_some() && declares {
            let message = format!("\"{word}\" is said of the whole agreement, not inside a clause");
            Diagnostic::error("wrong-place", verb.span, message)
                .help("move it to a block that opens no clause")
        } else if opener.is_none() && clause::VERBS.contains(&word) {
            let message = format!("\"{word}\" belongs to a clause, and this block opens none");
            Diagnostic::error("wrong-place", verb.span, message)
                .help("begin the block with clause some-id \"Its name\"")
        } else {
            let help = suggest(word, right.iter().copied());
            let message = format!("\"{}\" begins no statement", short(word));
            Diagnostic::error("unknown-statement", verb.span, message).help(help)
        };
        reader.say(diagnostic);
    }
}

/// What can only be checked once everything is read.
fn finish(terms: &mut Terms, loose: &Loose, reader: &mut Reader<'_>) {
    match &loose.agreement {
        Some((id, _)) => terms.id.clone_from(id),
        None => reader.say(
            Diagnostic::error("no-agreement", span(0, 0), "no block says which agreement this is")
                .help("add a block with agreement some-id, title \"…\", zone \"Asia/Damascus\", in-force from \"…\""),
        ),
    }
    if terms.in_force.is_empty() && loose.agreement.is_some() {
        let here = loose.agreement.as_ref().map_or(span(0, 0), |(_, span)| *span);
        reader.say(
            Diagnostic::error("missing-part", here, "nothing says when the agreement is in force")
                .help("in-force from \"2016-02-27T00:00\"; a start is never assumed"),
        );
    }
    for reading in &terms.readings {
        for matter in &terms.matters {
            if !reading.takes.contains_key(&matter.id) {
                let (reading_id, id) = (&reading.id, &matter.id);
                reader.say(
                    Diagnostic::error(
                        "reading-incomplete",
                        reading.span,
                        format!("reading \"{reading_id}\" takes no position on {id}"),
                    )
                    .also(matter.span, "the matter")
                    .help(format!("add {id}=… after taking; a reading takes a position on every matter")),
                );
            }
        }
    }
    if terms.readings.is_empty() {
        let here = loose.agreement.as_ref().map_or(span(0, 0), |(_, span)| *span);
        reader.say(
            Diagnostic::error("missing-part", here, "no reading is declared")
                .help("where nothing is in dispute, one line will do: reading plain \"As written\""),
        );
    }
    reorder(terms, loose, reader);
    // Where something could not be read, what seems unused may only be misspelt.
    if reader.diagnostics.iter().all(|one| one.severity != Severity::Error) {
        unused(terms, reader);
    }
}

fn reorder(terms: &mut Terms, loose: &Loose, reader: &mut Reader<'_>) {
    let ids: Vec<String> = terms.clauses.iter().map(|clause| clause.id.to_string()).collect();
    for word in &loose.order {
        if !ids.contains(&word.text) {
            let help = suggest(&word.text, ids.iter().map(String::as_str));
            let message = format!("no clause is called \"{}\"", short(&word.text));
            reader.say(Diagnostic::error("unknown-clause", word.span, message).help(help));
        }
    }
    let place: BTreeMap<&str, usize> =
        loose.order.iter().enumerate().map(|(n, word)| (word.text.as_str(), n)).collect();
    terms.clauses.sort_by_key(|clause| place.get(clause.id.as_str()).copied().unwrap_or(usize::MAX));
}

/// A matter on which no clause turns is a slip more often than a choice.
fn unused(terms: &Terms, reader: &mut Reader<'_>) {
    let mut used = BTreeSet::new();
    for rule in terms.clauses.iter().filter_map(|clause| clause.rule.as_ref()) {
        let objects = rule.objects.iter().flat_map(|o| &o.under);
        let outside = rule.outside.iter().flat_map(|o| &o.under);
        let exceptions = rule.exceptions.iter().flat_map(|e| &e.under);
        used.extend(objects.chain(outside).chain(exceptions).map(|under| under.matter.clone()));
    }
    let idle: Vec<(String, Span)> = terms
        .matters
        .iter()
        .filter(|matter| !used.contains(&matter.id))
        .map(|matter| (matter.id.to_string(), matter.span))
        .collect();
    for (id, span) in idle {
        reader.say(
            Diagnostic::warning("unused-matter", span, format!("no clause turns on matter \"{id}\""))
                .help(format!("write under {id}=… where a clause differs by it, or leave the matter out")),
        );
    }
}
