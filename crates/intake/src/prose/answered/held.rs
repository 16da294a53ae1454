//! One claim of an answer, held against its passage, kind by kind.
//!
//! Every value that comes through is a slice of the passage; what the grammars say of the words is added, what they contradict is
//! dropped with a reason. The kind of an incident is the tables'; that of a fact about an agreement is the answer's word only where the
//! rules read nothing in the same words.

use std::collections::BTreeMap;

use truceline_model::Span;

use super::super::deal_open::SPOKEN_OF;
use super::super::lexicon::Cat;
use super::super::page::Page;
use super::super::tokens::Class;
use super::super::{Field, Granularity, Kind, Proposal, Value, incidents};
use super::Dropped;
use super::question::Part;
use crate::json::Node;

/// Most quotations of one field.
const QUOTES_LIMIT: usize = 20;

/// Facts that are no event but a wish, a question or a state of mind: words of possibility take nothing from them.
const OPEN_FACTS: &[&str] = &[
    "position_accepts_hedged",
    "position_refuses_hedged",
    "position_conditional",
    "position_unclear",
    "demand",
    "condition",
    "status_at_risk",
    "talks_scheduled",
    "proposal",
    "responsibility",
    "pending_step",
    "open_issue",
];

/// The proposal that a claim makes, if one is left of it.
pub(super) fn proposal(
    page: &Page<'_>,
    ruled: &[Proposal],
    passage: Span,
    part: &Part,
    claim: &Node,
    dropped: &mut Vec<Dropped>,
) -> Option<Proposal> {
    let mut holding = Holding { page, ruled, passage, dropped };
    let kind = part.kind;
    let (first, head, sub, granularity) = match kind {
        Kind::Incident => holding.act(claim)?,
        Kind::Agreement => holding.fact(claim, part.subs)?,
        Kind::Humanitarian => holding.aid(claim)?,
        Kind::Statement => holding.statement(claim)?,
    };
    let near = head.span.start;
    let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    fields.insert(first, vec![head]);
    for field in part.fields.iter().copied().filter(|field| *field != first) {
        for quote in quotes(claim, field) {
            let Some(span) = holding.find(quote, near) else {
                holding.drop(field, "it does not stand in the passage");
                continue;
            };
            let Some(value) = holding.value(field, span) else { continue };
            let all = fields.entry(field).or_default();
            if !all.iter().any(|other| other.span == value.span) {
                all.push(value);
            }
        }
    }
    holding.hold_down(&mut fields);
    Some(Proposal { kind, sub, span: passage, granularity, fields, detail_of: None })
}

/// The first field, its value, the kind of thing it is and how the text speaks of it.
type Head = (Field, Value, String, Granularity);

struct Holding<'h, 'a> {
    page: &'h Page<'a>,
    ruled: &'h [Proposal],
    passage: Span,
    dropped: &'h mut Vec<Dropped>,
}

impl Holding<'_, '_> {
    /// The act: words in which the tables find one that is said to have happened.
    fn act(&mut self, claim: &Node) -> Option<Head> {
        let page = self.page;
        self.first(claim, Field::What, "the answer names no act", |_, span, (from, to)| {
            let sentence = page.sentence_at(from).ok_or("it lies in no sentence")?;
            let real = incidents::acts(page, sentence);
            let act = real.iter().find(|act| act.tag.from < to && from < act.tag.to);
            let act = act.ok_or("the tables find no act there that is said to have happened")?;
            let ongoing = page.tags.entry(act.tag).extra.ends_with("ongoing");
            let how = if ongoing { Granularity::Ongoing } else { Granularity::Discrete };
            let value = Value::normed(span, page.tags.value(act.tag));
            Ok((Field::What, value, page.tags.kind(act.tag).to_owned(), how))
        })
    }

    /// What is said of an agreement: words of one, and a kind of fact that neither the rules nor the words around contradict.
    fn fact(&mut self, claim: &Node, subs: &[&str]) -> Option<Head> {
        let page = self.page;
        let said = claim.get("sub").and_then(Node::text).unwrap_or_default().to_owned();
        self.first(claim, Field::What, "the answer names no agreement", |this, span, (from, to)| {
            let cats = [Cat::Deal, Cat::DealVerb, Cat::DealWord];
            if !cats.iter().any(|cat| page.tags.within(*cat, from, to).next().is_some()) {
                return Err("the tables find no word of an agreement there");
            }
            let value = Value::words(span);
            if let Some(rule) = this.ruled_at(span) {
                return Ok((Field::What, value, rule.sub.clone(), rule.granularity));
            }
            if !subs.contains(&said.as_str()) {
                return Err("the answer gives no kind of fact");
            }
            if !OPEN_FACTS.contains(&said.as_str()) && this.doubtful(from) {
                return Err("the words around make it a question, denied, asked for or only possible");
            }
            Ok((Field::What, value, said.clone(), Granularity::Discrete))
        })
    }

