//! What stands on a page, apart from where: paragraphs, groups with their bars and grounds, lists, pairs, tables, drawings.

use std::rc::Rc;

use crate::drawing::Drawing;
use crate::para::Para;
use crate::{Mp, Rgb};

/// A paragraph with what goes with it.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) para: Para,
    /// Space above.
    pub(crate) before: Mp,
    /// It stands with what follows.
    pub(crate) is_kept: bool,
    /// Places that links lead to.
    pub(crate) anchors: Vec<Rc<str>>,
    /// A heading's level and words, for the outline.
    pub(crate) outline: Option<(u8, String)>,
    /// Where a line of the contents leads: the number of that page stands at its end.
    pub(crate) page_of: Option<Rc<str>>,
}

/// How a group looks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) before: Mp,
    /// Space kept free at the side where reading begins.
    pub(crate) inset: Mp,
    pub(crate) bar: Option<Rgb>,
    pub(crate) ground: Option<Rgb>,
    /// A rule above.
    pub(crate) rule: Option<Rgb>,
    pub(crate) padding: Mp,
}

/// A cell.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) blocks: Vec<Block>,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

/// A table's rows, those of its head first.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) heads: usize,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// As wide as its words, not as the page.
    pub(crate) is_narrow: bool,
    pub(crate) is_rtl: bool,
}

/// A piece of a page.
#[derive(Debug)]
pub(crate) enum Block {
    Text(Box<Text>),
    Group(Frame, Vec<Block>),
    /// A sign or number and what it stands before.
    Marked {
        mark: Option<Box<Para>>,
        body: Vec<Block>,
        before: Mp,
        is_rtl: bool,
    },
    /// Side by side, by weight.
    Beside {
        parts: Vec<(i64, Vec<Block>)>,
        before: Mp,
        is_rtl: bool,
    },
    /// Terms with what is said of each.
    Pairs {
        rows: Vec<(Vec<Block>, Vec<Block>)>,
        before: Mp,
        is_rtl: bool,
    },
    Table(Box<Table>, Mp),
    Drawing {
        drawing: Rc<Drawing>,
        tag: usize,
        before: Mp,
    },
}
