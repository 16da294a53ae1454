//! Reads a block that is a clause or a calm: its first statement names it, the others say what it holds.

use std::collections::BTreeMap;

use truceline_model::{AreaId, ClauseId, FactId, JudgementId, Outcome, Span};

use crate::calm::{CALM_VERBS, step};
use crate::declare::{Loose, head_empty, in_force};
use crate::diagnostic::Diagnostic;
use crate::ir::{
    Account, Applies, CalmEntry, Clause, ClauseKind, Condition, Exception, Object, Outside, Rule, Terms,
};
use crate::markdown::Block;
use crate::reader::{Reader, short};
use crate::sentence::{Part, Sentence, Statement, Word, suggest};

/// Verbs that open a clause's block.
pub(crate) const OPENERS: &[&str] = &["clause", "duty", "procedure", "calm"];

/// Verbs of a clause.
pub(crate) const VERBS: &[&str] = &[
    "says",
    "binds",
    "applies",
    "in-force",
    "forbids",
    "permits",
    "against",
    "on",
    "outside",
    "only-when",
    "except",
    "try",
];

struct Draft {
    rule: Rule,
    forbids: Option<Span>,
    permits: Option<Span>,
    says: Option<crate::ir::Text>,
    window: Option<crate::ir::InForce>,
    tries: Vec<Vec<Word>>,
    steps: Vec<Vec<Account>>,
    binds: bool,
    ruled: bool,
    /// A step of the calm could not be read.
    unread: bool,
}

/// Reads the block; its clause (and calm) go into the terms.
pub(crate) fn clause(
    block: &Block<'_>,
    opener: &Statement,
    rest: &[Statement],
    reader: &mut Reader<'_>,
    terms: &mut Terms,
    loose: &mut Loose,
) {
    let sentence = reader.split(opener, &["in"], &[]);
    let [id_word, name] = sentence.head.as_slice() else {
        let verb = &sentence.verb.text;
        reader.say(
            Diagnostic::error("missing-operand", sentence.span, format!("\"{verb}\" needs an id and a name"))
                .help(format!("{verb} opposition-fire \"Fire by the opposition\"")),
        );
        return;
    };
    loose.first("clause", id_word, reader);
    let id = reader.new_id(id_word);
    let name = reader.text(Some(name), &sentence);
    let calm = sentence.verb.text == "calm";
    let area = if calm { calm_area(&sentence, reader) } else { None };
    let mut draft = Draft {
        rule: Rule::default(),
        forbids: None,
        permits: None,
        says: None,
        window: None,
        tries: Vec::new(),
        steps: Vec::new(),
        binds: false,
        ruled: false,
        unread: false,
    };
    for statement in rest {
        one(statement, calm, &mut draft, reader);
    }
    finish_exceptions(&mut draft, reader);
    let kind = kind(&sentence, &draft, reader);
    let Some(id) = id else { return };
    if let (true, Some(area)) = (calm, &area) {
        let at = Condition::In([area.clone()].into());
        draft.rule.applies = vec![Applies { under: Vec::new(), at, span: sentence.span }];
        let steps = std::mem::take(&mut draft.steps);
        if steps.is_empty() && !rest.iter().any(|one| CALM_VERBS.contains(&one.verb.text.as_str())) {
            reader
                .say(Diagnostic::error("missing-part", sentence.span, "a calm needs a start").help(
                    "start from \"2016-04-30T01:00\" for 24 hours per the-source known \"2016-04-30\"",
                ));
        }
        terms.calms.push(CalmEntry { id: id.clone(), area: area.clone(), steps, span: sentence.span });
    }
    let judged = matches!(kind, ClauseKind::Forbids | ClauseKind::Permits | ClauseKind::Calm);
    terms.clauses.push(Clause {
        id: ClauseId::new(&id),
        kind,
        name,
        heading: block.heading.clone(),
        prose: block.prose.clone(),
        says: draft.says,
        restates: block.quoted.clone(),
        window: draft.window,
        phases: Vec::new(),
        rule: if judged { Some(draft.rule) } else { None },
        span: sentence.span,
    });
}

