//! The small words of a dossier: who, when, how long, whose words; each cleaned, isolated and marked with its language.

use std::collections::BTreeSet;

use maud::{Markup, html};
use truceline_model::{ClauseId, Doer, Dossier, Hand, IncidentId, Said, Stage, Stance, When};

use crate::page::{Column, table};
use crate::safe::{clean, html as iso, isolate, slug};
use crate::view::IncidentView;
use crate::words::Ctx;

/// One dossier being put into words.
#[derive(Clone, Copy)]
pub(super) struct Say<'s> {
    pub(super) ctx: &'s Ctx<'s>,
    pub(super) dossier: &'s Dossier,
}

impl<'s> Say<'s> {
    pub(super) fn t(&self, key: &str) -> Markup {
        self.ctx.t(key)
    }

    /// A section with its heading.
    pub(super) fn section(&self, id: &'static str, body: &Markup) -> Markup {
        let title = self.ctx.c.word("case.section", id);
        html! { section id=(format!("case-{id}")) aria-labelledby=(format!("case-{id}-title")) { h2 id=(format!("case-{id}-title")) { (title) } (body) } }
    }

    /// A table with its caption; the first column heads each row.
    pub(super) fn table<T>(&self, caption: &str, rows: &[T], columns: &[Column<'_, T>]) -> Markup {
        table(self.ctx, "case", caption, rows, columns)
    }

    /// A line of a description list.
    pub(super) fn line(&self, key: &str, body: &Markup) -> Markup {
        html! { dt { (self.ctx.c.word("case.line", key)) } dd { (body) } }
    }

    pub(super) fn doer(&self, doer: &Doer) -> String {
        match doer {
            Doer::Actor(actor) => self.ctx.actor(actor.as_str()),
            Doer::Mission => self.ctx.c.t("case.mission").to_owned(),
            Doer::Anybody => self.ctx.c.t("case.anybody").to_owned(),
        }
    }

    pub(super) fn doers(&self, all: &BTreeSet<Doer>, last: &str) -> String {
        let names: Vec<String> = all.iter().map(|doer| self.doer(doer)).collect();
        self.ctx.c.list(&names, last)
    }

    pub(super) fn actors<'a>(
        &self,
        all: impl IntoIterator<Item = &'a truceline_model::ActorId>,
        last: &str,
    ) -> String {
        let names: Vec<String> = all.into_iter().map(|id| self.ctx.actor(id.as_str())).collect();
        self.ctx.c.list(&names, last)
    }

    /// For whom, and which person or role.
    pub(super) fn hand(&self, hand: &Hand) -> Markup {
        let role = hand.role.map(|role| self.ctx.c.word("case.role", role));
        html! {
            (iso(&isolate(&self.doer(&hand.doer))))
            @if hand.person.is_some() || role.is_some() {
                br;
                span.quiet {
                    @if let Some(person) = &hand.person { bdi dir="auto" { (clean(person)) } }
                    @if let (Some(_), Some(_)) = (&hand.person, &role) { (self.t("list.comma")) }
                    @if let Some(role) = &role { (role) }
                }
            }
        }
    }

    /// A moment in the agreement's zone, or its day.
    pub(super) fn moment(&self, when: When) -> String {
        let zone = self.ctx.view.mission.zone;
        if when.is_day {
            self.ctx.c.table_date(zone, when.at)
        } else {
            self.ctx.c.table_moment(zone, when.at)
        }
    }

    pub(super) fn when(&self, when: When) -> Markup {
        let machine =
            if when.is_day { self.ctx.view.mission.zone.local_date(when.at) } else { when.at.to_string() };
        html! { time.when datetime=(machine) { (self.moment(when)) } }
    }

    /// A step or end by its name, its language marked where it is not the page's.
    pub(super) fn stage(&self, stage: &Stage) -> Markup {
        let lang = self.ctx.c.lang.code();
        let own = match lang {
            "ar" => stage.name.ar.as_deref(),
            "ru" => stage.name.ru.as_deref(),
            _ => Some(stage.name.en.as_str()),
        };
        match own.filter(|name| !name.is_empty()) {
            Some(name) => html! { (clean(name)) },
            None if stage.name.en.is_empty() => html! { code dir="ltr" { (clean(&stage.id)) } },
            None => html! { span lang="en" dir="ltr" { (clean(&stage.name.en)) } },
        }
    }

    /// An entry's number, or nothing.
    pub(super) fn entry(&self, entry: Option<u64>) -> Markup {
        html! { @if let Some(entry) = entry { bdi.receipt { (entry) } } @else { (self.t("dash")) } }
    }

    /// Words of a person as a quotation, or why there are none.
    pub(super) fn said(&self, said: &Said) -> Markup {
        match said {
            Said::Words(words) => html! { blockquote dir="auto" { (clean(words)) } },
            Said::Nothing => html! {},
            other => html! { p.quiet { (self.ctx.c.word("case.words", other.as_str())) } },
        }
    }

    /// The four answers, apart.
    pub(super) fn stance(&self, stance: &Stance) -> Markup {
        let c = &self.ctx.c;
        let who = match stance.who.is_empty() {
            true => c.t("case.not-established").to_owned(),
            false => self.actors(&stance.who, "list.or"),
        };
        html! {
            dl.facts.stance {
                (self.line("happened", &html! { (c.word("answer", stance.happened.as_str())) }))
                (self.line("who", &iso(&who)))
                (self.line("prohibited", &html! { (c.word("answer", stance.prohibited.as_str())) }))
                (self.line("gravity", &html! { @match &stance.gravity { Some(word) => bdi dir="auto" { (clean(word)) }, None => (self.t("dash")) } }))
            }
        }
    }

    /// A clause by its title.
    pub(super) fn clause(&self, id: &ClauseId) -> String {
        let known = self.ctx.view.clauses.iter().find(|clause| clause.id == id);
        known.map_or_else(|| clean(id.as_str()), |clause| self.ctx.text(&clause.title))
    }

    pub(super) fn incident(&self, id: &IncidentId) -> Option<&'s IncidentView<'s>> {
        self.ctx.view.incidents.iter().find(|one| one.incident.id == *id)
    }

    /// An incident by what, where and when; linked where this page tells of it.
    pub(super) fn incident_link(&self, id: &IncidentId) -> Markup {
        let title = match self.incident(id) {
            Some(one) => {
                let of = [self.ctx.incident_title(one.incident), self.ctx.incident_when(one.incident)];
                self.ctx.c.fill("case.incident", &[("what", &of[0]), ("when", &of[1])])
            }
            None => clean(id.as_str()),
        };
        html! {
            @if self.dossier.incidents.contains(id) && self.incident(id).is_some() {
                a href=(format!("#case-incident-{}", slug(id.as_str()))) { (iso(&title)) }
            } @else { (iso(&isolate(&title))) }
        }
    }

    /// Numbers of cases.
    pub(super) fn cases(&self, all: &BTreeSet<u64>) -> String {
        if all.is_empty() {
            return self.ctx.c.t("dash").to_owned();
        }
        let names: Vec<String> = all.iter().map(|case| format!("c{case}")).collect();
        self.ctx.c.list(&names, "list.and")
    }
}
