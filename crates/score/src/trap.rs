//! The traps of a labelled set: what a careless reader would find, each a check over found claims.
//!
//! A trap names a document and a rule, with labelled claims (`ids`) or words of the text (`texts`). It is sprung by found claims, whose
//! ids the verdict holds, or by the loss of what it guards (a date behind a no-break space, a quotation that is never closed). Words
//! are looked for with every kind of space as one. A trap whose document was not read is not tried, which is no success.

use crate::claim::{Claim, Kind, Span, Value};
use crate::gold::Document;
use crate::verify::Starts;

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $word:literal,)*) => {
        /// What must not be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $($(#[$doc])* $rule,)* }

        impl Rule {
            /// Every rule, in the order of the labels.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)*];

            /// Its word in a file.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$rule => $word,)* }
            }
        }
    };
}

rules! {
    /// A figure of killed or wounded that is a sum of two or more labelled figures of these claims, and none of them; with words: one
    /// that is a labelled figure and the number in these words added up.
    NoSum "no_sum",
    /// A figure of killed or wounded read from these words.
    NotCasualties "not_casualties",
    /// The actor of these claims of responsibility, or an actor that is these words, given without any `claim`.
    ClaimedNotEstablished "claimed_not_established",
    /// Any figure of killed or wounded.
    NoCasualtyNumbers "no_casualty_numbers",
    /// A `when` that is these words or lies within them, unless the claim is background.
    NotEventDate "not_event_date",
    /// A figure between rival figures of one event: their mean, or a range from one to the other.
    SameEventConflictingCount "same_event_conflicting_count",
    /// An agreement fact about these words.
    NotInScope "not_in_scope",
    /// No date that covers these words.
    NbspDate "nbsp_date",
    /// An incident that overlaps these words.
    QuestionIsNotIncident "question_is_not_incident",
    /// No statement whose content covers these words, or one that runs on past the line.
    UnclosedQuote "unclosed_quote",
    /// A target that is these words or lies within them; with claims: where the words stand within these.
    NotTarget "not_target",
    /// A figure of killed or wounded read from within these claims, whose labels have none.
    NoNumberFromShare "no_number_from_share",
    /// A humanitarian claim, other than one asked, approved or refused, about these words.
    ObligationNotDelivery "obligation_not_delivery",
    /// An incident whose `what` overlaps these words.
    NotIncident "not_incident",
    /// An agreement fact whose `what` overlaps these words.
    NotAgreement "not_agreement",
    /// A humanitarian claim whose `what` overlaps these words.
    NotHumanitarian "not_humanitarian",
    /// A statement whose content overlaps these words.
    NotStatement "not_statement",
    /// An actor that is these words or lies within them.
    NotActor "not_actor",
    /// A party that is these words or lies within them.
    NotParty "not_party",
    /// A place that is these words or lies within them.
    NotWhere "not_where",
}

impl Rule {
    /// The rule of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.as_str() == word)
    }
}

/// One trap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// In which document.
    pub doc: String,
    /// What must not be done.
    pub rule: Rule,
    /// With which labelled claims; those of other documents count where the rule compares documents.
    pub ids: Vec<String>,
    /// With which words.
    pub texts: Vec<String>,
}

/// One document that was read.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// Its labels.
    pub gold: &'a Document,
    /// Its text.
    pub text: &'a str,
    /// What was found.
    pub found: &'a [Claim],
    /// Which found claim stands for which label.
    pub pairs: &'a [(usize, usize)],
}

/// What became of a trap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not sprung.
    Kept,
    /// Sprung, by the found claims of these ids; by a loss, when there is none.
    Sprung(Vec<String>),
    /// Its document was not read, or has not these words.
    NotTried,
}

