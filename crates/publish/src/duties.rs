//! The ledger of duties as a page, and in short as a section of the bulletin: what was due of whom and when, what each origin reports of it, what
//! is overdue, what cannot be told; aid on its way, stage by stage.
//!
//! Prints what casework made of the record and adds nothing up: counts of origins stand side by side, a day that nobody reported is no zero,
//! and nothing here is called more than not done as the clause requires. Opens no case; says which may be opened, or was.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use truceline_model::{
    ActorId, Bounds, ClauseId, DeliveryStage, Due, DueAt, Fact, Instant, Interval, MeasureId, Place,
    ReceiptNo, SourceId,
};

use crate::lang::Lang;
use crate::links::Links;
use crate::page::{as_of, badge, page, table};
use crate::safe::{clean, html as iso, isolate, slug};
use crate::view::View;
use crate::words::{Ctx, capital};

/// The ledger of duties as of the view's moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DutiesView {
    /// What is due, clause by clause, side by side, in time.
    pub duties: Vec<DutyView>,
    /// Earlier days of quotas that are not told because there are too many.
    pub days_left_out: usize,
    /// Aid on its way, in the order in which it was first spoken of.
    pub aid: Vec<AidView>,
    /// What the terms open a case for.
    pub chances: Vec<ChanceView>,
}

/// One thing that is due and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyView {
    /// What is due, of whom, when.
    pub due: Due,
    /// `not-yet-due`, `met`, `late`, `short`, `cannot-be-told`.
    pub state: &'static str,
    /// Why it cannot be told: `nobody-reported`, `leaves-open`, `disputed`.
    pub untold: Option<&'static str>,
    /// What each origin says.
    pub accounts: BTreeMap<SourceId, AccountView>,
    /// Who says that they were watching then.
    pub watched_by: BTreeSet<SourceId>,
}

/// What one origin says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// How it stands by this origin alone; `None`: it leaves that open.
    pub state: Option<&'static str>,
    /// Its reports.
    pub said: Vec<SaidView>,
}

/// One report of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidView {
    /// The report.
    pub receipt: ReceiptNo,
    /// Of which time it speaks.
    pub when: Option<Interval>,
    /// It says that it was left undone.
    pub is_undone: bool,
    /// What it counts.
    pub amounts: BTreeMap<MeasureId, Bounds>,
    /// It is about this duty; otherwise it may be.
    pub is_about: bool,
}

/// One convoy, or one delivery that no source names as part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AidView {
    /// Its name or number.
    pub convoy: Option<String>,
    /// Origins count differently.
    pub is_disputed: bool,
    /// What is said of each stage.
    pub stages: BTreeMap<DeliveryStage, Vec<StageView>>,
}

/// What one origin says of one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageView {
    /// Whose account it is.
    pub origin: SourceId,
    /// The report.
    pub receipt: ReceiptNo,
    /// When it was so.
    pub when: Option<Interval>,
    /// When that became known (UTC).
    pub known: Instant,
    /// What.
    pub item: String,
    /// How much, in the source's words.
    pub quantity: Option<String>,
    /// Who did it.
    pub actors: BTreeSet<ActorId>,
    /// What was counted.
    pub amounts: BTreeMap<MeasureId, Bounds>,
    /// Where to.
    pub place: Option<Place>,
}

/// A duty not met, for which a procedure of the terms opens a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChanceView {
    /// The procedure.
    pub procedure: ClauseId,
    /// The clause.
    pub clause: ClauseId,
    /// Whose duty it is.
    pub respondent: ActorId,
    /// Since when it is unmet (UTC).
    pub since: Instant,
    /// It was done later.
    pub is_made_good: bool,
    /// The case that was opened for it, where one was and this reader may know of it.
    pub case: Option<u64>,
}

/// States in the order of the columns.
const STATES: [&str; 5] = ["short", "late", "cannot-be-told", "not-yet-due", "met"];

