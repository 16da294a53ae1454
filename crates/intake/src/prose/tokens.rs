//! Words, numbers and marks of a text with their bytes, and the sentences and quotes that they stand in.
//!
//! The text itself is never altered: what is folded (case, accents, Arabic letter variants, kinds of quotes, spaces and dashes)
//! is folded in the token beside it. A hyphen inside a word parts it in two that remember it, so that `cease-fire` and
//! `cease fire` are one phrase of the tables.

use truceline_model::Span;

use crate::dates::MONTHS;

/// Longest word that is looked up; a longer run of letters is noise.
const WORD_LIMIT: usize = 64;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Word,
    /// Digits, of any script; value in the token.
    Number,
    Comma,
    /// `.` and what ends a sentence.
    Stop,
    Semicolon,
    Colon,
    Dash,
    Open,
    Close,
    ParenOpen,
    ParenClose,
    Other,
}

/// One token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) class: Class,
    /// Lower case, without accents; digits of any script as ASCII.
    pub(crate) fold: String,
    /// Arabic: the word without the clitics that may stand before it.
    pub(crate) alts: Vec<String>,
    /// Begins with a capital.
    pub(crate) upper: bool,
    /// Every letter a capital, and more than one.
    pub(crate) shout: bool,
    /// Nothing stands between this and the token before.
    pub(crate) glued: bool,
    /// A hyphen stands between this word and the one before.
    pub(crate) hyphened: bool,
    /// Line breaks before it: 0, 1, or 2 for a blank line.
    pub(crate) breaks: u8,
}

impl Token {
    pub(crate) fn is(&self, word: &str) -> bool {
        self.fold == word || self.alts.iter().any(|alt| alt == word)
    }

    pub(crate) fn any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    pub(crate) fn word(&self) -> bool {
        self.class == Class::Word
    }
}

/// Bytes of a token range.
pub(crate) fn span(start: usize, end: usize) -> Span {
    let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span { start: short(start), end: short(end) }
}

/// Splits a text. Linear; a run of anything is one token.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut chars = text.char_indices().peekable();
    let (mut breaks, mut space, mut hyphen) = (0_u8, true, false);
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() || c == '\u{feff}' || (misread_space(c) && !space) || matches!(c, '#' | '_') {
            breaks = if c == '\n' || c == '\u{2029}' { (breaks + 1).min(2) } else { breaks };
            space = true;
            continue;
        }
        if invisible(c) {
            continue;
        }
        let class = class_of(c);
        let mut end = start + c.len_utf8();
        match class {
            Class::Word | Class::Number => {
                while let Some((at, next)) = chars.peek().copied() {
                    let after = text.get(at + next.len_utf8()..).unwrap_or_default();
                    if !goes_on(class, next, after, text.get(start..at).unwrap_or_default()) {
                        break;
                    }
                    end = at + next.len_utf8();
                    chars.next();
                }
            }
            Class::Dash if c == '-' || c == '\u{2010}' || c == '\u{2011}' => {
                let before = !space && out.last().is_some_and(|t| t.word() || t.class == Class::Number);
                let next = chars.peek().map(|(_, next)| class_of(*next));
                let between_digits =
                    out.last().is_some_and(|t| t.class == Class::Number) && next == Some(Class::Number);
                if before && matches!(next, Some(Class::Word | Class::Number)) && !between_digits {
                    hyphen = true;
                    continue;
                }
                // A word that is broken at the end of a line.
                if before && chars.peek().is_some_and(|(_, next)| *next == '\n') {
                    chars.next();
                    hyphen = true;
                    continue;
                }
                while chars.next_if(|(_, next)| *next == '-').is_some() {
                    end += 1;
                }
            }
            Class::Other if apostrophe(c) && !space => {
                let rest = text.get(end..).unwrap_or_default();
                for _ in 0..suffix(rest) {
                    end += chars.next().map_or(0, |(_, next)| next.len_utf8());
                }
            }
            Class::Stop => {
                while let Some((at, next)) = chars.next_if(|(_, next)| class_of(*next) == Class::Stop) {
                    end = at + next.len_utf8();
                }
            }
            _ => {}
        }
        let slice = text.get(start..end).unwrap_or_default();
        out.push(token(slice, start, class, (space, hyphen, breaks)));
        (breaks, space, hyphen) = (0, false, false);
    }
    pair_quotes(&mut out, text);
    out
}

