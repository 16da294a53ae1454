//! Markdown → statements → checked terms. Several errors a run; terms come back only when there is none.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Actors, Areas, Interval, Span, Zone};

use crate::cannot::cannot;
use crate::clause;
use crate::declare::{Loose, ROUNDS, declaration, names};
use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::ir::{StatusRule, Terms, Text};
use crate::markdown::{Block, blocks, span};
use crate::reader::{Reader, short};
use crate::sentence::{Statement, Word, statements, suggest};
use crate::words::{self, Place};

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
    for round in 0..ROUNDS {
        let all = read.iter().flat_map(|(_, said)| said);
        all.for_each(|statement| names(statement, round, &mut reader, &mut terms));
    }
    let mut loose = Loose::default();
    for (block, said) in &read {
        let opener = said.first().filter(|first| words::stands(&first.verb.text, Place::Opens));
        let rest = if opener.is_some() { said.get(1..).unwrap_or_default() } else { said.as_slice() };
        say_strange(rest, opener, &mut reader);
        match opener {
            Some(opener) => clause::clause(block, opener, rest, &mut reader, &mut terms, &mut loose),
            None => rest.iter().for_each(|one| declaration(one, &mut reader, &mut terms, &mut loose)),
        }
        // What stands below is not looked at any more, so that nothing can be said to be missing either.
        if reader.diagnostics.len() > DIAGNOSTIC_LIMIT {
            return checked(terms, reader.diagnostics);
        }
    }
    finish(&mut terms, &mut loose, &mut reader);
    checked(terms, reader.diagnostics)
}

/// The terms, when nothing is wrong with them, and everything that was said, in the order of the file.
fn checked(terms: Terms, mut diagnostics: Vec<Diagnostic>) -> Checked {
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
        working_hours: None,
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
        published_when: Vec::new(),
        persistence: None,
    }
}

/// Verbs that have no place in this block.
fn say_strange(said: &[Statement], opener: Option<&Statement>, reader: &mut Reader<'_>) {
    let opened = opener.map(|opener| opener.verb.text.as_str());
    let places: &[Place] = match opened {
        None => &[Place::Declares, Place::Chain],
        Some("calm") => &[Place::Clause, Place::Chain],
        Some("procedure") => &[Place::Clause, Place::Procedure],
        Some(_) => &[Place::Clause],
    };
    for statement in said {
        if !places.iter().any(|place| words::stands(&statement.verb.text, *place)) {
            reader.say(strange(&statement.verb, opened, places));
        }
    }
}

/// Why that verb has no place here, and what would be right.
fn strange(verb: &Word, opened: Option<&str>, places: &[Place]) -> Diagnostic {
    let word = verb.text.as_str();
    let stands = |place| words::stands(word, place);
    let wrong = |message: String, help: &str| {
        Diagnostic::error("wrong-place", verb.span, message).help(help.to_owned())
    };
    if stands(Place::Opens) {
        let message = format!("\"{word}\" opens a block, and this is not its first line");
        return Diagnostic::error("two-clauses", verb.span, message)
            .help("give each clause a heading and a block of its own");
    }
    if stands(Place::Procedure) {
        let message = format!("\"{word}\" belongs to a procedure");
        return wrong(message, "begin the block with procedure some-id \"Its name\"");
    }
    if opened.is_some() && stands(Place::Chain) {
        let message = format!("\"{word}\" belongs to a calm or to the whole agreement");
        return wrong(
            message,
            "move it to a block that opens no clause; a clause has in-force from \"…\" until \"…\"",
        );
    }
    if opened.is_some() && stands(Place::Declares) {
        let message = format!("\"{word}\" is said of the whole agreement, not inside a clause");
        return wrong(message, "move it to a block that opens no clause");
    }
    if opened.is_none() && stands(Place::Clause) {
        let message = format!("\"{word}\" belongs to a clause, and this block opens none");
        return wrong(message, "begin the block with clause some-id \"Its name\"");
    }
    let mut right: Vec<&str> = places.iter().flat_map(|place| words::verbs(*place)).collect();
    if opened.is_none() {
        right.extend(words::verbs(Place::Opens));
    }
    if let (None, Some(told)) = (nearest(word, right.iter().copied()), cannot(verb)) {
        return told;
    }
    let message = format!("\"{}\" begins no statement", short(word));
    Diagnostic::error("unknown-statement", verb.span, message).help(suggest(word, right))
}

