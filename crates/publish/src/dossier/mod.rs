//! A case as one document: allegation, clause, findings by reading, evidence, positions, clocks, determinations, remedies, precedents, and the
//! proof that it stands in the record.
//!
//! Prints a [`Dossier`], which holds what its reader may see and nothing else, beside a [`View`] made for the same reader: for a party and for
//! everybody the view of what may be published. It adds no word on whether anything was prohibited: findings are the machine's, determinations
//! are people's, and each is called what it is.

mod act;
mod decided;
mod evidence;
mod frame;
mod incident;
mod json;
mod referral;
mod say;

use maud::{Markup, html};
use truceline_model::{Dossier, Vouched};

use crate::lang::Lang;
use crate::links::Links;
use crate::page::{as_of, document};
use crate::safe::{clean, html as iso};
use crate::view::View;
use crate::words::Ctx;
use say::Say;

pub use json::dossier_json;

/// How a reader checks that the entries of a dossier stand in the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DossierProof {
    /// The signed checkpoint, as text, against which the inclusions hold.
    pub checkpoint: Option<String>,
    /// Entries that it covers.
    pub size: u64,
    /// Who cosigned it, by name.
    pub cosigned_by: Vec<String>,
    /// One for each entry; those that the dossier does not name are not printed.
    pub inclusions: Vec<Inclusion>,
}

/// How an act came into the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What stands behind it.
    pub vouched: Vouched,
    /// The office that forwarded it, where one did.
    pub office: Option<String>,
}

/// Where one entry stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The entry.
    pub entry: u64,
    /// Its leaf hash (hex).
    pub leaf: String,
    /// The hashes (hex) from the leaf to the root.
    pub path: Vec<String>,
    /// What vouches for an act, for readers of the mission; `None`: nothing is said of it.
    pub given: Option<Given>,
}

/// The file that holds a dossier: `case-c17.html` for English, `case-c17.ar.html`, `case-c17.ru.html`.
#[must_use]
pub fn dossier_file_name(case: u64, lang: Lang) -> String {
    if lang == Lang::En { format!("case-c{case}.html") } else { format!("case-c{case}.{}.html", lang.code()) }
}

/// The dossier as one page. [`Links::Static`]: a file that stands alone; [`Links::Served`]: a server's `/case/c17`.
#[must_use]
pub fn dossier_page(
    view: &View<'_>,
    dossier: &Dossier,
    proof: &DossierProof,
    lang: Lang,
    links: Links,
) -> String {
    let ctx = Ctx::new(view, lang, links);
    let say = Say { ctx: &ctx, dossier };
    print(&say, proof, "case.heading", &html! {}, &parts(&say))
}

/// What travels with a referral as one page, drafted from the dossier: what was tried short of force first, then the counts, the cases behind
/// them and what was determined. `None`: the case refers nothing.
#[must_use]
pub fn referral_page(
    view: &View<'_>,
    dossier: &Dossier,
    proof: &DossierProof,
    lang: Lang,
    links: Links,
) -> Option<String> {
    dossier.referral.as_ref()?;
    let ctx = Ctx::new(view, lang, links);
    let say = Say { ctx: &ctx, dossier };
    let mut parts = parts(&say);
    // Nothing tried is said, where a reader would look for it first.
    if dossier.means.is_empty() {
        parts.push(("means", html! { p { (ctx.c.t("case.means-none")) } }));
    }
    let place = |id: &str| REFERRED.iter().position(|one| *one == id);
    parts.retain(|(id, _)| place(id).is_some());
    parts.sort_by_key(|(id, _)| place(id));
    let lead = html! { p { (ctx.c.t("case.referral-lead")) } };
    Some(print(&say, proof, "case.referral-heading", &lead, &parts))
}

/// The sections of a referral, in their order.
const REFERRED: [&str; 9] = [
    "means",
    "referral",
    "determined",
    "allegation",
    "clause",
    "incidents",
    "pledges",
    "stands",
    "precedents",
];

/// A page of sections under a heading, with the proof at its end.
fn print(
    say: &Say<'_>,
    proof: &DossierProof,
    heading: &str,
    lead: &Markup,
    parts: &[(&'static str, Markup)],
) -> String {
    let (ctx, dossier) = (say.ctx, say.dossier);
    let links = ctx.links;
    let here = |at, lang| match links {
        Links::Static => dossier_file_name(dossier.case, lang),
        Links::Served => {
            let query = links.bulletin(at, lang);
            format!("/case/c{}{}", dossier.case, query.trim_start_matches('/'))
        }
    };
    let said = [("case", format!("c{}", dossier.case)), ("clause", say.clause(&dossier.clause))];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let title = ctx.c.fill(heading, &said);
    let body = html! {
        article.dossier aria-labelledby="case-title" {
            div.intro {
                h1 #case-title { (iso(&title)) }
                (frame::lead(say))
                (lead)
                (as_of(ctx, &here))
            }
            (frame::contents(say, proof, parts))
            @for (id, body) in parts { (say.section(id, body)) }
            (frame::proof(say, proof))
        }
    };
    document(ctx, &title, &here, &body)
}

/// Every section that has something to say, in the order in which a case is read: its id, which is also its string's name, and its body.
fn parts(say: &Say<'_>) -> Vec<(&'static str, Markup)> {
    let all = [
        ("due", frame::due(say)),
        ("allegation", frame::allegation(say)),
        ("clause", frame::clause(say)),
        ("incidents", incident::all(say)),
        ("stands", frame::stands(say)),
        ("determined", decided::determined(say)),
        ("positions", act::side_by_side(say)),
        ("evidence", evidence::lists(say)),
        ("means", decided::means(say)),
        ("pledges", decided::pledges(say)),
        ("clocks", act::clocks(say)),
        ("course", act::course(say)),
        ("referral", referral::pack(say)),
        ("asides", act::asides(say)),
        ("refused", act::refused(say)),
        ("precedents", referral::precedents(say)),
    ];
    all.into_iter().filter_map(|(id, body)| body.map(|body| (id, body))).collect()
}

/// Several lines of foreign text, each cleaned.
fn lines(text: &str) -> String {
    let all: Vec<String> = text.lines().map(clean).collect();
    all.join("\n")
}
