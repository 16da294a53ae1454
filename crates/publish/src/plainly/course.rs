//! A procedure in plain words: what it takes, who opens a case, each step with who must act by when and what silence does, its ends.
//!
//! Reads the typed form alone, in the file's order, and leaves nothing of it out: what is not said here, no case does.

use truceline_model::Text;
use truceline_model::procedure::{End, Opener, Procedure, Since, Step, Threshold, Who};

use super::{Saying, texts};
use crate::words::{Ctx, capital};

/// The sentences of a procedure.
pub(super) fn says(ctx: &Ctx<'_>, procedure: &Procedure) -> Vec<Saying> {
    let course = Course { ctx, procedure };
    let mut all = vec![course.opening()];
    let steps = procedure.steps.iter().map(|step| course.step(step)).collect();
    all.push(Saying { about: "steps", words: ctx.c.t("course.steps").to_owned(), items: steps });
    let ends = procedure.ends.iter().map(|end| course.end(end)).collect();
    all.push(Saying { about: "ends", words: ctx.c.t("course.ends").to_owned(), items: ends });
    all
}

struct Course<'c, 'v> {
    ctx: &'c Ctx<'v>,
    procedure: &'c Procedure,
}

impl Course<'_, '_> {
    fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.ctx.c.fill(key, values)
    }

    fn text(&self, text: &Text) -> String {
        self.ctx.text(&texts(text))
    }

    /// Which clauses, by whom, of itself, and how it is withdrawn.
    fn opening(&self) -> Saying {
        let c = &self.ctx.c;
        let mut items = Vec::new();
        if !self.procedure.takes.is_empty() {
            let clauses: Vec<String> =
                self.procedure.takes.iter().map(|id| crate::safe::clean(id.as_str())).collect();
            items.push(self.fill("course.takes", &[("clauses", &c.list(&clauses, "list.and"))]));
        }
        let openers: Vec<String> = match self.procedure.opened_by.is_empty() {
            true => [Opener::Parties, Opener::Public, Opener::Mission]
                .iter()
                .map(|one| self.opener(one))
                .collect(),
            false => self.procedure.opened_by.iter().map(|one| self.opener(one)).collect(),
        };
        items.push(self.fill("course.opened-by", &[("who", &c.list(&openers, "list.or"))]));
        for threshold in &self.procedure.opened_when {
            let key = match threshold {
                Threshold::Persistent => "course.persistent",
                Threshold::Unmet => "course.unmet",
            };
            items.push(c.t(key).to_owned());
        }
        if let Some(withdrawn) = &self.procedure.withdrawn {
            let who = self.people(withdrawn.by.iter());
            items
                .push(self.fill("course.withdrawn", &[("who", &who), ("then", &self.name(&withdrawn.then))]));
        }
        Saying { about: "opening", words: c.t("course.shown").to_owned(), items }
    }

    fn opener(&self, opener: &Opener) -> String {
        match opener {
            Opener::Parties => self.ctx.c.t("course.parties").to_owned(),
            Opener::Public => self.ctx.c.t("course.public").to_owned(),
            Opener::Mission => self.ctx.c.word("who", "mission"),
            Opener::Actor(actor) => self.ctx.actor(actor.as_str()),
        }
    }

    fn who(&self, who: &Who) -> String {
        let role = match who {
            Who::Actor(actor) => return self.ctx.actor(actor.as_str()),
            Who::Complainant => "complainant",
            Who::Respondent => "respondent",
            Who::Guarantor => "guarantor",
            Who::Mission => "mission",
            Who::Anybody => "anybody",
        };
        self.ctx.c.word("who", role)
    }

    fn people<'w>(&self, all: impl Iterator<Item = &'w Who>) -> String {
        let names: Vec<String> = all.map(|who| self.who(who)).collect();
        self.ctx.c.list(&names, "list.or")
    }

    /// The name of a step or an end.
    fn name(&self, id: &str) -> String {
        let step = self.procedure.step(id).map(|step| &step.name);
        let name = step.or_else(|| self.procedure.end(id).map(|end| &end.name));
        name.map_or_else(|| crate::safe::clean(id), |name| self.text(name))
    }

    fn step(&self, step: &Step) -> String {
        let c = &self.ctx.c;
        let since = match &step.since {
            Since::Opening => c.t("course.opening").to_owned(),
            Since::Step(of) => self.name(of),
        };
        let then: Vec<String> = step.then.iter().map(|id| self.name(id)).collect();
        let mut all = vec![self.fill(
            "course.step",
            &[
                ("name", &self.text(&step.name)),
                ("asks", &c.word("asks", step.asks.as_str())),
                ("who", &self.people(step.by.iter())),
                ("length", &self.ctx.length(step.within)),
                ("since", &since),
                ("then", &c.list(&then, "list.or")),
                ("silence", &self.name(&step.silence)),
            ],
        )];
        if !step.to.is_empty() {
            all.push(self.fill("course.to", &[("who", &self.people(step.to.iter()))]));
        }
        if !step.through.is_empty() {
            all.push(self.fill("course.through", &[("who", &self.people(step.through.iter()))]));
        }
        all.extend(self.conditions(step));
        capital(&all.join(" "))
    }

    /// Agreement, stepping aside, what must have been tried, more time.
    fn conditions(&self, step: &Step) -> Vec<String> {
        let c = &self.ctx.c;
        let mut all = Vec::new();
        if step.hears_each {
            all.push(c.t("course.each").to_owned());
            if step.then.len() > 1 {
                all.push(c.t("course.each-first").to_owned());
            }
        }
        if let Some(deadlock) = &step.deadlock {
            let names: Vec<String> = step.concur.iter().map(|who| self.who(who)).collect();
            let who = c.list(&names, "list.and");
            all.push(self.fill("course.concur", &[("who", &who), ("then", &self.name(deadlock))]));
        }
        if !step.recuse_when.is_empty() {
            let roles = self.people(step.recuse_when.iter());
            all.push(self.fill("course.recuse", &[("roles", &roles)]));
        }
        if !step.instead.is_empty() {
            let who = self.people(step.instead.iter());
            all.push(self.fill("course.instead", &[("who", &who)]));
        }
        if step.needs_means > 0 {
            all.push(self.fill("course.needs", &[("n", &step.needs_means.to_string())]));
        }
        if let Some(extendable) = &step.extendable {
            let names: Vec<String> = extendable.who.iter().map(|who| self.who(who)).collect();
            let (length, who) = (self.ctx.length(extendable.by), c.list(&names, "list.and"));
            all.push(self.fill("course.extendable", &[("length", &length), ("who", &who)]));
        }
        all
    }

    fn end(&self, end: &End) -> String {
        let mut all = vec![self.text(&end.name)];
        if end.excludes {
            all.push(self.ctx.c.t("course.excludes").to_owned());
        }
        if end.readmits {
            all.push(self.ctx.c.t("course.readmits").to_owned());
        }
        if let Some(to) = &end.reopens {
            all.push(self.fill("course.reopens", &[("then", &self.name(to))]));
        }
        all.join(" ")
    }
}