fn token(slice: &str, start: usize, class: Class, (space, hyphened, breaks): (bool, bool, u8)) -> Token {
    let fold = if slice.len() > WORD_LIMIT * 4 { String::new() } else { fold(slice) };
    let first = slice.chars().next().unwrap_or(' ');
    let letters = slice.chars().filter(|c| c.is_alphabetic());
    let shout = letters.clone().count() > 1 && letters.clone().all(char::is_uppercase);
    let alts = if ('\u{600}'..='\u{6ff}').contains(&first) { clitics(&fold) } else { Vec::new() };
    Token {
        start,
        end: start + slice.len(),
        class,
        alts,
        fold,
        upper: first.is_uppercase(),
        shout,
        glued: !space,
        hyphened,
        breaks,
    }
}

/// Marks that are not seen: direction, joiners, combining marks on their own.
fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{ad}')
}

fn class_of(c: char) -> Class {
    match c {
        c if digit(c).is_some() => Class::Number,
        c if c.is_alphabetic() || combining(c) || c == '\u{640}' => Class::Word,
        ',' | '،' | '、' => Class::Comma,
        '.' | '!' | '?' | '…' | '؟' | '۔' | '。' => Class::Stop,
        ';' | '؛' => Class::Semicolon,
        ':' => Class::Colon,
        '-' | '\u{2010}'..='\u{2015}' | '−' => Class::Dash,
        '“' | '„' | '«' | '‹' => Class::Open,
        '”' | '»' | '›' | '"' | '‟' | '＂' => Class::Close,
        '(' | '[' => Class::ParenOpen,
        ')' | ']' => Class::ParenClose,
        _ => Class::Other,
    }
}

fn arabic(c: char) -> bool {
    ('\u{600}'..='\u{6ff}').contains(&c)
}

/// A no-break space of an old Macintosh, read as if it were Latin-1: a capital that stands within a word.
fn misread_space(c: char) -> bool {
    c == 'Ê'
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`')
}

/// Letters of `'s`, `'d`, `'ll`… that follow an apostrophe; 0 when something else does.
fn suffix(rest: &str) -> usize {
    let letters: String = rest.chars().take_while(|c| c.is_alphabetic()).take(3).collect();
    let known = ["s", "d", "m", "ll", "re", "ve"].contains(&letters.to_lowercase().as_str());
    if known { letters.len() } else { 0 }
}

fn combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// The value of a decimal digit: ASCII, Arabic-Indic or its eastern form.
pub(crate) fn digit(c: char) -> Option<u32> {
    let value = match c {
        '0'..='9' => u32::from(c) - 0x30,
        '٠'..='٩' => u32::from(c) - 0x660,
        '۰'..='۹' => u32::from(c) - 0x6f0,
        _ => return None,
    };
    Some(value)
}

/// Whether `next` belongs to the token so far.
fn goes_on(class: Class, next: char, rest: &str, so_far: &str) -> bool {
    let after = rest.chars().next();
    let alphabetic = |c: char| c.is_alphabetic() || combining(c) || c == '\u{640}';
    if class == Class::Number {
        let grouped = matches!(next, ',' | '.' | '٬' | '٫') && after.and_then(digit).is_some();
        return digit(next).is_some() || grouped;
    }
    if next == '_' {
        return false;
    }
    if misread_space(next) && so_far.ends_with(|c: char| c.is_ascii_lowercase()) {
        return false;
    }
    // An Arabic "and" or "to" that is written on to a figure is a word of its own.
    if digit(next).is_some() && so_far.chars().all(arabic) {
        return false;
    }
    if alphabetic(next) || invisible(next) || digit(next).is_some() {
        return true;
    }
    let one_letter = so_far.rsplit('.').next().is_some_and(|last| last.chars().count() == 1);
    match next {
        // don't, O'Brien, Sana'a: but the possessive and what is left of a verb are tokens of their own.
        c if apostrophe(c) => after.is_some_and(char::is_alphabetic) && suffix(rest) == 0,
        // "6 a.m.", "9.45 p.m.".
        '.' if matches!(so_far, "a" | "p" | "A" | "P") => {
            let half = rest.starts_with("m.") || rest.starts_with("M.");
            half || one_letter
                && so_far.chars().all(char::is_uppercase)
                && after.is_some_and(char::is_uppercase)
        }
        // "u.s." in a text without capitals.
        '.' if so_far == "u" && (rest.starts_with("s.") || rest.starts_with("n.")) => true,
        '.' if so_far == "u.s" || so_far == "u.n" => true,
        // U.S., U.N.
        '.' => {
            one_letter
                && so_far.chars().all(|c| c.is_uppercase() || c == '.')
                && (so_far.contains('.') || after.is_some_and(char::is_uppercase))
        }
        _ => false,
    }
}

/// Lower case without accents, Arabic letters in one form, digits as ASCII.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            c if combining(c) || invisible(c) || c == '\u{640}' => {}
            'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
            'ى' => out.push('ي'),
            'ة' => out.push('ه'),
            '’' | 'ʼ' | '`' => out.push('\''),
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ė' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ī' => out.push('i'),
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ō' => out.push('o'),
            'ú' | 'ù' | 'û' | 'ü' | 'ū' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' => out.push('n'),
            'š' | 'ş' => out.push('s'),
            'ž' => out.push('z'),
            'ё' => out.push('е'),
            c => match digit(c).and_then(|value| char::from_digit(value, 10)) {
                Some(ascii) => out.push(ascii),
                None => out.push(c),
            },
        }
    }
    out
}