fn calm_area(sentence: &Sentence, reader: &mut Reader<'_>) -> Option<AreaId> {
    let part = reader.needed(sentence, "in", "an area")?;
    let word = reader.one(&part.words, part.link.span, "an area")?;
    reader.area(word)
}

fn kind(opener: &Sentence, draft: &Draft, reader: &mut Reader<'_>) -> ClauseKind {
    let verb = opener.verb.text.as_str();
    let shown = matches!(verb, "duty" | "procedure");
    if shown && draft.ruled {
        reader.say(
            Diagnostic::error(
                "shown-only",
                opener.span,
                format!("a {verb} is shown, not judged, and here it binds or forbids"),
            )
            .help("open the block with clause instead of duty or procedure, or leave those statements out"),
        );
    }
    if !shown && (draft.rule.acts.is_empty() || !draft.binds) {
        let missing = if draft.rule.acts.is_empty() { "what it forbids or permits" } else { "whom it binds" };
        reader.say(
            Diagnostic::error("missing-part", opener.span, format!("this clause does not say {missing}"))
                .help("add: binds opposition … and forbids shelling with any-weapon; or open it with duty"),
        );
    }
    match verb {
        "duty" => ClauseKind::Duty,
        "procedure" => ClauseKind::Procedure,
        "calm" => ClauseKind::Calm,
        _ if draft.permits.is_some() => ClauseKind::Permits,
        _ => ClauseKind::Forbids,
    }
}

fn one(statement: &Statement, calm: bool, draft: &mut Draft, reader: &mut Reader<'_>) {
    let verb = statement.verb.text.as_str();
    draft.ruled |= VERBS.contains(&verb) && !matches!(verb, "says" | "in-force" | "applies");
    match verb {
        "says" => {
            let sentence = reader.split(statement, &[], &[]);
            let word = reader.one(&sentence.head, sentence.span, "a sentence in quotation marks");
            draft.says = word.map(|word| reader.text(Some(word), &sentence));
        }
        "binds" => binds(statement, draft, reader),
        "applies" => {
            let sentence = reader.split(statement, &["in"], &[]);
            head_empty(&sentence, reader);
            if let Some(part) = reader.needed(&sentence, "in", "an area") {
                let areas = part.words.iter().filter_map(|word| reader.area(word)).collect();
                let at = Condition::In(areas);
                draft.rule.applies.push(Applies { under: Vec::new(), at, span: sentence.span });
            }
        }
        "in-force" => draft.window = in_force(statement, reader),
        "forbids" => acts(statement, false, draft, reader),
        "permits" => acts(statement, true, draft, reader),
        "against" | "on" => against(statement, draft, reader),
        "outside" => outside(statement, draft, reader),
        "only-when" => {
            let sentence = reader.split(statement, CONDITION_LINKS, CONDITION_LINKS);
            head_empty(&sentence, reader);
            let all = conditions(&sentence.parts, sentence.span, reader);
            draft.rule.when.extend(all.into_iter().map(|one| vec![one]));
        }
        "except" => except(statement, draft, reader),
        "try" => {
            let sentence = reader.split(statement, &["then"], &["then"]);
            let chain: Vec<Word> = sentence
                .head
                .into_iter()
                .chain(sentence.parts.into_iter().flat_map(|part| part.words))
                .collect();
            draft.tries.push(chain);
        }
        verb if calm && CALM_VERBS.contains(&verb) => {
            draft.unread |= step(statement, &mut draft.steps, draft.unread, reader).is_none();
        }
        _ => {}
    }
}