impl Trap {
    /// Whether it was sprung in what was read.
    #[must_use]
    pub fn check(&self, read: &[Read<'_>]) -> Verdict {
        let Some(own) = read.iter().find(|read| read.gold.name == self.doc) else { return Verdict::NotTried };
        let places = self.places(own.text);
        if !self.texts.is_empty() && places.is_empty() {
            return Verdict::NotTried;
        }
        let mut sprung: Vec<String> = match self.rule {
            Rule::NbspDate => return lost(own.found, &places),
            Rule::UnclosedQuote => return unclosed(own, &places),
            Rule::SameEventConflictingCount => self.between(read),
            _ => own
                .found
                .iter()
                .filter(|claim| self.springs(claim, own, &places))
                .map(|claim| claim.id.clone())
                .collect(),
        };
        sprung.sort_unstable();
        sprung.dedup();
        if sprung.is_empty() { Verdict::Kept } else { Verdict::Sprung(sprung) }
    }

    fn springs(&self, claim: &Claim, own: &Read<'_>, places: &[Span]) -> bool {
        let at = |value: &Value| places.iter().any(|place| place.meets(value.span));
        let about = |field: &str| {
            claim.field(field).iter().any(at) || places.iter().any(|place| place.holds(claim.span))
        };
        let named = |kind: Kind, field: &str| claim.kind == kind && claim.field(field).iter().any(at);
        let is = |field: &str| claim.field(field).iter().any(|value| self.is(value, own, places));
        match self.rule {
            Rule::NoSum => claim.casualties().any(|(field, value)| self.is_sum(value, field, own, places)),
            Rule::NotCasualties => claim.casualties().any(|(_, value)| at(value)),
            Rule::NoCasualtyNumbers => claim.casualties().next().is_some(),
            Rule::ClaimedNotEstablished => {
                claim.kind == Kind::Incident
                    && claim.field("claim").is_empty()
                    && self.responsible(claim, own, places)
            }
            Rule::NotEventDate => claim.granularity.as_deref() != Some("background") && is("when"),
            Rule::NotInScope => claim.kind == Kind::Agreement && about("what"),
            Rule::QuestionIsNotIncident => {
                claim.kind == Kind::Incident && places.iter().any(|place| place.meets(claim.span))
            }
            Rule::NoNumberFromShare => self.labels(own).any(|label| {
                label.casualties().next().is_none()
                    && claim.casualties().any(|(_, value)| label.span.meets(value.span))
            }),
            Rule::ObligationNotDelivery => {
                let open = ["delivery_asked", "delivery_approved", "delivery_refused"];
                claim.kind == Kind::Humanitarian && !open.contains(&claim.sub.as_str()) && about("what")
            }
            Rule::NotIncident => named(Kind::Incident, "what"),
            Rule::NotAgreement => named(Kind::Agreement, "what"),
            Rule::NotHumanitarian => named(Kind::Humanitarian, "what"),
            Rule::NotStatement => named(Kind::Statement, "content"),
            Rule::NotTarget => is("target"),
            Rule::NotActor => is("actor"),
            Rule::NotParty => is("party"),
            Rule::NotWhere => is("where"),
            Rule::NbspDate | Rule::UnclosedQuote | Rule::SameEventConflictingCount => false,
        }
    }

    /// Whether a value is the words or lies within them; where the trap names claims, only words within those count.
    fn is(&self, value: &Value, own: &Read<'_>, places: &[Span]) -> bool {
        let counts =
            |place: &Span| self.ids.is_empty() || self.labels(own).any(|label| label.span.holds(*place));
        places.iter().filter(|place| counts(place)).any(|p| p.like(value.span) || p.holds(value.span))
    }

    /// Whether a found incident has an actor that the trap names: by its words, or in a labelled claim of responsibility.
    fn responsible(&self, claim: &Claim, own: &Read<'_>, places: &[Span]) -> bool {
        let labelled = |actor: &Value| {
            self.labels(own).flat_map(|label| label.field("claim")).any(|said| said.span.meets(actor.span))
        };
        claim.field("actor").iter().any(|actor| labelled(actor) || self.is(actor, own, places))
    }

    fn is_sum(&self, value: &Value, field: &str, own: &Read<'_>, places: &[Span]) -> bool {
        let labels: Vec<&Claim> = own
            .gold
            .claims
            .iter()
            .filter(|label| self.ids.is_empty() || self.ids.contains(&label.id))
            .collect();
        let figures: Vec<&Value> = labels.iter().flat_map(|label| label.field(field)).take(12).collect();
        let numbers: Vec<u64> = [value.value, value.min].into_iter().flatten().collect();
        let labelled =
            |n: &u64| figures.iter().any(|figure| figure.value == Some(*n) || figure.min == Some(*n));
        if numbers.iter().any(labelled) {
            return false;
        }
        let of = |figure: fn(&Value) -> Option<u64>| {
            figures.iter().filter_map(|v| figure(v)).collect::<Vec<u64>>()
        };
        [of(|v| v.value), of(|v| v.min)].iter().any(|figures| {
            if self.texts.is_empty() {
                return sums(figures).iter().any(|sum| numbers.contains(sum));
            }
            let added = places.iter().flat_map(|place| numbers_at(own, *place));
            added
                .flat_map(|n| figures.iter().map(move |f| f.saturating_add(n)))
                .any(|sum| numbers.contains(&sum))
        })
    }

    fn labels<'a>(&'a self, read: &Read<'a>) -> impl Iterator<Item = &'a Claim> + use<'a> {
        read.gold.claims.iter().filter(|claim| self.ids.contains(&claim.id))
    }

