//! A clause in plain words, composed from what it says to the machine: whom it binds, when, where, what, under which conditions,
//! with which exceptions in their order, and what differs by reading.
//!
//! Reads the typed form only; never the author's `says`, which a test can then hold against it, and never the judge.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use truceline_model::{ClauseId, Fact, Instant, Interval, ReadingId};
use truceline_record::CanonicalError;
use truceline_terms::{
    Account, Clause, ClauseKind, Condition, Counted, Effect, Exception, InForce, Rule, Terms, Under,
};

use crate::findings::text as canonical;
use crate::lang::Lang;
use crate::links::Links;
use crate::view::{Texts, View};
use crate::words::{Ctx, capital};

mod conditions;
mod course;

/// One sentence about a clause, with the items of its list, if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// What it is about: `binds`, `in-force`, `applies`, `acts`, `objects`, `outside`, `only-when`, `exceptions`, `reading`; of a procedure
    /// `opening`, `steps`, `ends`.
    pub about: &'static str,
    words: String,
    items: Vec<String>,
}

/// A clause in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseWords {
    /// The clause.
    pub clause: ClauseId,
    /// The language.
    pub lang: Lang,
    title: String,
    /// What it says, in the order in which people ask.
    pub says: Vec<Saying>,
}

/// A clause of the terms in plain words; `None` when there is no such clause. Names come from the view.
#[must_use]
pub fn clause_words(view: &View<'_>, terms: &Terms, clause: &ClauseId, lang: Lang) -> Option<ClauseWords> {
    let clause = terms.clause(clause)?;
    let ctx = Ctx::new(view, lang, Links::Static);
    let plain = Plain { ctx: &ctx, terms, clause };
    let title = [
        ("clause", ctx.text(&texts(&clause.name))),
        ("kind", ctx.c.word("clause-kind", clause.kind.as_str())),
    ];
    let title = ctx.c.fill("plain.title", &title.each_ref().map(|(key, value)| (*key, value.as_str())));
    Some(ClauseWords { clause: clause.id.clone(), lang, title, says: plain.says() })
}

/// One condition of the terms in words, as a part of a sentence.
#[must_use]
pub fn condition_words(view: &View<'_>, condition: &Condition, lang: Lang) -> String {
    let ctx = Ctx::new(view, lang, Links::Static);
    let words = conditions::words(&ctx, condition);
    ctx.c.plain(&words)
}

impl ClauseWords {
    /// As text: a sentence a line, items of lists below.
    #[must_use]
    pub fn text(&self) -> String {
        let c = crate::lang::Catalogue::of(self.lang);
        let mut out = format!("{}\n", self.title);
        for one in &self.says {
            out.push_str(&format!("  {}\n", one.words));
            one.items.iter().for_each(|item| out.push_str(&format!("    – {item}\n")));
        }
        c.plain(&out)
    }

    /// Every sentence and item, one a line, as text.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let c = crate::lang::Catalogue::of(self.lang);
        let each = self.says.iter().flat_map(|one| match one.items.is_empty() {
            true => vec![one.words.clone()],
            false => one.items.iter().map(|item| format!("{} {item}", one.words)).collect(),
        });
        std::iter::once(self.title.clone()).chain(each).map(|line| c.plain(&line)).collect()
    }

    /// As canonical JSON, on one line without its end.
    ///
    /// # Errors
    /// None in practice: all values are texts.
    pub fn json(&self) -> Result<String, CanonicalError> {
        let c = crate::lang::Catalogue::of(self.lang);
        let says: Vec<_> = self
            .says
            .iter()
            .map(|one| {
                let items: Vec<String> = one.items.iter().map(|item| c.plain(item)).collect();
                json!({ "about": one.about, "words": c.plain(&one.words), "items": items })
            })
            .collect();
        let (clause, lang) = (self.clause.as_str(), self.lang.code());
        canonical(&json!({ "clause": clause, "lang": lang, "title": c.plain(&self.title), "says": says }))
    }
}

fn texts(text: &truceline_terms::Text) -> Texts {
    let mut all: Texts = [("en".to_owned(), text.en.clone())].into();
    all.extend(text.ar.iter().map(|ar| ("ar".to_owned(), ar.clone())));
    all.extend(text.ru.iter().map(|ru| ("ru".to_owned(), ru.clone())));
    all
}

struct Plain<'p, 'v> {
    ctx: &'p Ctx<'v>,
    terms: &'p Terms,
    clause: &'p Clause,
}

