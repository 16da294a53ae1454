//! The structure of the document beside its looks: what is a heading, a list, a table's head, in the order in which it is read.
//!
//! A screen reader follows this and never the places on the sheet.

/// What a piece is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Document,
    Div,
    Section,
    Article,
    Paragraph,
    Heading(u8),
    List,
    Item,
    Label,
    Body,
    Table,
    Head,
    Rows,
    Row,
    /// A cell that names a row (`true`) or a column.
    Names(bool),
    Cell,
    Caption,
    Quote,
    Figure(String),
    Link,
    Code,
}

impl Kind {
    /// Its name in a PDF.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Div => "Div",
            Self::Section => "Sect",
            Self::Article => "Art",
            Self::Paragraph => "P",
            Self::Heading(1) => "H1",
            Self::Heading(2) => "H2",
            Self::Heading(3) => "H3",
            Self::Heading(4) => "H4",
            Self::Heading(5) => "H5",
            Self::Heading(_) => "H6",
            Self::List => "L",
            Self::Item => "LI",
            Self::Label => "Lbl",
            Self::Body => "LBody",
            Self::Table => "Table",
            Self::Head => "THead",
            Self::Rows => "TBody",
            Self::Row => "TR",
            Self::Names(_) => "TH",
            Self::Cell => "TD",
            Self::Caption => "Caption",
            Self::Quote => "BlockQuote",
            Self::Figure(_) => "Figure",
            Self::Link => "Link",
            Self::Code => "Code",
        }
    }
}

/// A node.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) kind: Kind,
    pub(crate) parent: usize,
    /// Rows and columns that a cell spans.
    pub(crate) spans: (u32, u32),
}

/// All nodes; the first is the document, and is its own parent.
#[derive(Debug)]
pub(crate) struct Tags(pub(crate) Vec<Tag>);

impl Default for Tags {
    fn default() -> Self {
        Self(vec![Tag { kind: Kind::Document, parent: 0, spans: (1, 1) }])
    }
}

impl Tags {
    pub(crate) fn put(&mut self, parent: usize, kind: Kind) -> usize {
        self.0.push(Tag { kind, parent, spans: (1, 1) });
        self.0.len() - 1
    }
}
