//! Words of a paragraph as they are gathered: white space run together as a browser does, values isolated from the sentence around them, each piece
//! with its look, its place in the document's structure and where it leads.
//!
//! Signs that no face has are spelled as their number. Signs that reorder text come in only by elements (`bdi`, `dir`), always closed.

use std::rc::Rc;

use crate::drawing::Drawing;
use crate::font::{Face, Look, Shapers};
use crate::{Mp, Rgb};

/// A forced end of a line.
pub(crate) const LINE: char = '\u{2028}';
/// Where a small drawing stands in the line.
const OBJECT: char = '\u{fffc}';
const CLOSE: char = '\u{2069}';

/// How a piece looks, what it is, where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manner {
    pub(crate) look: Look,
    pub(crate) size: Mp,
    pub(crate) ink: Rgb,
    /// Its node in the structure.
    pub(crate) tag: usize,
    /// The place in the document, or the address, that it leads to.
    pub(crate) link: Option<Rc<str>>,
}

/// A run of one manner and one face.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) face: Face,
    pub(crate) manner: Rc<Manner>,
    pub(crate) object: Option<Rc<Drawing>>,
}

/// Which way a piece runs among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Ltr,
    Rtl,
    Auto,
}

/// What was gathered.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) spans: Vec<Span>,
    /// White space was seen and is written before the next word.
    space: bool,
}

impl Words {
    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Opens an isolate; what follows does not reorder with what stands before.
    pub(crate) fn open(&mut self, way: Way) {
        self.settle();
        self.text.push(match way {
            Way::Ltr => '\u{2066}',
            Way::Rtl => '\u{2067}',
            Way::Auto => '\u{2068}',
        });
    }

    /// Closes the last isolate.
    pub(crate) fn close(&mut self) {
        self.text.push(CLOSE);
    }

    /// White space that is due is written before an isolate opens, not inside of it.
    fn settle(&mut self) {
        if self.space
            && let Some(last) = self.spans.last_mut()
            && last.object.is_none()
            && last.end == self.text.len()
        {
            self.space = false;
            self.text.push(' ');
            last.end = self.text.len();
        }
    }

    /// A forced end of the line.
    pub(crate) fn line(&mut self) {
        self.space = false;
        self.text.push(LINE);
    }

    /// A small drawing in the line.
    pub(crate) fn object(&mut self, drawing: Rc<Drawing>, manner: &Rc<Manner>, shapers: &Shapers<'_>) {
        if self.space {
            self.put(' ', manner, shapers);
            self.space = false;
        }
        let start = self.text.len();
        self.text.push(OBJECT);
        self.spans.push(Span {
            start,
            end: self.text.len(),
            face: Face(0),
            manner: Rc::clone(manner),
            object: Some(drawing),
        });
    }

    /// Text as it stands in an element; `kept`: its white space means something.
    pub(crate) fn text(&mut self, text: &str, manner: &Rc<Manner>, kept: bool, shapers: &Shapers<'_>) {
        let mut depth = 0_u32;
        for c in text.chars() {
            match c {
                '\n' if kept => self.line(),
                '\u{2066}'..='\u{2068}' => {
                    self.settle();
                    depth += 1;
                    self.text.push(c);
                }
                CLOSE if depth > 0 => {
                    depth -= 1;
                    self.text.push(c);
                }
                c if is_dropped(c) => {}
                c if is_space(c) && !kept => self.space = !self.is_at_start() || self.space,
                c => {
                    if self.space {
                        self.space = false;
                        self.put(' ', manner, shapers);
                    }
                    self.put(if is_space(c) { ' ' } else { c }, manner, shapers);
                }
            }
        }
        for _ in 0..depth {
            self.text.push(CLOSE);
        }
    }

    fn is_at_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with(LINE)
    }

    fn put(&mut self, c: char, manner: &Rc<Manner>, shapers: &Shapers<'_>) {
        let look = manner.look;
        let last = self.spans.last().filter(|last| last.end == self.text.len() && last.object.is_none());
        // Marks and spaces stay with the word before them where its face has them; so does what a letter is joined by.
        let with_last = last.filter(|last| {
            last.manner.look == look && (is_neutral(c) || is_mark(c)) && shapers.has(last.face, c)
        });
        let face = with_last.map(|last| last.face).or_else(|| shapers.face(c, look));
        let Some(face) = face else {
            let spelled = format!("[U+{:04X}]", u32::from(c));
            if let Some(face) = shapers.face('U', look) {
                self.extend(&spelled, face, manner);
            }
            return;
        };
        let mut bytes = [0; 4];
        self.extend(c.encode_utf8(&mut bytes), face, manner);
    }

    fn extend(&mut self, text: &str, face: Face, manner: &Rc<Manner>) {
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        match self.spans.last_mut() {
            Some(last)
                if last.end == start
                    && last.face == face
                    && last.object.is_none()
                    && (Rc::ptr_eq(&last.manner, manner) || last.manner == *manner) =>
            {
                last.end = end;
            }
            _ => {
                let manner = Rc::clone(manner);
                self.spans.push(Span { start, end, face, manner, object: None });
            }
        }
    }
}

/// White space, and what ends a paragraph for the rules of direction.
fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'
            ..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Signs that are not seen: what reorders text (elements say that), what selects a picture, what no file should hold.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{e0000}'..='\u{e0fff}'
    ) || c.is_control() && !is_space(c)
}

fn is_neutral(c: char) -> bool {
    !c.is_alphabetic() && !c.is_numeric() || matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}
