//! Whether a page is published, said around it: a frozen page never says so itself, since nobody can have cosigned it before it was frozen.
//!
//! What is put around a page can be taken away again, and what is left is the page byte for byte ([`without_publication`]).

use maud::{Markup, html};

use crate::lang::{Catalogue, Lang};
use crate::page::badge;
use crate::safe::{foreign, html as iso};

/// How the page stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicationView<'a> {
    /// Worked out from the record as it stands; not frozen.
    Live {
        /// Entries of the record.
        entries: u64,
        /// Address of the last frozen bulletin, where there is one.
        last: Option<String>,
    },
    /// Frozen, and no quorum has cosigned.
    Draft {
        /// Its entry.
        entry: u64,
        /// Who of those who count has not.
        missing: Vec<&'a str>,
        /// How many must at the least; 0 where the mission names nobody.
        needed: u64,
        /// What the agreement asks for: so many of these, by their names.
        agreed: Vec<(u64, Vec<&'a str>)>,
    },
    /// Frozen, and cosigned by a quorum.
    Published {
        /// Its entry.
        entry: u64,
        /// Entries under the checkpoint that they cosigned.
        size: u64,
        /// Who did.
        by: Vec<&'a str>,
    },
}

const OPEN: &str = "<aside id=\"publication\"";
const CLOSE: &str = "</aside>";
const BODY: &str = "<body>";

/// The page with what is to be said of it set right after `<body>`.
#[must_use]
pub fn with_publication(page: &str, stands: &PublicationView<'_>, lang: Lang) -> String {
    let Some((head, rest)) = page.split_once(BODY) else { return page.to_owned() };
    let said = markup(stands, &Catalogue::of(lang)).into_string();
    [head, BODY, &said, rest].concat()
}

/// The page as it was frozen; a page around which nothing was put comes back as it is.
#[must_use]
pub fn without_publication(page: &str) -> String {
    let parts = page.split_once(BODY).and_then(|(head, rest)| {
        let (_, rest) = rest.strip_prefix(OPEN)?.split_once(CLOSE)?;
        Some([head, BODY, rest].concat())
    });
    parts.unwrap_or_else(|| page.to_owned())
}

fn markup(stands: &PublicationView<'_>, c: &Catalogue) -> Markup {
    let names = |all: &[&str]| c.list(&all.iter().map(|name| foreign(name)).collect::<Vec<_>>(), "list.and");
    let (word, say) = match stands {
        PublicationView::Live { entries, .. } => {
            ("draft", c.fill("publication.live", &[("entries", &entries.to_string())]))
        }
        PublicationView::Draft { entry, needed: 0, .. } => {
            ("draft", c.fill("publication.nobody", &[("entry", &entry.to_string())]))
        }
        PublicationView::Draft { entry, missing, needed, agreed } => {
            let (entry, needed) = (entry.to_string(), needed.to_string());
            let values = [("entry", entry.as_str()), ("missing", &names(missing)), ("needed", &needed)];
            let asked = agreed.iter().map(|(needed, of)| {
                let values = [("needed", needed.to_string()), ("of", names(of))];
                let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
                c.fill("publication.agreed", &values)
            });
            let said = [c.fill("publication.waits", &values)].into_iter().chain(asked).collect::<Vec<_>>();
            ("draft", said.join(" "))
        }
        PublicationView::Published { entry, size, by } => {
            let (entry, size) = (entry.to_string(), size.to_string());
            let values = [("entry", entry.as_str()), ("size", &size), ("by", &names(by))];
            ("published", c.fill("publication.cosigned", &values))
        }
    };
    html! {
        aside id="publication" class="asof" aria-label=(c.t("publication.label")) {
            // The frozen page lets no style in but its own, by digest. This is one of its own: as wide as the page, with its margins.
            header.top {
                div {
                    p { (badge("publication", word, &c.word("publication.state", word))) " " (iso(&say)) }
                    @if let PublicationView::Live { last: Some(address), .. } = stands {
                        p { a href=(address) { (c.t("publication.last")) } }
                    }
                    p.quiet { (c.t("publication.check")) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<!DOCTYPE html><html><head><style>body</style></head><body><main>x</aside></main></body></html>";

    #[test]
    fn what_is_put_around_a_page_comes_off_to_the_byte_in_every_language() {
        let all = [
            PublicationView::Live { entries: 7, last: Some("/bulletin/3/bulletin.html".to_owned()) },
            PublicationView::Draft {
                entry: 3,
                missing: vec!["Office </aside><script>", "ب"],
                needed: 2,
                agreed: vec![(2, vec!["</aside>", "b"])],
            },
            PublicationView::Draft { entry: 3, missing: Vec::new(), needed: 0, agreed: Vec::new() },
            PublicationView::Published { entry: 3, size: 9, by: vec!["a", "b"] },
        ];
        for stands in &all {
            for lang in Lang::ALL {
                let page = with_publication(PAGE, stands, lang);
                assert!(page.len() > PAGE.len() + 100 && !page.contains("<script>"), "{page}");
                assert_eq!(without_publication(&page), PAGE);
            }
        }
        assert_eq!(without_publication(PAGE), PAGE);
        // A style of its own would be refused by the page's policy: it stands in what the frozen page styles itself.
        let page = with_publication(PAGE, &all[0], Lang::En);
        assert!(page.contains("><header class=\"top\"><div>") && !page.contains("style="), "{page}");
        assert!(include_str!("style.css").contains("main, header.top, footer { max-width"));
        assert_eq!(with_publication("no page", &all[0], Lang::En), "no page");
    }

    #[test]
    fn a_draft_says_who_is_missing_and_a_published_one_who_cosigned() {
        let draft = PublicationView::Draft {
            entry: 3,
            missing: vec!["Office A"],
            needed: 2,
            agreed: vec![(2, vec!["Russia", "United States"])],
        };
        let page = with_publication(PAGE, &draft, Lang::En);
        assert!(
            page.contains("Draft")
                && page.contains("Office A")
                && page.contains("United States")
                && !page.contains("Published"),
            "{page}"
        );
        let published = PublicationView::Published { entry: 3, size: 9, by: vec!["Office B"] };
        let page = with_publication(PAGE, &published, Lang::Ru);
        assert!(page.contains("Office B") && page.contains("Опубликовано") && !page.contains("{"), "{page}");
    }
}
