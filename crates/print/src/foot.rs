//! The foot of every sheet: what the document is, by what it can be checked, which sheet of how many.

use std::ops::Range;
use std::rc::Rc;

use crate::font::{Look, Shapers};
use crate::inline::{Manner, Way, Words};
use crate::para::Para;
use crate::{FOOT, Mp, SIDE, Sheet, WIDE};

/// Sets the foot, and the numbers of pages in the contents.
pub(crate) struct Foot<'s, 'f> {
    shapers: &'s mut Shapers<'f>,
    page: String,
    left: Vec<Rc<Para>>,
    way: Way,
}

/// A line of the foot: its words, which of them, where it stands.
pub(crate) type FootLine = (Rc<Para>, Range<usize>, Mp, Mp);

impl<'s, 'f> Foot<'s, 'f> {
    pub(crate) fn new(sheet: &Sheet<'_>, title: &str, is_rtl: bool, shapers: &'s mut Shapers<'f>) -> Self {
        let way = if is_rtl { Way::Rtl } else { Way::Ltr };
        let mut out = Self { shapers, page: sheet.page.to_owned(), left: Vec::new(), way };
        let title = out.para(title, 7_400, false);
        out.left.push(title);
        for line in &sheet.checked {
            let para = out.para(line, 6_400, false);
            out.left.push(para);
        }
        out
    }

    fn para(&mut self, text: &str, size: Mp, mono: bool) -> Rc<Para> {
        let look = Look { mono, ..Look::default() };
        let manner = Rc::new(Manner { look, size, ink: [0x4c, 0x53, 0x5b], tag: 0, link: None });
        let mut words = Words::default();
        words.text(text, &manner, false, self.shapers);
        Rc::new(Para::of(words, self.way, false, self.shapers))
    }

    /// The number of a page.
    pub(crate) fn number(&mut self, n: usize) -> Rc<Para> {
        self.para(&n.to_string(), 9_000, false)
    }

    /// The lines of one sheet.
    pub(crate) fn lines(&mut self, n: usize, total: usize) -> Vec<FootLine> {
        let text = self.page.replace("{n}", &n.to_string()).replace("{total}", &total.to_string());
        let page = self.para(&text, 7_400, false);
        let wide = page.line(&(0..page.text.len())).wide;
        let room = WIDE - 2 * SIDE;
        let mut out = Vec::new();
        let mut y = FOOT;
        for (n, para) in self.left.iter().enumerate() {
            let free = if n == 0 { room - wide - 20_000 } else { room };
            // One line each: what is longer is cut where a line would end.
            let range = para.lines(free).into_iter().next().unwrap_or(0..0);
            out.push((Rc::clone(para), range, SIDE, y));
            y += if n == 0 { 11_000 } else { 9_500 };
        }
        // At the other end: a box of the page's width is set from its own side, so this one is moved by what is left.
        let x = if self.way == Way::Rtl { SIDE - (room - wide) } else { SIDE + room - wide };
        let range = 0..page.text.len();
        out.push((page, range, x, FOOT));
        out
    }
}