    /// Found figures that lie strictly between two rival labelled ones, or stretch from one to the other.
    fn between(&self, read: &[Read<'_>]) -> Vec<String> {
        let mut rivals: Vec<u64> = Vec::new();
        for (_, value) in read.iter().flat_map(|read| self.labels(read)).flat_map(Claim::casualties) {
            rivals.extend(value.value.or(value.min));
            rivals.extend(value.min);
        }
        let mixed = |value: &Value| {
            let whole = value.value.or(value.min).unwrap_or(0);
            rivals.iter().any(|&low| {
                rivals.iter().filter(|&&high| high > low.saturating_add(1)).any(|&high| {
                    let sum = low.saturating_add(high);
                    let mean = !rivals.contains(&whole) && (whole == sum / 2 || whole == sum.div_ceil(2));
                    mean || (value.min == Some(low) && value.max == Some(high))
                })
            })
        };
        let springs = |claim: &&Claim| claim.field("killed").iter().any(mixed);
        read.iter().flat_map(|read| read.found.iter().filter(springs)).map(|claim| claim.id.clone()).collect()
    }

    /// Where its words stand in a text.
    fn places(&self, text: &str) -> Vec<Span> {
        let plain: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let starts = Starts::of(&plain);
        let mut all = Vec::new();
        for words in &self.texts {
            let words: String = words.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
            let found = plain.match_indices(&words).filter(|(_, found)| !found.is_empty());
            all.extend(found.filter_map(|(at, found)| starts.chars(at, at.saturating_add(found.len()))));
        }
        all
    }
}

/// The numbers that stand in a place: of labelled values there, and in digits of any of three scripts.
fn numbers_at(own: &Read<'_>, place: Span) -> Vec<u64> {
    let values = own.gold.claims.iter().flat_map(Claim::values).map(|(_, value)| value);
    let here = values.filter(|value| place.holds(value.span) || place.like(value.span));
    let mut all: Vec<u64> = here.filter_map(|value| value.value.or(value.min)).collect();
    let mut run: Option<u64> = None;
    for c in own.text.chars().skip(place.start).take(place.len()).chain([' ']) {
        match (digit(c), run) {
            (Some(digit), _) => run = Some(run.unwrap_or(0).saturating_mul(10).saturating_add(digit)),
            (None, Some(number)) => {
                all.push(number);
                run = None;
            }
            (None, None) => {}
        }
    }
    all
}

fn digit(c: char) -> Option<u64> {
    let zero = match c {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return None,
    };
    Some(u64::from(u32::from(c).saturating_sub(u32::from(zero))))
}

/// Sums of two or more.
fn sums(of: &[u64]) -> Vec<u64> {
    let mut all: Vec<(u64, usize)> = vec![(0, 0)];
    for &number in of {
        let more: Vec<(u64, usize)> =
            all.iter().map(|&(sum, n)| (sum.saturating_add(number), n.saturating_add(1))).collect();
        all.extend(more);
    }
    all.into_iter().filter(|&(_, n)| n > 1).map(|(sum, _)| sum).collect()
}

/// Whether no date covers the words.
fn lost(found: &[Claim], places: &[Span]) -> Verdict {
    let dates = |place: &Span| {
        found
            .iter()
            .flat_map(Claim::values)
            .any(|(field, value)| crate::right::DATES.contains(&field) && value.span.holds(*place))
    };
    if places.iter().all(dates) { Verdict::Kept } else { Verdict::Sprung(Vec::new()) }
}

/// Whether no content covers the words, or one runs on past the end of the line that they stand in.
fn unclosed(own: &Read<'_>, places: &[Span]) -> Verdict {
    let contents = || {
        own.found
            .iter()
            .filter(|claim| claim.kind == Kind::Statement)
            .flat_map(|claim| claim.field("content").iter().map(move |content| (claim, content.span)))
    };
    let mut runs = Vec::new();
    for place in places {
        let breaks = own.text.chars().skip(place.end).position(|c| c == '\n');
        let end = breaks.map_or(usize::MAX, |after| place.end.saturating_add(after));
        // The opening mark and the word that follows need not be in it, the sentence must.
        let covers = |span: Span| span.shared(*place).saturating_mul(10) >= place.len().saturating_mul(9);
        if !contents().any(|(_, span)| covers(span)) {
            return Verdict::Sprung(Vec::new());
        }
        runs.extend(
            contents()
                .filter(|(_, span)| span.meets(*place) && span.end > end)
                .map(|(claim, _)| claim.id.clone()),
        );
    }
    if runs.is_empty() { Verdict::Kept } else { Verdict::Sprung(runs) }
}