/// Stages in the order of a convoy's way; how it ended otherwise comes last.
const STAGES: [DeliveryStage; 7] = [
    DeliveryStage::Asked,
    DeliveryStage::Approved,
    DeliveryStage::Begun,
    DeliveryStage::ItemsRemoved,
    DeliveryStage::Reached,
    DeliveryStage::Refused,
    DeliveryStage::TurnedBack,
];

/// The file that holds the ledger: `duties.html` for English, `duties.ar.html`, `duties.ru.html`.
#[must_use]
pub fn duties_file_name(lang: Lang) -> String {
    if lang == Lang::En { "duties.html".into() } else { format!("duties.{}.html", lang.code()) }
}

/// The ledger as one page. [`Links::Static`]: a file that stands alone; [`Links::Served`]: a server's `/duties`.
#[must_use]
pub fn duties_page(view: &View<'_>, lang: Lang, links: Links) -> String {
    let ctx = Ctx::new(view, lang, links);
    let here = |at, lang| match links {
        Links::Static => duties_file_name(lang),
        Links::Served => format!("/duties{}", links.bulletin(at, lang).trim_start_matches('/')),
    };
    let duties = &view.duties;
    let body = html! {
        section.single aria-labelledby="duties-title" {
            h1 #duties-title { (ctx.t("duties.title")) }
            p.lead { (ctx.t("duties.lead")) }
            (as_of(&ctx, &here))
            (summary(&ctx))
            (overdue(&ctx))
            @for group in groups(duties) { (one_group(&ctx, group)) }
            @if duties.days_left_out > 0 { p.quiet { (iso(&ctx.c.count("duties.left-out", duties.days_left_out as u64, &[]))) } }
            (aid(&ctx))
        }
    };
    match links {
        Links::Static => crate::page::document(&ctx, ctx.c.t("duties.title"), &here, &body),
        Links::Served => page(&ctx, ctx.c.t("duties.title"), &here, &body),
    }
}

/// The section of the bulletin: how duties stand in figures, what is overdue, and aid on its way; nothing where the terms require nothing and no
/// aid was spoken of.
pub(crate) fn section(ctx: &Ctx<'_>) -> Markup {
    let duties = &ctx.view.duties;
    html! {
        @if !duties.duties.is_empty() || !duties.aid.is_empty() {
            section #duties aria-labelledby="duties-title" {
                h2 #duties-title {
                    @if ctx.links == Links::Served {
                        a href=(format!("/duties{}", ctx.links.bulletin(ctx.view.as_of, ctx.c.lang).trim_start_matches('/'))) { (ctx.t("duties.title")) }
                    } @else { (ctx.t("duties.title")) }
                }
                p { (ctx.t("duties.lead")) }
                (summary(ctx))
                (overdue(ctx))
                (aid(ctx))
            }
        }
    }
}

/// Duties of one clause and one side together.
fn groups(duties: &DutiesView) -> impl Iterator<Item = &[DutyView]> {
    duties.duties.chunk_by(|a, b| (&a.due.clause, &a.due.respondent) == (&b.due.clause, &b.due.respondent))
}

fn clause(ctx: &Ctx<'_>, id: &ClauseId) -> String {
    let known = ctx.view.clauses.iter().find(|one| one.id == id);
    known.map_or_else(|| clean(id.as_str()), |one| ctx.text(&one.title))
}

/// What is asked: the acts, and how many.
fn asked(ctx: &Ctx<'_>, due: &Due) -> String {
    let acts: Vec<String> = due.acts.iter().map(|act| ctx.c.word("act", act.as_str())).collect();
    let counts: Vec<String> = due.counting.iter().map(|one| ctx.counted(&one.to_string())).collect();
    let mut all = vec![ctx.c.list(&acts, "list.or")];
    if !counts.is_empty() {
        all.push(ctx.c.list(&counts, "list.and"));
    }
    all.join(ctx.c.t("list.semicolon"))
}

