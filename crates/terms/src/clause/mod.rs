//! Reads a block that is a clause, a calm, a duty or a procedure: its first statement names it, the others say what it holds.
//!
//! Joins what its statements say and checks that they fit together; each statement is read in a file of its own.

mod acts;
mod conditions;
mod duty;
mod exceptions;

use truceline_model::{AreaId, ClauseId, PhaseId, Span};

use crate::declare::{Loose, in_force};
use crate::diagnostic::Diagnostic;
use crate::ir::{Account, Applies, CalmEntry, Clause, ClauseKind, Condition, InForce, Rule, Terms, Text};
use crate::markdown::Block;
use crate::procedure::{self, Course};
use crate::reader::Reader;
use crate::sentence::{Sentence, Statement, Word};
use crate::words::{self, Place};

pub(crate) use conditions::conditions;

/// What the statements of a block have said so far.
#[derive(Default)]
struct Draft {
    rule: Rule,
    /// The verb that makes the rule (`forbids`, `permits`, `requires`), and where it stands first.
    verb: Option<(&'static str, Span)>,
    /// Where weapons are named first.
    armed: Option<Span>,
    /// What makes a duty breached.
    duty: Vec<Vec<Condition>>,
    says: Option<Text>,
    window: Option<InForce>,
    phases: Vec<PhaseId>,
    tries: Vec<Vec<Word>>,
    steps: Vec<Vec<Account>>,
    course: Course,
    binds: bool,
    ruled: bool,
    /// A step of the calm could not be read.
    unread: bool,
}

impl Draft {
    /// Says so when a statement that may stand once in a clause was there before.
    fn once(&self, before: bool, statement: &Statement, reader: &mut Reader<'_>) {
        if before {
            let verb = &statement.verb;
            let message = format!("\"{}\" stands twice in this clause", verb.text);
            reader.say(Diagnostic::error("twice", verb.span, message).help("keep one of them"));
        }
    }

