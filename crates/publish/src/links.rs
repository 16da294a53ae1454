//! Where a link leads: into the one file that holds everything, or to a page of its own on a server.
//!
//! Every link of a served page carries `as_of` and `lang`: a page that is sent to somebody else shows the same.

use truceline_model::{AreaId, ClauseId, IncidentId, Instant};

use crate::lang::Lang;
use crate::safe::slug;
use crate::words::Ctx;

/// How pages refer to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// One self-contained file a language ([`file_name`]), with anchors.
    Static,
    /// A server's pages: `/`, `/incident/ID`, `/area/ID`, `/clause/ID`, each with `?as_of=…&lang=…`.
    Served,
}

/// The file that holds a static bulletin: `bulletin.html` for English, `bulletin.ar.html`, `bulletin.ru.html`.
#[must_use]
pub fn file_name(lang: Lang) -> String {
    if lang == Lang::En { "bulletin.html".into() } else { format!("bulletin.{}.html", lang.code()) }
}

impl Links {
    pub(crate) fn incident(self, ctx: &Ctx<'_>, id: &IncidentId) -> String {
        self.page(ctx, "incident", id.as_str())
    }

    pub(crate) fn area(self, ctx: &Ctx<'_>, id: &AreaId) -> String {
        self.page(ctx, "area", id.as_str())
    }

    pub(crate) fn clause(self, ctx: &Ctx<'_>, id: &ClauseId) -> String {
        self.page(ctx, "clause", id.as_str())
    }

    /// The page that explains the findings on an incident under a clause; only a server has one.
    pub(crate) fn explanation(self, ctx: &Ctx<'_>, incident: &IncidentId, clause: &ClauseId) -> String {
        let (incident, clause) = (slug(incident.as_str()), slug(clause.as_str()));
        format!("/explain/{incident}/{clause}?{}", query(ctx.view.as_of, ctx.c.lang))
    }

    fn page(self, ctx: &Ctx<'_>, kind: &str, id: &str) -> String {
        match self {
            Self::Static => format!("#{kind}-{}", slug(id)),
            Self::Served => format!("/{kind}/{}?{}", slug(id), query(ctx.view.as_of, ctx.c.lang)),
        }
    }

    /// The bulletin itself, in a language and as of a moment; a file knows only its own moment.
    pub(crate) fn bulletin(self, as_of: Instant, lang: Lang) -> String {
        match self {
            Self::Static => file_name(lang),
            Self::Served => format!("/?{}", query(as_of, lang)),
        }
    }

    /// A section of the bulletin.
    pub(crate) fn section(self, ctx: &Ctx<'_>, name: &str) -> String {
        match self {
            Self::Static => format!("#{name}"),
            Self::Served => format!("/?{}#{name}", query(ctx.view.as_of, ctx.c.lang)),
        }
    }
}

fn query(as_of: Instant, lang: Lang) -> String {
    format!("as_of={}&lang={}", as_of.to_string().replace(':', "%3A"), lang.code())
}
