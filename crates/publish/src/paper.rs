//! What stands at the foot of every sheet when a page of ours is printed: which sheet of how many, and by what the whole can be checked.

use truceline_record::digest_of;

use crate::lang::{Catalogue, Lang};
use crate::publication::without_publication;
use crate::safe::clean;

/// The foot of the sheets of one page, in its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Which sheet of how many, with `{n}` and `{total}`.
    pub page: String,
    /// By what the page can be checked, one line each.
    pub checked: Vec<String>,
}

/// The foot for a page. The digest is that of the page as it was frozen: without what was set around it since.
#[must_use]
pub fn paper(page: &str) -> Paper {
    let c = Catalogue::of(lang_of(page));
    let digest = digest_of(without_publication(page).as_bytes()).to_string();
    let mut checked = vec![c.plain(&c.fill("paper.digest", &[("digest", &digest)]))];
    if let Some((size, root)) = checkpoint(page) {
        checked.push(c.plain(&c.fill("paper.record", &[("entries", &size), ("root", &root)])));
    }
    Paper { page: c.t("paper.page").to_owned(), checked }
}

/// The language that a page says it is in.
fn lang_of(page: &str) -> Lang {
    let said = page.split_once("<html lang=\"").and_then(|(_, rest)| rest.split_once('"'));
    said.and_then(|(code, _)| Lang::parse(code)).unwrap_or(Lang::En)
}

/// Entries and root of the checkpoint that a page shows, where it shows one.
fn checkpoint(page: &str) -> Option<(String, String)> {
    page.split("<pre dir=\"ltr\">").skip(1).find_map(|note| {
        let mut lines = note.lines().skip(1);
        let (size, root) = (lines.next()?, lines.next()?);
        let is_root =
            root.len() == 44 && root.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
        (is_root && size.len() <= 20 && size.bytes().all(|b| b.is_ascii_digit()))
            .then(|| (clean(size), clean(root)))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::publication::{PublicationView, with_publication};

    const PAGE: &str = "<!DOCTYPE html><html lang=\"ru\" dir=\"ltr\"><body><pre dir=\"ltr\">a note\nnot 12\n</pre><pre dir=\"ltr\">log.example\n1049\nqwertyuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJ=\n\n— log …</pre></body></html>";

    #[test]
    fn a_sheet_names_the_page_that_was_frozen_and_the_record_under_it() {
        let bare = paper(PAGE);
        assert!(bare.page.contains("{n}") && bare.page.contains("{total}"));
        assert!(bare.checked[0].contains(&digest_of(PAGE.as_bytes()).to_string()), "{bare:?}");
        assert!(bare.checked[1].contains("1049") && bare.checked[1].contains("qwertyuiop"), "{bare:?}");
        let around = with_publication(PAGE, &PublicationView::Live { entries: 7, last: None }, Lang::Ru);
        assert_eq!(paper(&around), bare);
        assert_eq!(paper("<html lang=\"xx\"><pre dir=\"ltr\">a\n1\n<b>").checked.len(), 1);
    }
}