    /// Notes which kind of rule it is; one clause has one, and one duty.
    fn says_rule(&mut self, verb: &'static str, span: Span, reader: &mut Reader<'_>) {
        let Some((before, first)) = self.verb else {
            self.verb = Some((verb, span));
            return;
        };
        if before == "requires" && verb == "requires" {
            reader.say(
                Diagnostic::error("twice", span, "one clause holds one duty")
                    .also(first, "the first is here")
                    .help("give each duty a heading and a clause of its own; counts of one duty are joined by and"),
            );
        } else if before != verb {
            let infinitive = |verb: &str| verb.trim_end_matches('s').to_owned();
            let (a, b) = (infinitive(before), infinitive(verb));
            let help = match verb == "permits" || before == "permits" {
                true => {
                    "make the permission an exception (except … gives not-prohibited when …) or a clause of its own"
                }
                false => "give the duty a heading and a clause of its own",
            };
            let message = format!("one clause cannot both {a} and {b}");
            reader.say(
                Diagnostic::error("collide", span, message)
                    .also(first, format!("it {before} here"))
                    .help(help),
            );
        }
    }
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
    let sentence = reader.split(opener);
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
    let verb = sentence.verb.text.as_str();
    let calm = verb == "calm";
    let area = if calm { calm_area(&sentence, reader) } else { None };
    let mut draft = Draft::default();
    for statement in rest {
        one(statement, verb, &mut draft, reader);
    }
    exceptions::finish(&mut draft, reader);
    draft.rule.when.splice(0..0, std::mem::take(&mut draft.duty));
    let kind = kind(&sentence, &draft, reader);
    let procedure = procedure::finish(std::mem::take(&mut draft.course), &mut loose.taken, reader);
    let Some(id) = id else { return };
    if let Some(area) = &area {
        if let Some(applies) = draft.rule.applies.first() {
            let message = "a calm holds in its own area";
            reader.say(
                Diagnostic::error("collide", applies.span, message)
                    .also(sentence.span, "the calm and its area")
                    .help("leave the line out, or make it a clause of its own"),
            );
        }
        let at = Condition::In([area.clone()].into());
        draft.rule.applies = vec![Applies { under: Vec::new(), at, span: sentence.span }];
        let steps = std::mem::take(&mut draft.steps);
        if steps.is_empty() && !rest.iter().any(|one| words::stands(&one.verb.text, Place::Chain)) {
            reader
                .say(Diagnostic::error("missing-part", sentence.span, "a calm needs a start").help(
                    "start from \"2016-04-30T01:00\" for 24 hours per the-source known \"2016-04-30\"",
                ));
        }
        terms.calms.push(CalmEntry { id: id.clone(), area: area.clone(), steps, span: sentence.span });
    }
    let shown = matches!(kind, ClauseKind::Duty | ClauseKind::Procedure);
    terms.clauses.push(Clause {
        id: ClauseId::new(&id),
        kind,
        name,
        heading: block.heading.clone(),
        prose: block.prose.clone(),
        says: draft.says,
        restates: block.quoted.clone(),
        window: draft.window,
        phases: draft.phases,
        rule: if shown { None } else { Some(draft.rule) },
        procedure,
        span: sentence.span,
    });
}

fn calm_area(sentence: &Sentence, reader: &mut Reader<'_>) -> Option<AreaId> {
    let part = reader.needed(sentence, "in", "an area")?;
    let word = reader.one(&part.words, part.link.span, "an area")?;
    reader.areas_in(std::slice::from_ref(word)).pop_first()
}

fn kind(opener: &Sentence, draft: &Draft, reader: &mut Reader<'_>) -> ClauseKind {
    let verb = opener.verb.text.as_str();
    let shown = matches!(verb, "duty" | "procedure");
    if shown && draft.ruled {
        let message = format!("a {verb} is shown, not judged, and here it binds, forbids or requires");
        reader.say(
            Diagnostic::error("shown-only", opener.span, message).help(
                "open the block with clause instead of duty or procedure, or leave those statements out",
            ),
        );
    }
    let ruled = draft.verb.is_some();
    if !shown && (!ruled || !draft.binds) {
        let missing = if ruled { "whom it binds" } else { "what it forbids, permits or requires" };
        reader.say(
            Diagnostic::error("missing-part", opener.span, format!("this clause does not say {missing}"))
                .help("add: binds opposition … and forbids shelling with any-weapon; or open it with duty"),
        );
    }
    match (verb, draft.verb) {
        ("duty", _) => ClauseKind::Duty,
        ("procedure", _) => ClauseKind::Procedure,
        ("calm", told) => {
            if let Some((told, span)) = told.filter(|(told, _)| *told != "forbids") {
                reader.say(
                    Diagnostic::error("collide", span, format!("a calm forbids; here it {told}"))
                        .also(opener.span, "the calm")
                        .help("make it a clause of its own, with applies in the calm's area"),
                );
            }
            ClauseKind::Calm
        }
        (_, Some(("permits", _))) => ClauseKind::Permits,
        (_, Some(("requires", _))) => ClauseKind::Requires,
        _ => ClauseKind::Forbids,
    }
}

/// Reads one statement of the block into the draft.
fn one(statement: &Statement, opener: &str, draft: &mut Draft, reader: &mut Reader<'_>) {
    let verb = statement.verb.text.as_str();
    let tells = ["says", "in-force", "in-phase", "applies"];
    draft.ruled |= words::stands(verb, Place::Clause) && !tells.contains(&verb);
    match verb {
        "says" => {
            draft.once(draft.says.is_some(), statement, reader);
            let sentence = reader.split(statement);
            let word = reader.one(&sentence.head, sentence.span, "a sentence in quotation marks");
            draft.says = word.map(|word| reader.text(Some(word), &sentence));
        }
        "binds" => acts::binds(statement, draft, reader),
        "applies" => acts::applies(statement, draft, reader),
        "in-force" => {
            draft.once(draft.window.is_some(), statement, reader);
            draft.window = in_force(statement, reader);
        }
        "in-phase" => {
            let sentence = reader.split(statement);
            if sentence.head.is_empty() {
                reader.one(&sentence.head, sentence.span, "a phase");
            }
            draft.phases.extend(sentence.head.iter().filter_map(|word| reader.phase(word)));
        }
        "forbids" => acts::forbids(statement, draft, reader),
        "permits" => acts::permits(statement, draft, reader),
        "requires" => duty::requires(statement, draft, reader),
        "against" | "on" => acts::against(statement, draft, reader),
        "outside" => exceptions::outside(statement, draft, reader),
        "only-when" => only_when(statement, draft, reader),
        "except" => exceptions::except(statement, draft, reader),
        "try" => {
            let sentence = reader.split(statement);
            let chain: Vec<Word> = sentence
                .head
                .into_iter()
                .chain(sentence.parts.into_iter().flat_map(|part| part.words))
                .collect();
            draft.tries.push(chain);
        }
        verb if opener == "procedure" && words::stands(verb, Place::Procedure) => {
            procedure::statement(statement, &mut draft.course, reader);
        }
        verb if opener == "calm" && words::stands(verb, Place::Chain) => {
            let read = crate::chain::step(statement, &mut draft.steps, draft.unread, reader);
            draft.unread |= read.is_none();
        }
        _ => {}
    }
}

fn only_when(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    if let Some(under) = sentence.part("under") {
        let message = "cannot express an only-when that holds under one position alone";
        reader.say(
            Diagnostic::error("cannot-express", under.link.span, message)
                .help("say the difference as an exception: except NAME gives not-prohibited when not … under MATTER=POSITION"),
        );
    }
    let parts = exceptions::condition_parts(&sentence, &["under"]);
    draft.rule.when.extend(conditions::groups(&parts, sentence.span, reader));
}