fn at(ctx: &Ctx<'_>, at: DueAt) -> String {
    match at {
        DueAt::By(by) => ctx.c.fill("duties.by", &[("when", &ctx.moment(by))]),
        DueAt::Day(day) => ctx.date(day.start()),
    }
}

/// A row for each clause and side, a column for each state.
fn summary(ctx: &Ctx<'_>) -> Markup {
    let all: Vec<&[DutyView]> = groups(&ctx.view.duties).collect();
    if all.is_empty() {
        return html! { p { (ctx.t("duties.none")) } };
    }
    let first =
        |group: &&[DutyView], of: &dyn Fn(&DutyView) -> String| group.first().map(of).unwrap_or_default();
    let title = |group: &&[DutyView]| {
        let name = first(group, &|duty| clause(ctx, &duty.due.clause));
        html! { (iso(&isolate(&name))) }
    };
    let whose =
        |group: &&[DutyView]| iso(&first(group, &|duty| isolate(&ctx.actor(duty.due.respondent.as_str()))));
    let asks = |group: &&[DutyView]| iso(&first(group, &|duty| asked(ctx, &duty.due)));
    let count = |state: &'static str| {
        move |group: &&[DutyView]| {
            let n = group.iter().filter(|duty| duty.state == state).count();
            html! { @if n > 0 { strong { (n) } } @else { (n) } }
        }
    };
    let [short, late, untold, waiting, met] = STATES.map(count);
    let next = |group: &&[DutyView]| {
        let next = group.iter().find(|duty| duty.state == "not-yet-due");
        html! { @match next { Some(duty) => (iso(&at(ctx, duty.due.at))), None => (ctx.t("dash")) } }
    };
    table(
        ctx,
        "duties",
        ctx.c.t("duties.summary"),
        &all,
        &[
            ("clause", &title),
            ("whose", &whose),
            ("asks", &asks),
            ("short", &short),
            ("late", &late),
            ("cannot-be-told", &untold),
            ("not-yet-due", &waiting),
            ("met", &met),
            ("next", &next),
        ],
    )
}

/// What is short when its time has passed, and what the terms open a case for.
fn overdue(ctx: &Ctx<'_>) -> Markup {
    let short: Vec<&DutyView> = ctx.view.duties.duties.iter().filter(|duty| duty.state == "short").collect();
    let chances = &ctx.view.duties.chances;
    let whose = |duty: &&DutyView| iso(&isolate(&ctx.actor(duty.due.respondent.as_str())));
    let case = |one: &ChanceView| match one.case {
        Some(case) => html! { bdi { "c" (case) } },
        None => html! { (ctx.t("duties.may-be-opened")) },
    };
    html! {
        @if !short.is_empty() {
            (table(ctx, "duties", ctx.c.t("duties.overdue"), &short, &[
                ("when", &|duty: &&DutyView| iso(&at(ctx, duty.due.at))),
                ("clause", &|duty: &&DutyView| iso(&isolate(&clause(ctx, &duty.due.clause)))),
                ("whose", &whose),
                ("asks", &|duty: &&DutyView| iso(&asked(ctx, &duty.due))),
                ("said-by", &|duty: &&DutyView| accounts(ctx, duty)),
            ]))
        }
        @if !chances.is_empty() {
            (table(ctx, "duties", ctx.c.t("duties.cases"), chances, &[
                ("since", &|one: &ChanceView| html! { (iso(&ctx.moment(one.since))) @if one.is_made_good { br; (ctx.t("duties.made-good")) } }),
                ("clause", &|one: &ChanceView| iso(&isolate(&clause(ctx, &one.clause)))),
                ("whose", &|one: &ChanceView| iso(&isolate(&ctx.actor(one.respondent.as_str())))),
                ("procedure", &|one: &ChanceView| iso(&isolate(&clause(ctx, &one.procedure)))),
                ("case", &case),
            ]))
        }
    }
}

