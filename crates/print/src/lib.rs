//! A published page on paper: our own HTML set into a PDF, with nothing but this program.
//!
//! One telling: what stands on a sheet is what stands in the page, word for word, in its order, in its three scripts. The same page gives the same bytes
//! on every machine: everything is laid out in whole thousandths of a point, nothing asks a clock, a system's fonts, or chance. What the printer does
//! not know is set as words, what no font has is spelled as its number; nothing is left out silently but what the page itself hides on paper.

mod blocks;
mod build;
mod drawing;
mod embed;
mod font;
mod foot;
mod html;
mod inline;
mod layout;
mod objects;
mod pages;
mod para;
mod sfnt;
mod tags;
mod write;

use build::Builder;
use font::{Faces, Shapers};
use foot::Foot;
use layout::Layout;
use pages::Pages;
use write::{About, Writer};

/// Thousandths of a point.
type Mp = i64;
/// Red, green, blue.
type Rgb = [u8; 3];

/// A4.
const WIDE: Mp = 595_276;
const HIGH: Mp = 841_890;
/// Margin at both sides.
const SIDE: Mp = 51_000;
/// Where words begin.
const TOP: Mp = 48_000;
/// Where words end.
const BOTTOM: Mp = HIGH - 68_000;
/// Where the foot begins.
const FOOT: Mp = HIGH - 52_000;

/// What is said on every sheet, in the words of the document's language.
#[derive(Clone, Debug, Default)]
pub struct Sheet<'a> {
    /// Which sheet of how many, with `{n}` and `{total}`.
    pub page: &'a str,
    /// By what the document can be checked; one line each.
    pub checked: Vec<String>,
    /// The software that printed it.
    pub software: &'a str,
}

/// A page as PDF. `None`: the fonts in the program cannot be read, which its tests rule out.
#[must_use]
pub fn pdf(page: &str, sheet: &Sheet<'_>) -> Option<Vec<u8>> {
    let tree = html::parse(page);
    let lang = tree.first("html").and_then(|html| html.attribute("lang")).unwrap_or("en").to_owned();
    let is_rtl = tree.first("html").and_then(|html| html.attribute("dir")) == Some("rtl");
    let title = tree.first("title").map(html::Element::text).unwrap_or_default();
    let title: String = title.trim().chars().take(300).collect();
    let faces = Faces::read()?;
    let mut shapers = Shapers::of(&faces);
    let mut builder = Builder::new(&mut shapers);
    let blocks = builder.page(&tree);
    let tags = std::mem::take(&mut builder.tags);
    drop(tree);
    let strips = Layout { is_rtl }.blocks(blocks, SIDE, WIDE - 2 * SIDE);
    let mut pages = Pages::of(strips, TOP, BOTTOM);
    if pages.pages.is_empty() {
        pages.pages.push(Vec::new());
    }
    let mut foot = Foot::new(sheet, &title, is_rtl, &mut shapers);
    let about = About { title: &title, lang: &lang, is_rtl, software: sheet.software };
    Some(Writer::new(&faces, &tags, &pages).document(&about, &mut foot))
}