impl Plain<'_, '_> {
    fn says(&self) -> Vec<Saying> {
        let Some(rule) = &self.clause.rule else {
            let key = match (&self.clause.procedure, self.clause.kind) {
                (Some(_), _) => "plain.course",
                (None, ClauseKind::Procedure) => "plain.procedure",
                (None, _) => "plain.duty",
            };
            let mut all = vec![self.one("shown", self.ctx.c.t(key))];
            all.extend(self.clause.says.as_ref().map(|says| self.one("shown", &self.ctx.text(&texts(says)))));
            all.extend(self.clause.procedure.iter().flat_map(|one| course::says(self.ctx, one)));
            return all;
        };
        let mut all = vec![self.acts(rule)];
        all.extend(self.binds(rule));
        all.push(self.in_force());
        all.push(self.applies(rule));
        all.extend(self.objects(rule));
        all.extend(self.outside(rule));
        all.extend(self.only_when(rule));
        all.extend(self.exceptions(rule));
        all.extend(self.readings(rule));
        all
    }

    fn one(&self, about: &'static str, words: &str) -> Saying {
        Saying { about, words: capital(words), items: Vec::new() }
    }

    fn fill(&self, key: &str, values: &[(&str, String)]) -> String {
        let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        self.ctx.c.fill(key, &values)
    }