/// One clause for one side: every time at which something is due.
fn one_group(ctx: &Ctx<'_>, group: &[DutyView]) -> Markup {
    let Some(first) = group.first() else { return html! {} };
    let id = format!("duty-{}-{}", slug(first.due.clause.as_str()), slug(first.due.respondent.as_str()));
    let said = [
        ("clause", clause(ctx, &first.due.clause)),
        ("who", ctx.actor(first.due.respondent.as_str())),
        ("asks", asked(ctx, &first.due)),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    // Days of which nobody reported, one after another, are one row: silence need not be read nine hundred times.
    let runs: Vec<&[DutyView]> =
        group.chunk_by(|a, b| is_silent(a) && is_silent(b) && a.watched_by == b.watched_by).collect();
    let when = |run: &&[DutyView]| match (run.first(), run.last()) {
        (Some(from), Some(to)) if run.len() > 1 => {
            let said = [("from", at(ctx, from.due.at)), ("to", at(ctx, to.due.at))];
            let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
            iso(&ctx.c.count("duties.days", run.len() as u64, &said))
        }
        (Some(one), _) => iso(&at(ctx, one.due.at)),
        _ => html! {},
    };
    let stands = |run: &&[DutyView]| run.first().map_or_else(|| html! {}, |duty| state(ctx, duty));
    let told = |run: &&[DutyView]| run.first().map_or_else(|| html! {}, |duty| accounts(ctx, duty));
    let undone = |run: &&[DutyView]| run.first().map_or_else(|| html! {}, |duty| left_undone(ctx, duty));
    html! {
        section id=(id) aria-labelledby=(format!("{id}-title")) {
            h2 id=(format!("{id}-title")) { (iso(&ctx.c.fill("duties.heading", &said))) }
            p { (iso(&ctx.c.fill("duties.asks", &said))) }
            (table(ctx, "duties", ctx.c.t("duties.times"), &runs, &[
                ("when", &when), ("stands", &stands), ("said-by", &told), ("undone", &undone),
            ]))
        }
    }
}

fn is_silent(duty: &DutyView) -> bool {
    duty.untold == Some("nobody-reported") && matches!(duty.due.at, DueAt::Day(_))
}

fn state(ctx: &Ctx<'_>, duty: &DutyView) -> Markup {
    html! {
        (badge("duty", duty.state, &ctx.c.word("duties.state", duty.state)))
        @if let Some(why) = duty.untold { br; span.quiet { (ctx.c.word("duties.untold", why)) } }
        @if !duty.watched_by.is_empty() {
            br; span.quiet { (iso(&ctx.c.fill("duties.watched", &[("who", &ctx.sources(&duty.watched_by))]))) }
        }
    }
}

/// What each origin says, side by side.
fn accounts(ctx: &Ctx<'_>, duty: &DutyView) -> Markup {
    if duty.accounts.is_empty() {
        return ctx.t("dash");
    }
    html! {
        ul.plain { @for (origin, account) in &duty.accounts { li {
            (iso(&isolate(&ctx.source(origin)))) ": "
            (ctx.c.word("duties.state", account.state.unwrap_or("leaves-open")))
            ul { @for said in &account.said { li { (iso(&report(ctx, said))) } } }
        } } }
    }
}

fn report(ctx: &Ctx<'_>, said: &SaidView) -> String {
    let mut all =
        vec![ctx.c.t(if said.is_undone { "duties.says-undone" } else { "duties.says-done" }).to_owned()];
    all.extend(counts(ctx, &said.amounts));
    all.push(said.when.map_or_else(|| ctx.c.t("duties.no-time").to_owned(), |when| ctx.interval(when)));
    if !said.is_about {
        all.push(ctx.c.t("duties.perhaps").to_owned());
    }
    all.push(isolate(&said.receipt.to_string()));
    all.join(ctx.c.t("list.comma"))
}

fn counts<'a>(
    ctx: &'a Ctx<'_>,
    amounts: &'a BTreeMap<MeasureId, Bounds>,
) -> impl Iterator<Item = String> + 'a {
    amounts.iter().map(|(measure, bounds)| format!("{} {}", ctx.c.bounds(*bounds), ctx.measure(measure)))
}