fn binds(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement, &["that-accepted", "provided", "accepted"], &[]);
    draft.binds = true;
    for word in &sentence.head {
        draft.rule.binds.extend(reader.party(word));
    }
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "a party");
    }
    draft.rule.accepted |= sentence.part("that-accepted").is_some();
    if let Some(part) = reader.optional(&sentence, "provided", "government-side accepted") {
        for word in &part.words {
            draft.rule.provided.extend(reader.party(word));
        }
        if sentence.part("accepted").is_none() {
            reader.say(
                Diagnostic::error("missing-part", part.link.span, "provided that they did what?")
                    .help("write provided government-side accepted"),
            );
        }
    }
}

fn acts(statement: &Statement, permits: bool, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement, &["with", "when", "so-far-as"], &[]);
    if let Some((before, words)) = match (permits, draft.forbids, draft.permits) {
        (true, Some(before), _) => Some((before, "it forbids here")),
        (false, _, Some(before)) => Some((before, "it permits here")),
        _ => None,
    } {
        reader.say(
            Diagnostic::error("collide", sentence.span, "one clause cannot both forbid and permit")
                .also(before, words)
                .help("make the permission an exception (except … gives not-prohibited when …) or a clause of its own"),
        );
    }
    let slot = if permits { &mut draft.permits } else { &mut draft.forbids };
    *slot = Some(sentence.span);
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "an act");
    }
    let found = reader.acts(&sentence.head);
    draft.rule.acts.extend(found);
    if let Some(part) = reader.needed(&sentence, "with", "any-weapon") {
        draft.rule.weapons = reader.weapons(&part.words);
    }
    if !permits {
        for part in sentence.parts.iter().filter(|part| part.link.text != "with") {
            reader.say(
                Diagnostic::error(
                    "unknown-word",
                    part.link.span,
                    format!("\"{}\" belongs to permits", part.link.text),
                )
                .help("after forbids, say further conditions in a sentence of their own: only-when …"),
            );
        }
        return;
    }
    if let Some(part) = reader.needed(&sentence, "when", "judged self-defence") {
        draft.rule.when.extend(judged(part, reader).into_iter().map(|one| vec![one]));
    }
    if let Some(part) = reader.needed(&sentence, "so-far-as", "judged proportionate") {
        let all_of = judged(part, reader);
        let name = all_of.first().map_or_else(String::new, |c| match c {
            Condition::Judged(id) => id.to_string(),
            _ => String::new(),
        });
        let gives = Outcome::NotProhibited;
        draft.rule.exceptions.push(Exception { name, under: Vec::new(), all_of, gives, span: sentence.span });
    }
}

/// `judged self-defence` or `found some-claim`, as it follows `when` and `so-far-as`.
fn judged(part: &Part, reader: &mut Reader<'_>) -> Vec<Condition> {
    match part.words.as_slice() {
        [word, id] if word.text == "judged" => judgement(id, reader).into_iter().collect(),
        [word, id] if word.text == "found" => fact(id, reader).map(Condition::Holds).into_iter().collect(),
        _ => {
            reader.say(
                Diagnostic::error(
                    "missing-operand",
                    part.link.span,
                    format!("\"{}\" needs a judgement", part.link.text),
                )
                .help(format!("write {} judged self-defence", part.link.text)),
            );
            Vec::new()
        }
    }
}

fn judgement(word: &Word, reader: &mut Reader<'_>) -> Option<Condition> {
    let id = JudgementId::new(&word.text);
    if reader.judgements.contains(&id) {
        return Some(Condition::Judged(id));
    }
    let known: Vec<String> = reader.judgements.iter().map(ToString::to_string).collect();
    let help = match known.is_empty() {
        true => format!("declare it: judgement {} \"the question that people are asked\"", short(&word.text)),
        false => suggest(&word.text, known.iter().map(String::as_str)),
    };
    let message = format!("no judgement is called \"{}\"", short(&word.text));
    reader.say(Diagnostic::error("unknown-judgement", word.span, message).help(help));
    None
}