    fn people<'a>(&self, ids: impl IntoIterator<Item = &'a truceline_model::ActorId>) -> String {
        let names: Vec<String> = ids.into_iter().map(|id| self.ctx.actor(id.as_str())).collect();
        self.ctx.c.list(&names, "list.or")
    }

    /// What it forbids, permits or requires.
    fn acts(&self, rule: &Rule) -> Saying {
        let c = &self.ctx.c;
        if let Some(required) = &rule.required {
            let acts: Vec<String> = required.acts.iter().map(|act| c.word("act", act.as_str())).collect();
            let mut said = vec![("acts", c.list(&acts, "list.and"))];
            said.extend(required.by.map(|by| ("when", self.ctx.moment(by))));
            let key = if required.each_day { "plain.requires-each-day" } else { "plain.requires-by" };
            let mut one = self.one("acts", &self.fill(key, &said));
            one.items = required.counting.iter().map(|counted| capital(&self.counted(counted))).collect();
            return one;
        }
        let acts: Vec<String> = rule.acts.iter().map(|act| c.word("act", act.as_str())).collect();
        let permits = self.clause.kind == ClauseKind::Permits;
        let list = c.list(&acts, if permits { "list.or" } else { "list.and" });
        let verb = if permits { "permits" } else { "forbids" };
        let words = match &rule.weapons {
            None => c.fill(&format!("plain.{verb}-any"), &[("acts", &list)]),
            Some(weapons) => {
                let names: Vec<String> = weapons.iter().map(|w| c.word("weapon", w.as_str())).collect();
                c.fill(
                    &format!("plain.{verb}-with"),
                    &[("acts", &list), ("weapons", &c.list(&names, "list.or"))],
                )
            }
        };
        let mut one = self.one("acts", &words);
        if let Some(systems) = &rule.systems {
            let names: Vec<String> = systems.iter().map(|s| crate::safe::clean(s.as_str())).collect();
            one.items.push(c.fill("plain.systems", &[("systems", &c.list(&names, "list.or"))]));
        }
        one
    }

    fn counted(&self, counted: &Counted) -> String {
        conditions::counted(self.ctx, counted, false)
    }

    fn binds(&self, rule: &Rule) -> Vec<Saying> {
        let key = if rule.accepted { "plain.binds-accepted" } else { "plain.binds" };
        let mut all = vec![self.one("binds", &self.fill(key, &[("who", self.people(&rule.binds))]))];
        if rule.affiliates {
            all.push(self.one("binds", self.ctx.c.t("plain.affiliates")));
        }
        if !rule.provided.is_empty() {
            let who = self.people(&rule.provided);
            all.push(self.one("binds", &self.fill("plain.provided", &[("who", who)])));
        }
        all
    }

    fn in_force(&self) -> Saying {
        let c = &self.ctx.c;
        if let Some(calm) = self.terms.calm(self.clause.id.as_str()) {
            let words = self.fill("plain.calm", &[("area", self.ctx.area(&calm.area))]);
            return Saying { items: self.accounts(&calm.steps), ..self.one("in-force", &words) };
        }
        if !self.clause.phases.is_empty() {
            let phases = self.clause.phases.iter().map(|id| self.phase(id)).collect();
            return Saying { items: phases, ..self.one("in-force", c.t("plain.phases")) };
        }
        if let Some(window) = &self.clause.window {
            return self.one("in-force", &self.window(window));
        }
        if !self.terms.chain.is_empty() {
            let items = self.accounts(&self.terms.chain);
            return Saying { items, ..self.one("in-force", c.t("plain.chain")) };
        }
        match self.terms.in_force.last() {
            Some(window) => self.one("in-force", &self.window(window)),
            None => self.one("in-force", c.t("plain.never")),
        }
    }

    fn window(&self, entry: &InForce) -> String {
        let (from, until) = (entry.window.start(), entry.window.end());
        let said = [("from", self.ctx.moment(from)), ("until", self.ctx.moment(until))];
        match (from > Instant::FAR_PAST, until < Instant::FAR_FUTURE) {
            (true, false) => self.fill("plain.from", &said[..1]),
            (false, true) => self.fill("plain.until", &said[1..]),
            (true, true) => self.fill("plain.window", &said),
            (false, false) => self.ctx.c.t("plain.always").to_owned(),
        }
    }

    fn phase(&self, id: &truceline_model::PhaseId) -> String {
        let Some(phase) = self.terms.phases.iter().rfind(|phase| phase.id == *id) else {
            return crate::safe::clean(id.as_str());
        };
        let name = self.ctx.text(&texts(&phase.name));
        match phase.window {
            Some(window) => self.fill("plain.phase", &[("name", name), ("window", self.interval(window))]),
            None => self.fill("plain.phase-open", &[("name", name)]),
        }
    }

    fn interval(&self, window: Interval) -> String {
        self.ctx.condition(&match window.end() == Instant::FAR_FUTURE {
            true => format!("{}/", window.start()),
            false => format!("{}/{}", window.start(), window.end()),
        })
    }

    /// Steps with their accounts, numbered; rival accounts of one step side by side.
    fn accounts(&self, steps: &[Vec<Account>]) -> Vec<String> {
        let c = &self.ctx.c;
        let mut all = Vec::new();
        for (accounts, n) in steps.iter().zip(1_u32..) {
            let each: Vec<String> = accounts
                .iter()
                .map(|account| {
                    let step = c.word("calm.step", &account.step.step);
                    let window = match account.effect {
                        Effect::Nothing => step,
                        _ => self.fill(
                            "said.window",
                            &[("step", step), ("window", self.interval(account.step.window))],
                        ),
                    };
                    let who = self.ctx.sources(&account.step.sources);
                    if who.is_empty() {
                        window
                    } else {
                        self.fill("said.says", &[("value", window), ("who", who)])
                    }
                })
                .collect();
            all.push(
                self.fill(
                    "plain.step",
                    &[("n", n.to_string()), ("accounts", each.join(c.t("list.semicolon")))],
                ),
            );
        }
        all
    }

    fn applies(&self, rule: &Rule) -> Saying {
        match rule.applies.as_slice() {
            [] => self.one("applies", self.ctx.c.t("plain.everywhere")),
            [only] if only.under.is_empty() => {
                let place = conditions::words(self.ctx, &only.at);
                self.one("applies", &self.fill("plain.applies-if", &[("if", place)]))
            }
            many => {
                let items = many
                    .iter()
                    .map(|one| self.under(&one.under, capital(&conditions::words(self.ctx, &one.at))));
                Saying { items: items.collect(), ..self.one("applies", self.ctx.c.t("plain.applies")) }
            }
        }
    }

    /// The sentence, with the position under which alone it is said.
    fn under(&self, under: &[Under], words: String) -> String {
        if under.is_empty() {
            return words;
        }
        let positions: Vec<String> = under
            .iter()
            .map(|one| self.ctx.position_part(one.matter.as_str(), one.position.as_str()))
            .collect();
        self.fill("plain.under", &[("position", self.ctx.c.list(&positions, "list.and")), ("what", words)])
    }

    fn joined(&self, conditions: &[Condition], last: &str) -> String {
        let all: Vec<String> = conditions.iter().map(|one| conditions::words(self.ctx, one)).collect();
        self.ctx.c.list(&all, last)
    }

    fn objects(&self, rule: &Rule) -> Option<Saying> {
        let items: Vec<String> = rule
            .objects
            .iter()
            .map(|object| {
                let any = self.joined(&object.any_of, "list.or");
                let words = match &object.by {
                    None => any,
                    Some(side) => {
                        let by = self.fill("if.actor", &[("value", self.ctx.actor(side.as_str()))]);
                        self.ctx.c.list(&[by, any], "list.and")
                    }
                };
                self.under(&object.under, capital(&words))
            })
            .collect();
        (!items.is_empty()).then(|| Saying { items, ..self.one("objects", self.ctx.c.t("plain.objects")) })
    }

    fn outside(&self, rule: &Rule) -> Vec<Saying> {
        let one = |outside: &truceline_terms::Outside| {
            let words = self.fill("plain.outside", &[("if", self.joined(&outside.all_of, "list.and"))]);
            self.one("outside", &self.under(&outside.under, capital(&words)))
        };
        rule.outside.iter().map(one).collect()
    }

    fn only_when(&self, rule: &Rule) -> Vec<Saying> {
        let groups = rule.when.iter().filter(|group| !of_duty(rule, group));
        let one = |group: &Vec<Condition>| {
            let words = self.fill("plain.only-when", &[("if", self.joined(group, "list.or"))]);
            self.one("only-when", &words)
        };
        groups.map(one).collect()
    }

    fn exceptions(&self, rule: &Rule) -> Vec<Saying> {
        if self.clause.kind == ClauseKind::Permits {
            // The measure of a permission: within it, not prohibited; beyond it, prohibited.
            let one = |measure: &Exception| {
                let within = self.joined(&measure.all_of, "list.and");
                self.one("exceptions", &self.fill("plain.so-far-as", &[("if", within)]))
            };
            return rule.exceptions.iter().map(one).collect();
        }
        let items: Vec<String> = rule
            .exceptions
            .iter()
            .map(|exception| {
                let said = [
                    ("if", self.joined(&exception.all_of, "list.and")),
                    ("then", self.ctx.c.word("then", exception.gives.as_str())),
                ];
                let words = capital(&self.fill("suppose.if", &said));
                let name = self.ctx.phrase_text(&exception.name);
                let words = self.fill("plain.exception", &[("name", name), ("what", words)]);
                self.under(&exception.under, words)
            })
            .collect();
        if items.is_empty() {
            return vec![self.one("exceptions", self.ctx.c.t("plain.no-exceptions"))];
        }
        vec![Saying { items, ..self.one("exceptions", self.ctx.c.t("plain.exceptions")) }]
    }

    /// Readings by the positions that they take on what this clause turns on.
    fn readings(&self, rule: &Rule) -> Option<Saying> {
        let unders =
            rule.applies.iter().map(|one| &one.under).chain(rule.outside.iter().map(|one| &one.under));
        let unders = unders
            .chain(rule.objects.iter().map(|one| &one.under))
            .chain(rule.exceptions.iter().map(|one| &one.under));
        let matters: BTreeSet<_> = unders.flatten().map(|one| &one.matter).collect();
        if matters.is_empty() {
            let key = if self.terms.readings.len() > 1 { "plain.readings-agree" } else { return None };
            return Some(self.one("reading", self.ctx.c.t(key)));
        }
        let mut by: BTreeMap<Vec<String>, Vec<&ReadingId>> = BTreeMap::new();
        for reading in &self.terms.readings {
            let takes = matters.iter().filter_map(|matter| {
                let position = reading.takes.get(*matter)?;
                let question = self.ctx.fact(&Fact::Matter((*matter).clone()));
                let says = self.ctx.position_part(matter.as_str(), position.as_str());
                Some(self.fill("plain.takes", &[("question", question), ("position", says)]))
            });
            by.entry(takes.collect()).or_default().push(&reading.id);
        }
        let items = by.into_iter().map(|(takes, readings)| {
            let names: Vec<String> = readings.into_iter().map(|id| self.ctx.reading(id)).collect();
            let said = [
                ("readings", self.ctx.c.list(&names, "list.and")),
                ("takes", takes.join(self.ctx.c.t("list.semicolon"))),
            ];
            self.fill("plain.reading", &said)
        });
        Some(Saying { items: items.collect(), ..self.one("reading", self.ctx.c.t("plain.readings")) })
    }
}

/// Whether a group of conditions only says to the judge what the duty itself says to people.
fn of_duty(rule: &Rule, group: &[Condition]) -> bool {
    let Some(required) = &rule.required else { return false };
    let failures: BTreeSet<_> = required.acts.iter().filter_map(|act| act.failure()).collect();
    group.iter().all(|condition| match condition {
        Condition::From(at) => Some(*at) == required.by,
        Condition::Act(acts) => acts.is_subset(&failures),
        Condition::WholeDay => true,
        Condition::Counted(counted) => required.counting.iter().any(|one| one.measure == counted.measure),
        Condition::Not(inner) => matches!(&**inner, Condition::Counted(c) if required.counting.contains(c)),
        _ => false,
    })
}