    /// Aid, a release or an evacuation that the rules find, too: what is only promised is not delivered.
    fn aid(&mut self, claim: &Node) -> Option<Head> {
        let page = self.page;
        self.first(claim, Field::What, "the answer names no aid", |this, span, (from, to)| {
            let meets = |rule: &&Proposal| rule.span.start < span.end && span.start < rule.span.end;
            let aid = page.tags.within(Cat::Aid, from, to).next().is_some();
            let rule = this.ruled.iter().filter(|rule| rule.kind == Kind::Humanitarian && aid).find(meets);
            let rule = rule.ok_or("the tables find no aid there that is said to have come so far")?;
            let norm = rule.fields.get(&Field::What).and_then(|all| all.first()?.norm.clone());
            let value = Value { norm, ..Value::words(span) };
            Ok((Field::What, value, rule.sub.clone(), rule.granularity))
        })
    }

    /// Words that somebody says: in quotes, or after a word of speech.
    fn statement(&mut self, claim: &Node) -> Option<Head> {
        let page = self.page;
        let spoken = quotes(claim, Field::Speaker).any(|quote| self.find(quote, 0).is_some());
        if !spoken {
            self.drop(Field::Speaker, "nobody of the passage is said to say it");
            return None;
        }
        self.first(claim, Field::Content, "the answer quotes nothing", |this, span, (from, to)| {
            let quoted = page.quotes.iter().any(|(open, close)| *open <= from && to <= *close);
            let speech = this
                .tokens(this.passage)
                .is_some_and(|(from, to)| page.tags.within(Cat::Speech, from, to).next().is_some());
            match (quoted, speech) {
                (true, _) => {
                    Ok((Field::Content, Value::words(span), "direct".to_owned(), Granularity::Discrete))
                }
                (false, true) => {
                    Ok((Field::Content, Value::words(span), "indirect".to_owned(), Granularity::Discrete))
                }
                (false, false) => Err("nothing there says that somebody says it"),
            }
        })
    }

    /// The first quotation of a field that holds; else the last reason why none does is kept.
    fn first(
        &mut self,
        claim: &Node,
        field: Field,
        none: &'static str,
        holds: impl Fn(&Self, Span, (usize, usize)) -> Result<Head, &'static str>,
    ) -> Option<Head> {
        let mut why = none;
        for quote in quotes(claim, field) {
            let Some(span) = self.find(quote, self.passage.start) else {
                why = "it does not stand in the passage";
                continue;
            };
            let Some(range) = self.tokens(span) else { continue };
            match holds(self, span, range) {
                Ok(head) => return Some(head),
                Err(reason) => why = reason,
            }
        }
        self.drop(field, why);
        None
    }

    /// The fact that the rules propose of which the words meet these.
    fn ruled_at(&self, span: Span) -> Option<&Proposal> {
        let meets = |value: &Value| value.span.start < span.end && span.start < value.span.end;
        // That a deal is spoken of says no kind of fact.
        let facts = self.ruled.iter().filter(|rule| rule.kind == Kind::Agreement && rule.sub != SPOKEN_OF);
        facts
            .filter(|rule| rule.span.start < self.passage.end && self.passage.start < rule.span.end)
            .find(|rule| rule.fields.get(&Field::What).is_some_and(|all| all.iter().any(meets)))
    }

    /// Whether the clause of a token asks, denies, or speaks of what may be.
    fn doubtful(&self, at: usize) -> bool {
        let page = self.page;
        let Some(sentence) = page.sentence_at(at) else { return true };
        let end = sentence.1.saturating_sub(2);
        if (end..sentence.1).any(|i| matches!(page.slice(i, i + 1), "?" | "؟")) {
            return true;
        }
        let clauses = incidents::clauses(page, sentence);
        let (from, to) = clauses.into_iter().find(|c| c.0 <= at && at < c.1).unwrap_or(sentence);
        let open = |kind: &str| matches!(kind, "modal" | "unreal" | "plan" | "unclear" | "judged" | "deal");
        page.tags
            .within(Cat::Hedge, from, to)
            .any(|tag| open(page.tags.kind(tag)) || page.tags.value(tag) == "denied")
            || (from..to).any(|i| page.token(i).any(&["not", "no", "never", "لم", "لن", "не", "ні"]))
    }