/// What can only be checked once everything is read.
fn finish(terms: &mut Terms, loose: &mut Loose, reader: &mut Reader<'_>) {
    match &loose.agreement {
        Some((id, _)) => terms.id.clone_from(id),
        None => reader.say(
            Diagnostic::error("no-agreement", span(0, 0), "no block says which agreement this is")
                .help("add a block with agreement some-id, title \"…\", zone \"Asia/Damascus\", in-force from \"…\""),
        ),
    }
    in_force(terms, loose, reader);
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
    late_duties(terms, reader);
    // Where something could not be read, what seems unused may only be misspelt.
    if reader.diagnostics.iter().all(|one| one.severity != Severity::Error) {
        unused(terms, reader);
    }
}

/// The agreement's window stands in `in-force` or in a chain of steps, and in one of them only.
fn in_force(terms: &mut Terms, loose: &mut Loose, reader: &mut Reader<'_>) {
    terms.chain = std::mem::take(&mut loose.chain);
    match (terms.in_force.first(), loose.chained) {
        (Some(window), Some(chain)) => reader.say(
            Diagnostic::error("collide", chain, "the agreement's time is told step by step, and by in-force as well")
                .also(window.span, "in-force stands here")
                .help("write start from \"…\" without-end per SOURCE known \"…\" in place of in-force, and then the other steps"),
        ),
        (None, None) => {
            let Some((_, here)) = &loose.agreement else { return };
            let message = "nothing says when the agreement is in force";
            reader.say(
                Diagnostic::error("missing-part", *here, message)
                    .help("in-force from \"2016-02-27T00:00\"; a start is never assumed"),
            );
        }
        _ => {}
    }
}

/// A duty that falls due when its clause holds no longer can be breached by nothing: a slip more often than a choice.
fn late_duties(terms: &Terms, reader: &mut Reader<'_>) {
    for clause in &terms.clauses {
        let required = clause.rule.as_ref().and_then(|rule| rule.required.as_ref());
        let Some((required, by)) = required.and_then(|one| Some((one, one.by?))) else { continue };
        let mine = clause.window.iter().map(|entry| (entry.window, entry.span));
        let phases = terms.phases.iter().filter(|phase| clause.phases.contains(&phase.id));
        let phases = phases.filter_map(|phase| Some((phase.window?, phase.span)));
        let mut windows: Vec<(Interval, Span)> = mine.chain(phases).collect();
        if windows.is_empty() && clause.phases.is_empty() {
            windows = terms.in_force.iter().map(|entry| (entry.window, entry.span)).collect();
        }
        let Some((_, last)) = windows.iter().max_by_key(|(window, _)| window.end()) else { continue };
        if windows.iter().all(|(window, _)| window.end() <= by) {
            let message =
                "when this duty falls due the clause is no longer in force, so nothing can breach it";
            reader.say(
                Diagnostic::warning("due-after-end", required.span, message)
                    .also(*last, "it holds until the end of this")
                    .help("give the clause a window that reaches beyond that time: in-force from \"…\" without until"),
            );
        }
    }
}

fn reorder(terms: &mut Terms, loose: &Loose, reader: &mut Reader<'_>) {
    let ids: Vec<String> = terms.clauses.iter().map(|clause| clause.id.to_string()).collect();
    for word in loose.order.iter().chain(&loose.taken) {
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
        let applies = rule.applies.iter().flat_map(|a| &a.under);
        let all = objects.chain(outside).chain(exceptions).chain(applies);
        used.extend(all.map(|under| under.matter.clone()));
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