/// An Arabic word without and, then, with, to, like and the article, step by step; each is a form that tables may hold.
fn clitics(word: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = word.to_owned();
    let long = |text: &str, least: usize| text.chars().count() >= least;
    if let Some(stripped) = rest.strip_prefix(['و', 'ف'])
        && long(stripped, 3)
    {
        rest = stripped.to_owned();
        out.push(rest.clone());
    }
    // A verb of what is to come: "سيحترمون".
    if let Some(stripped) = rest.strip_prefix('س').filter(|s| s.starts_with(['ي', 'ت', 'ن']) && long(s, 4))
    {
        out.push(stripped.to_owned());
    }
    if let Some(stripped) = rest.strip_prefix("لل").filter(|s| long(s, 2)) {
        rest = stripped.to_owned();
        out.push(rest.clone());
    } else if let Some(stripped) = rest.strip_prefix(['ب', 'ل', 'ك'])
        && long(stripped, 3)
    {
        if !stripped.starts_with("ال") {
            out.push(stripped.to_owned());
            return out;
        }
        rest = stripped.to_owned();
        out.push(rest.clone());
    }
    if let Some(stripped) = rest.strip_prefix("ال").filter(|s| long(s, 2)) {
        out.push(stripped.to_owned());
    }
    out
}

/// Straight quotes open and close by turns, within a paragraph; an opening curly quote may also be written for a closing one.
fn pair_quotes(tokens: &mut [Token], text: &str) {
    let mut open = false;
    for token in tokens.iter_mut() {
        if token.breaks > 1 {
            open = false;
        }
        let straight = text.get(token.start..token.end) == Some("\"");
        match token.class {
            Class::Open => open = true,
            Class::Close if straight && !open => {
                token.class = Class::Open;
                open = true;
            }
            Class::Close => open = false,
            _ => {}
        }
    }
}

/// The sentences: ranges of tokens, and the quotes: ranges of tokens with their marks.
pub(crate) struct Layout {
    pub(crate) sentences: Vec<(usize, usize)>,
    pub(crate) quotes: Vec<(usize, usize)>,
}

/// Finds sentences and quotes; `abbreviation` says whether a word before a full stop is one, `uncased` that no capital opens a sentence.
pub(crate) fn layout(tokens: &[Token], uncased: bool, abbreviation: impl Fn(&str) -> bool) -> Layout {
    let mut sentences = Vec::new();
    let mut first = 0;
    let lines = super::lines::begun(tokens);
    for at in 0..tokens.len() {
        let line = lines.get(at).copied().unwrap_or(false);
        if at > first && (line || at - first > 400 || ends_before(tokens, at, uncased, &abbreviation)) {
            sentences.push((first, at));
            first = at;
        }
    }
    if first < tokens.len() {
        sentences.push((first, tokens.len()));
    }
    Layout { sentences, quotes: quotes(tokens) }
}