    /// A value for words of the passage, with what the grammars say of them; none when they say that it cannot be one.
    fn value(&mut self, field: Field, span: Span) -> Option<Value> {
        let page = self.page;
        let (from, to) = self.tokens(span)?;
        match field {
            Field::Killed | Field::Wounded => {
                let meets = |value: &Value| value.span.start < span.end && span.start < value.span.end;
                let toll = page.tolls.iter().find(|toll| toll.field == field && meets(&toll.value));
                if toll.is_none() {
                    self.drop(field, "the grammar finds no such figure there");
                }
                toll.map(|toll| toll.value.clone())
            }
            Field::Count => {
                let figure = page.figures_in(from, to).iter().find(|figure| !figure.year);
                if figure.is_none() {
                    self.drop(field, "the grammar finds no such figure there");
                }
                figure
                    .map(|figure| Value { bounds: Some(figure.bounds), ..page.words(figure.from, figure.to) })
            }
            Field::When | Field::Effective => {
                let date = page.dates.iter().find(|date| date.from < to && from < date.to);
                Some(Value { norm: date.and_then(|date| date.norm.clone()), ..Value::words(span) })
            }
            Field::Claim => {
                let says = page.tags.within(Cat::Responsibility, from, to).next().is_some();
                if !says {
                    self.drop(field, "nothing there claims or blames");
                }
                says.then(|| Value::words(span))
            }
            Field::Cue => {
                let says = page.tags.within(Cat::Speech, from, to).next().is_some()
                    || (from..to).any(|i| page.token(i).class == Class::Colon);
                if !says {
                    self.drop(field, "it is no word of speech");
                }
                says.then(|| Value::words(span))
            }
            _ => {
                let mention = page.mentions_in(from, to).next();
                Some(mention.map_or_else(
                    || Value::words(span),
                    |mention| Value {
                        norm: mention.norm.clone(),
                        registry: mention.registry.clone(),
                        ..Value::words(span)
                    },
                ))
            }
        }
    }

    /// Adds what holds the passage's certainty down: the answer may have overlooked it.
    fn hold_down(&self, fields: &mut BTreeMap<Field, Vec<Value>>) {
        let page = self.page;
        let Some((from, to)) = self.tokens(self.passage) else { return };
        for tag in page.tags.within(Cat::Hedge, from, to) {
            if page.tags.kind(tag) != "soft" {
                continue;
            }
            let value = Value::normed(page.span(tag.from, tag.to), page.tags.value(tag));
            let all = fields.entry(Field::Hedge).or_default();
            let meets =
                |other: &Value| other.span.start < value.span.end && value.span.start < other.span.end;
            match all.iter_mut().find(|other| meets(other)) {
                Some(other) => other.norm = value.norm,
                None => all.push(value),
            }
        }
    }

    fn drop(&mut self, field: Field, why: &'static str) {
        self.dropped.push(Dropped { field, why });
    }

    /// Where a quotation stands in the passage: of several places the one nearest to the act.
    fn find(&self, quote: &str, near: u32) -> Option<Span> {
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let text = self.page.text.get(index(self.passage.start)..index(self.passage.end))?;
        if quote.trim().is_empty() {
            return None;
        }
        let spans = text.match_indices(quote).filter_map(|(at, found)| {
            let start = self.passage.start.checked_add(u32::try_from(at).ok()?)?;
            Some(Span { start, end: start.checked_add(u32::try_from(found.len()).ok()?)? })
        });
        spans.min_by_key(|span| (span.start.abs_diff(near), span.start))
    }

    /// Tokens that a span touches.
    fn tokens(&self, span: Span) -> Option<(usize, usize)> {
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let tokens = &self.page.tokens;
        let from = tokens.partition_point(|token| token.end <= index(span.start));
        let to = tokens.partition_point(|token| token.start < index(span.end));
        (from < to).then_some((from, to))
    }
}

/// Quotations of a field: a list, or one alone.
fn quotes(claim: &Node, field: Field) -> impl Iterator<Item = &str> {
    let node = claim.get(field.as_str());
    let many = node.and_then(Node::items).unwrap_or_default().iter().filter_map(Node::text);
    node.and_then(Node::text).into_iter().chain(many).take(QUOTES_LIMIT)
}