/// What the terms say of leaving it undone, by reading, and what that turns on.
fn left_undone(ctx: &Ctx<'_>, duty: &DutyView) -> Markup {
    let outcomes: BTreeSet<&'static str> = duty.due.undone.values().map(|one| one.now.as_str()).collect();
    let same = outcomes.first().filter(|_| outcomes.len() == 1);
    html! {
        @if let Some(outcome) = same {
            (badge("outcome", outcome, &ctx.c.word("outcome", outcome)))
        } @else {
            ul.plain { @for (reading, one) in &duty.due.undone { li {
                (iso(&isolate(&ctx.reading(reading)))) ": " (ctx.outcome(one.now))
            } } }
        }
        @if !duty.due.turns_on.is_empty() {
            br; span.quiet { (iso(&ctx.c.fill("duties.turns-on", &[("facts", &facts(ctx, duty))]))) }
        }
    }
}

fn facts(ctx: &Ctx<'_>, duty: &DutyView) -> String {
    let one = |key: &String| Fact::from_key(key).map_or_else(|| clean(key), |fact| ctx.fact(&fact));
    let all: Vec<String> = duty.due.turns_on.iter().map(one).collect();
    ctx.c.list(&all, "list.and")
}

/// A row for each convoy, a column for each stage that anybody speaks of.
fn aid(ctx: &Ctx<'_>) -> Markup {
    let all = &ctx.view.duties.aid;
    if all.is_empty() {
        return html! {};
    }
    let told: Vec<DeliveryStage> =
        STAGES.into_iter().filter(|stage| all.iter().any(|one| one.stages.contains_key(stage))).collect();
    let caption = ctx.c.t("duties.aid");
    html! {
        div.scroll role="region" tabindex="0" aria-label=(ctx.c.plain(caption)) {
            table {
                caption { (iso(caption)) }
                thead { tr {
                    th scope="col" { (ctx.c.word("duties.column", "convoy")) }
                    @for stage in &told { th scope="col" { (capital(&ctx.c.word("reached", stage.as_str()))) } }
                } }
                tbody { @for one in all { tr {
                    th scope="row" {
                        @match &one.convoy { Some(name) => bdi dir="auto" { (clean(name)) }, None => (ctx.t("duties.no-convoy")) }
                        @if one.is_disputed { br; span.quiet { (ctx.t("duties.disputed")) } }
                    }
                    @for stage in &told { td { (passage(ctx, one.stages.get(stage))) } }
                } } }
            }
        }
        p.quiet { (ctx.t("duties.aid-note")) }
    }
}

fn passage(ctx: &Ctx<'_>, said: Option<&Vec<StageView>>) -> Markup {
    let Some(said) = said else { return ctx.t("dash") };
    html! {
        ul.plain { @for one in said { li {
            (iso(&one.when.map_or_else(|| ctx.c.fill("duties.known", &[("when", &ctx.known(one.known))]), |when| ctx.interval(when))))
            br; bdi dir="auto" { (clean(&one.item)) }
            @if let Some(quantity) = &one.quantity { " " bdi dir="auto" { (clean(quantity)) } }
            @for count in counts(ctx, &one.amounts) { br; (iso(&count)) }
            @for actor in &one.actors { br; (iso(&isolate(&ctx.actor(actor.as_str())))) }
            @if let Some(place) = &one.place { br; (iso(&ctx.place(place))) }
            br; span.quiet { (iso(&isolate(&ctx.source(&one.origin)))) " · " bdi.receipt { (one.receipt) } }
        } } }
    }
}