/// Whether a sentence ends before the token at `at`.
fn ends_before(tokens: &[Token], at: usize, small: bool, abbreviation: &impl Fn(&str) -> bool) -> bool {
    let (Some(token), Some(before)) = (tokens.get(at), at.checked_sub(1).and_then(|b| tokens.get(b))) else {
        return false;
    };
    if token.breaks > 1 {
        return true;
    }
    let closing = |t: &Token| matches!(t.class, Class::Close | Class::ParenClose);
    if closing(token) && token.glued {
        return false;
    }
    // The full stop may stand inside quotes.
    let mut last = at - 1;
    while last > 0 && tokens.get(last).is_some_and(closing) {
        last -= 1;
    }
    let stop = tokens.get(last).filter(|t| t.class == Class::Stop);
    if token.breaks == 1 && (stop.is_some() || (token.upper && heading(tokens, at))) {
        return true;
    }
    if stop.is_none() {
        return false;
    }
    let uncased = small || !token.fold.chars().next().is_some_and(char::is_lowercase);
    let opens = matches!(token.class, Class::Number | Class::Open | Class::Dash | Class::ParenOpen);
    if token.glued || !(opens || (token.word() && (token.upper || uncased))) {
        return false;
    }
    let prior = last.checked_sub(1).and_then(|p| tokens.get(p));
    // "At 6 p.m. (1700 GMT) on", "at 9 a.m. Monday": the hour goes on.
    if prior.is_some_and(|p| p.any(&["a.m", "p.m"]))
        && (!token.word() || token.any(&DAYS_AND_ZONES) || token.any(&MONTHS))
    {
        return false;
    }
    let shortened = before.class == Class::Stop
        && before.end - before.start == 1
        && prior.is_some_and(|p| {
            p.word()
                && before.glued
                && (abbreviation(&p.fold) || ((p.upper || small) && p.end - p.start == 1))
        });
    !shortened
}

/// What may stand behind an hour with a capital.
const DAYS_AND_ZONES: [&str; 17] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "gmt",
    "utc",
    "est",
    "et",
    "eastern",
    "moscow",
    "kyiv",
    "local",
    "jan",
    "dec",
];

/// Whether the line before is a heading: short, and without a mark at its end.
fn heading(tokens: &[Token], at: usize) -> bool {
    let line = tokens.get(..at).unwrap_or_default().iter().rev();
    let mut start = None;
    for token in line {
        start = Some(token.start);
        if token.breaks > 0 {
            break;
        }
    }
    let end = at.checked_sub(1).and_then(|b| tokens.get(b)).map_or(0, |t| t.end);
    start.is_some_and(|start| end.saturating_sub(start) < 48)
}

/// Whether a quote that is open at the end of a line was never closed: another opens before it would close, or the line ends a
/// sentence and the mark is far.
fn forgotten(tokens: &[Token], from: usize, at: usize) -> bool {
    let ended = at > from + 1 && tokens.get(at - 1).is_some_and(|t| t.class == Class::Stop);
    let mut rest = tokens.iter().skip(at).take(400).enumerate();
    let next = rest.find(|(_, t)| matches!(t.class, Class::Open | Class::Close) || t.breaks > 1);
    ended && next.is_none_or(|(far, t)| t.class == Class::Open || t.breaks > 1 || far > 60)
}

fn quotes(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut open: Option<usize> = None;
    for (at, token) in tokens.iter().enumerate() {
        let ends =
            token.breaks > 1 || token.breaks == 1 && open.is_some_and(|from| forgotten(tokens, from, at));
        if ends && let Some(from) = open.take() {
            // Never closed: the quote goes on in the next paragraph, or the mark was forgotten.
            out.push((from, at));
        }
        match token.class {
            Class::Open if open.is_none() => open = Some(at),
            Class::Close => {
                if let Some(from) = open.take() {
                    out.push((from, at + 1));
                }
            }
            _ => {}
        }
    }
    if let Some(from) = open {
        out.push((from, tokens.len()));
    }
    out
}