fn fact(word: &Word, reader: &mut Reader<'_>) -> Option<FactId> {
    let id = FactId::new(&word.text);
    if reader.facts.contains(&id) {
        return Some(id);
    }
    let known: Vec<String> = reader.facts.iter().map(ToString::to_string).collect();
    let help = match known.is_empty() {
        true => format!("declare it: fact {} \"what is asked\"", short(&word.text)),
        false => suggest(&word.text, known.iter().map(String::as_str)),
    };
    let message = format!("no fact is called \"{}\"", short(&word.text));
    reader.say(Diagnostic::error("unknown-fact", word.span, message).help(help));
    None
}

/// Linking words of conditions.
const CONDITION_LINKS: &[&str] = &["fired-at", "ground-held-by", "found", "not-denied", "judged", "and"];

/// `fired-at hospital and ground-held-by opposition and found some-fact and judged some-word`: all of them.
fn conditions(parts: &[Part], at: Span, reader: &mut Reader<'_>) -> Vec<Condition> {
    let mut all = Vec::new();
    for part in parts {
        let link = part.link.text.as_str();
        match link {
            "fired-at" => {
                if part.words.is_empty() {
                    reader.one(&part.words, part.link.span, "a target");
                }
                all.push(Condition::Target(reader.targets(&part.words)));
            }
            "ground-held-by" | "found" | "not-denied" | "judged" => {
                let Some(word) = reader.one(&part.words, part.link.span, "one name") else { continue };
                all.extend(match link {
                    "ground-held-by" => reader.party(word).map(Condition::HeldBy),
                    "found" => fact(word, reader).map(Condition::Holds),
                    "not-denied" => fact(word, reader).map(Condition::NotDenied),
                    _ => judgement(word, reader),
                });
            }
            "and" => {
                if let Some(word) = part.words.first() {
                    let help = suggest(&word.text, CONDITION_LINKS.iter().copied());
                    reader.unknown_word(word, "condition", help);
                }
            }
            _ => {}
        }
    }
    if all.is_empty() {
        reader.say(Diagnostic::error("missing-operand", at, "no condition stands here").help(
            "conditions are: fired-at …, ground-held-by …, found …, not-denied …, judged …, joined by and",
        ));
    }
    all
}

fn against(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let links = ["forces-of", "ground-held-by", "or", "done-by", "under"];
    let sentence = reader.split(statement, &links, &["forces-of", "ground-held-by", "or"]);
    let mut any_of = Vec::new();
    if !sentence.head.is_empty() {
        any_of.push(Condition::Target(reader.targets(&sentence.head)));
    }
    for part in &sentence.parts {
        match part.link.text.as_str() {
            "or" if !part.words.is_empty() => any_of.push(Condition::Target(reader.targets(&part.words))),
            "forces-of" => {
                let word = reader.one(&part.words, part.link.span, "a party");
                let party = word.and_then(|word| reader.party(word));
                if let Some(forces) = party.and_then(|party| reader.parties.get(&party)) {
                    any_of.push(Condition::Target(forces.clone()));
                }
            }
            "ground-held-by" => {
                let word = reader.one(&part.words, part.link.span, "a party");
                any_of.extend(word.and_then(|word| reader.party(word)).map(Condition::HeldBy));
            }
            _ => {}
        }
    }
    let by = reader.optional(&sentence, "done-by", "government-side");
    let by = by.and_then(|part| reader.one(&part.words, part.link.span, "a party"));
    let by = by.and_then(|word| reader.party(word));
    let under = reader.under(&sentence);
    if any_of.is_empty() {
        reader.say(Diagnostic::error("missing-operand", sentence.span, "against what?").help(
            "against forces-of government-side, or ground-held-by government-side, or a target like hospital",
        ));
        return;
    }
    draft.rule.objects.push(Object { under, by, any_of, span: sentence.span });
}

fn outside(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let links = [CONDITION_LINKS, &["when", "under"]].concat();
    let sentence = reader.split(statement, &links, CONDITION_LINKS);
    head_empty(&sentence, reader);
    let all_of = conditions(&sentence.parts, sentence.span, reader);
    let under = reader.under(&sentence);
    draft.rule.outside.push(Outside { under, all_of, span: sentence.span });
}

fn except(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let links = [CONDITION_LINKS, &["gives", "when", "under"]].concat();
    let sentence = reader.split(statement, &links, CONDITION_LINKS);
    let Some(name) = reader.one(&sentence.head, sentence.span, "the exception's name") else { return };
    if let Some(before) = draft.rule.exceptions.iter().find(|other| other.name == name.text) {
        let before = before.span;
        reader.say(
            Diagnostic::error(
                "twice",
                name.span,
                format!("exception \"{}\" stands twice", short(&name.text)),
            )
            .also(before, "the first is here")
            .help("give one of them another name"),
        );
        return;
    }
    let gives = reader.needed(&sentence, "gives", "not-covered");
    let gives =
        gives.and_then(|part| reader.one(&part.words, part.link.span, "an outcome")).and_then(|word| {
            match Outcome::parse(&word.text) {
                Some(outcome @ (Outcome::NotCovered | Outcome::NotProhibited)) => Some(outcome),
                _ => {
                    let help = suggest(&word.text, ["not-covered", "not-prohibited"]);
                    reader.unknown_word(word, "outcome of an exception", help);
                    None
                }
            }
        });
    if sentence.part("when").is_none() {
        reader.needed(&sentence, "when", "found some-fact");
        return;
    }
    let all_of = conditions(&sentence.parts, sentence.span, reader);
    let under = reader.under(&sentence);
    let (Some(gives), Some(name)) = (gives, reader.new_id(name)) else { return };
    draft.rule.exceptions.push(Exception { name, under, all_of, gives, span: sentence.span });
}

/// Puts the exceptions into the order that `try … then …` states, and refuses two that could collide unordered.
fn finish_exceptions(draft: &mut Draft, reader: &mut Reader<'_>) {
    let names: Vec<String> = draft.rule.exceptions.iter().map(|e| e.name.clone()).collect();
    let mut rank: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (chain, words) in draft.tries.iter().enumerate() {
        for (place, word) in words.iter().enumerate() {
            if !names.contains(&word.text) {
                let help = suggest(&word.text, names.iter().map(String::as_str));
                let message = format!("no exception of this clause is called \"{}\"", short(&word.text));
                reader.say(Diagnostic::error("unknown-exception", word.span, message).help(help));
            }
            rank.insert(word.text.clone(), (chain, place));
        }
    }
    let exceptions = &draft.rule.exceptions;
    for (n, later) in exceptions.iter().enumerate() {
        for earlier in exceptions.iter().take(n) {
            let same_chain = match (rank.get(&earlier.name), rank.get(&later.name)) {
                (Some(a), Some(b)) => a.0 == b.0,
                _ => false,
            };
            if earlier.gives != later.gives && !same_chain && together(earlier, later) {
                let (a, b) = (&earlier.name, &later.name);
                reader.say(
                    Diagnostic::error(
                        "collide",
                        later.span,
                        format!("exceptions \"{a}\" and \"{b}\" can both hold and give different outcomes"),
                    )
                    .also(earlier.span, format!("this gives {}", earlier.gives))
                    .help(format!("state which is tried first: try {a} then {b}")),
                );
            }
        }
    }
    draft.rule.exceptions.sort_by_key(|e| rank.get(&e.name).map_or(usize::MAX, |r| r.1));
}

/// Whether some reading takes both.
fn together(a: &Exception, b: &Exception) -> bool {
    a.under.iter().all(|x| b.under.iter().all(|y| x.matter != y.matter || x.position == y.position))
}
