//! The tables that a linguist edits, and where their phrases occur in a text.
//!
//! A table is `lexicons/<language>/<table>.csv` with the columns `words,kind,value,extra`; `lexicons/README.md` tells what each
//! table is for. In `words`, `|` parts whole alternatives and `/` forms of one word; `~v` after a word stands for the forms of a
//! regular verb, `~n` for a plural, and `*` for any ending. Nothing here knows what a table means; the grammars do.

use std::collections::BTreeMap;
use std::fmt;

use super::tokens::{Class, Token, tokens};

/// The table of what signs weigh; it is learned, not written.
const WEIGHTS: &str = "weights.csv";

/// Longest table, in bytes.
const TABLE_LIMIT: usize = 4 << 20;

macro_rules! tables {
    ($($variant:ident = $word:literal),+ $(,)?) => {
        /// The tables there are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Cat {
            $($variant,)+
        }

        impl Cat {
            fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            const WORDS: &'static [&'static str] = &[$($word,)+];
        }
    };
}

tables! {
    ActNoun = "act_nouns",
    ActVerb = "act_verbs",
    Weapon = "weapons",
    Target = "targets",
    Held = "control",
    Casualty = "casualties",
    Counting = "counting",
    People = "people",
    Number = "numbers",
    Qualifier = "qualifiers",
    Share = "shares",
    Month = "months",
    Weekday = "weekdays",
    Unit = "units",
    Relative = "relative_dates",
    Preposition = "prepositions",
    PlaceWord = "place_words",
    PlaceStop = "place_stops",
    Actor = "actors",
    Country = "countries",
    Title = "titles",
    Source = "sources",
    SourceCue = "source_cues",
    Speech = "speech",
    Hedge = "hedges",
    Responsibility = "responsibility",
    Boundary = "boundaries",
    Link = "links",
    Header = "headers",
    NoteAct = "note_acts",
    Deal = "deals",
    DealVerb = "deal_verbs",
    DealWord = "deal_words",
    Condition = "conditions",
    Duration = "duration",
    Aid = "aid",
    AidVerb = "aid_verbs",
    Stop = "stop_words",
    Abbreviation = "abbreviations",
    Wall = "walls",
    GivenName = "given_names",
    Verb = "verbs",
    Body = "bodies",
}

/// What is wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconFault {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// In words.
    pub say: String,
}

impl fmt::Display for LexiconFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.say)
    }
}

/// What a row says about its words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) kind: String,
    pub(crate) value: String,
    pub(crate) extra: String,
}

#[derive(Clone, Debug)]
struct Phrase {
    cat: Cat,
    entry: usize,
    /// Words after the first.
    rest: Vec<String>,
}

/// The tables of one language.
#[derive(Clone, Debug, Default)]
pub(crate) struct Language {
    /// What signs weigh, in thousandths.
    weights: BTreeMap<String, i32>,
    entries: Vec<Entry>,
    words: BTreeMap<String, Vec<Phrase>>,
    stems: BTreeMap<String, Vec<Phrase>>,
    longest_stem: usize,
}

/// All tables, by language.
#[derive(Clone, Debug, Default)]
pub struct Lexicons {
    languages: BTreeMap<String, Language>,
}

/// A phrase of a table, where it occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) cat: Cat,
    entry: usize,
}

impl Tag {
    /// What the same row says, of other words.
    pub(crate) fn moved(self, from: usize, to: usize) -> Self {
        Self { from, to, ..self }
    }
}

/// The phrases found in a text.
pub(crate) struct Tags<'l> {
    language: &'l Language,
    tags: Vec<Tag>,
    /// For each token, the first of the tags that begin at it or later.
    first: Vec<usize>,
}

impl Lexicons {
    /// Reads tables given as (`en/acts.csv`, bytes); folders before the last two parts of a name do not matter.
    ///
    /// # Errors
    /// Every fault, with file and line.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, Vec<LexiconFault>> {
        let (mut all, mut faults) = (Self::default(), Vec::new());
        for (name, bytes) in files {
            let mut parts = name.rsplit(['/', '\\']);
            let (file, language) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let fault = |line, say: &str| LexiconFault { file: name.to_owned(), line, say: say.to_owned() };
            let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= TABLE_LIMIT);
            let Some(text) = text else {
                faults.push(fault(1, "a table is UTF-8 text of at most 4 MiB"));
                continue;
            };
            let cat = file.strip_suffix(".csv").and_then(Cat::parse);
            if cat.is_none() && file != WEIGHTS {
                let say = format!("no such table; there are {}", Cat::WORDS.join(", "));
                faults.push(fault(1, &say));
                continue;
            }
            let into = all.languages.entry(language.to_owned()).or_default();
            let Some(cat) = cat else {
                let wrong = into.weigh(text);
                faults.extend(wrong.map(|line| fault(line, "a row of weights is a sign and a whole number")));
                continue;
            };
            for (line, row) in text.lines().zip(1_usize..) {
                if let Err(say) = into.row(cat, line, row) {
                    faults.push(fault(row, say));
                }
            }
        }
        if faults.is_empty() { Ok(all) } else { Err(faults) }
    }

    pub(crate) fn language(&self, code: &str) -> Option<&Language> {
        self.languages.get(code)
    }
}

impl Language {
    /// Takes weights: `sign,weight` in each row but the first. Gives the first row that is none.
    fn weigh(&mut self, table: &str) -> Option<usize> {
        for (line, row) in table.lines().zip(1_usize..).skip(1).filter(|(line, _)| !line.is_empty()) {
            let Some((sign, weight)) = line.rsplit_once(',') else { return Some(row) };
            let Ok(weight) = weight.parse() else { return Some(row) };
            self.weights.insert(sign.to_owned(), weight);
        }
        None
    }

    fn row(&mut self, cat: Cat, line: &str, number: usize) -> Result<(), &'static str> {
        let line = line.trim_end();
        if number == 1 {
            let right = line.trim_start_matches('\u{feff}').starts_with("words");
            return if right { Ok(()) } else { Err("the first row is words,kind,value,extra") };
        }
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let mut cells = split(line)?.into_iter();
        let words = cells.next().unwrap_or_default();
        let mut next = || cells.next().unwrap_or_default();
        let entry = self.entries.len();
        self.entries.push(Entry { kind: next(), value: next(), extra: next() });
        if words.trim().is_empty() {
            return Err("a row begins with words");
        }
        for alternative in words.split('|') {
            self.alternative(cat, entry, alternative.trim())?;
        }
        Ok(())
    }

    fn alternative(&mut self, cat: Cat, entry: usize, words: &str) -> Result<(), &'static str> {
        let forms: Vec<Vec<String>> = words.split_whitespace().flat_map(forms).collect();
        let mut all: Vec<Vec<String>> = vec![Vec::new()];
        for word in forms {
            if all.len() * word.len() > 256 {
                return Err("too many forms; write rows apart");
            }
            all = all
                .into_iter()
                .flat_map(|head| {
                    word.iter().map(move |form| {
                        let mut phrase = head.clone();
                        phrase.push(form.clone());
                        phrase
                    })
                })
                .collect();
        }
        for mut phrase in all {
            if phrase.is_empty() {
                return Err("an alternative has no words");
            }
            let head = phrase.remove(0);
            let phrase = Phrase { cat, entry, rest: phrase };
            let list = match head.strip_suffix('*') {
                Some(stem) => {
                    self.longest_stem = self.longest_stem.max(stem.chars().count());
                    self.stems.entry(stem.to_owned()).or_default()
                }
                None => self.words.entry(head).or_default(),
            };
            let told =
                list.iter_mut().find(|p| cat == Cat::DealVerb && p.cat == cat && p.rest == phrase.rest);
            match told {
                // "Held" is said of truces and of talks: what a later row adds for other kinds is put to the first.
                Some(first) if first.entry != entry => {
                    if let Some(both) = joined(self.entries.get(first.entry), self.entries.get(entry)) {
                        first.entry = self.entries.len();
                        self.entries.push(both);
                    }
                }
                Some(_) => {}
                None => list.push(phrase),
            }
        }
        Ok(())
    }

    /// Whether a single word stands in a table.
    pub(crate) fn has(&self, cat: Cat, word: &str) -> bool {
        self.words.get(word).is_some_and(|all| all.iter().any(|p| p.cat == cat && p.rest.is_empty()))
    }

    /// Where the tables' phrases occur; of one table, the leftmost longest.
    pub(crate) fn tags(&self, tokens: &[Token]) -> Tags<'_> {
        let mut tags: Vec<Tag> = Vec::new();
        let mut first = Vec::with_capacity(tokens.len() + 1);
        let mut until: BTreeMap<Cat, usize> = BTreeMap::new();
        for at in 0..tokens.len() {
            first.push(tags.len());
            let begun = tags.len();
            for (phrases, extra) in self.beginning(tokens, at) {
                for phrase in phrases {
                    let Some(to) = matched(tokens, at + 1, &phrase.rest) else { continue };
                    if matches!(phrase.cat, Cat::Hedge | Cat::DealWord) && asserts(tokens, at) {
                        continue;
                    }
                    let tag = Tag { from: at, to: to + extra, cat: phrase.cat, entry: phrase.entry };
                    if until.get(&tag.cat).is_some_and(|end| *end > at) {
                        continue;
                    }
                    match tags.iter_mut().skip(begun).find(|t| t.cat == tag.cat) {
                        Some(same) if same.to < tag.to => *same = tag,
                        Some(_) => {}
                        None => tags.push(tag),
                    }
                }
            }
            for tag in tags.iter().skip(begun) {
                until.insert(tag.cat, tag.to);
            }
        }
        first.push(tags.len());
        Tags { language: self, tags, first }
    }

    fn beginning<'s>(&'s self, tokens: &[Token], at: usize) -> Vec<(&'s Vec<Phrase>, usize)> {
        let Some(token) =
            tokens.get(at).filter(|t| t.word() || t.class == Class::Number || t.class == Class::Other)
        else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for form in std::iter::once(&token.fold).chain(&token.alts) {
            out.extend(self.words.get(form).map(|p| (p, 0)));
            if self.longest_stem == 0 {
                continue;
            }
            for (count, (end, c)) in form.char_indices().enumerate() {
                if count >= self.longest_stem {
                    break;
                }
                let stem = form.get(..end + c.len_utf8()).unwrap_or_default();
                out.extend(self.stems.get(stem).map(|p| (p, 0)));
            }
        }
        out
    }
}

/// What two rows say of one phrase: the first, and of kinds that it does not name the second, with where those stand.
fn joined(first: Option<&Entry>, second: Option<&Entry>) -> Option<Entry> {
    let (first, second) = (first?, second?);
    let named = |value: &str, kind: &str| value.split(';').any(|k| k.split(['=', '@']).next() == Some(kind));
    let position = second.extra.split(';').next().unwrap_or_default();
    let mut both = first.clone();
    for part in second.value.split(';') {
        let (kind, sub) = part.split_once('=').unwrap_or((part, &second.kind));
        if !named(&first.value, kind) {
            let sub = sub.split('@').next().unwrap_or_default();
            both.value.push_str(&format!(";{kind}={sub}@{position}"));
        }
    }
    (both.value != first.value).then_some(both)
}

/// Whether قد stands before a verb of the past: it then says that something has happened, not that it may.
fn asserts(tokens: &[Token], at: usize) -> bool {
    // Verbs of the past that begin like those of the future.
    const PAST: [&str; 23] = [
        "تم",
        "تعرض",
        "تمكن",
        "تبن",
        "توقف",
        "توصل",
        "تراجع",
        "تقدم",
        "توفي",
        "تسبب",
        "تجدد",
        "تصاعد",
        "تحدث",
        "تعهد",
        "تزامن",
        "توغل",
        "تجاوز",
        "تلق",
        "تدهور",
        "تدمر",
        "تاكد",
        "تبادل",
        "تضرر",
    ];
    let Some(next) = tokens.get(at + 1).filter(|_| tokens.get(at).is_some_and(|t| t.fold == "قد")) else {
        return false;
    };
    let was = tokens.get(at.saturating_sub(6)..at).unwrap_or_default();
    let past = next.fold.starts_with('ت') && PAST.iter().any(|verb| next.fold.starts_with(verb));
    let may = next.fold.starts_with(['ي', 'ت']) && !past;
    !may || was.iter().any(|t| t.any(&["كان", "كانت", "كانوا"]))
}

fn matched(tokens: &[Token], mut at: usize, rest: &[String]) -> Option<usize> {
    for word in rest {
        let token = tokens.get(at).filter(|t| t.breaks < 2)?;
        let same = match word.strip_suffix('*') {
            Some("") => token.word() || token.class == Class::Number,
            Some(stem) => token.fold.starts_with(stem) || token.alts.iter().any(|a| a.starts_with(stem)),
            None => token.is(word),
        };
        if !same {
            return None;
        }
        at += 1;
    }
    Some(at)
}

impl Tags<'_> {
    /// What a sign weighs, in thousandths; nothing when no table holds it.
    pub(crate) fn weight(&self, sign: &str) -> i32 {
        self.language.weights.get(sign).copied().unwrap_or(0)
    }

    /// The phrase of a table that begins at a token.
    pub(crate) fn at(&self, cat: Cat, at: usize) -> Option<Tag> {
        self.starting(at).find(|tag| tag.cat == cat)
    }

    pub(crate) fn starting(&self, at: usize) -> impl Iterator<Item = Tag> + '_ {
        let from = self.first.get(at).copied().unwrap_or(self.tags.len());
        let to = self.first.get(at.saturating_add(1)).copied().unwrap_or(self.tags.len());
        self.tags.get(from..to).unwrap_or_default().iter().copied()
    }

    /// The phrase of a table that holds a token.
    pub(crate) fn over(&self, cat: Cat, at: usize) -> Option<Tag> {
        (at.saturating_sub(6)..=at).rev().find_map(|from| self.at(cat, from).filter(|tag| tag.to > at))
    }

    /// The phrase of a table that ends before a token.
    pub(crate) fn before(&self, cat: Cat, at: usize) -> Option<Tag> {
        (at.saturating_sub(6)..at).rev().find_map(|from| self.at(cat, from).filter(|tag| tag.to == at))
    }

    /// Phrases of a table that begin within a range, in order.
    pub(crate) fn within(&self, cat: Cat, from: usize, to: usize) -> impl Iterator<Item = Tag> + '_ {
        let first = self.first.get(from).copied().unwrap_or(self.tags.len());
        let last = self.first.get(to).copied().unwrap_or(self.tags.len());
        self.tags
            .get(first..last.max(first))
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(move |tag| tag.cat == cat)
    }

    /// What the tables say of it.
    pub(crate) fn entry(&self, tag: Tag) -> &Entry {
        static NOTHING: Entry = Entry { kind: String::new(), value: String::new(), extra: String::new() };
        self.language.entries.get(tag.entry).unwrap_or(&NOTHING)
    }

    pub(crate) fn kind(&self, tag: Tag) -> &str {
        &self.entry(tag).kind
    }

    pub(crate) fn value(&self, tag: Tag) -> &str {
        &self.entry(tag).value
    }
}

/// The cells of a row; a cell may stand in double quotes.
fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    if quoted { Err("a quote is not closed") } else { Ok(cells) }
}

/// One written word of a table as the forms of each token that it becomes: `cease-fire` gives two.
fn forms(word: &str) -> Vec<Vec<String>> {
    // A star alone stands for any one word.
    if word == "*" {
        return vec![vec![word.to_owned()]];
    }
    let (word, ending) = match word.rsplit_once('~') {
        Some((word, ending)) => (word, ending),
        None => (word, ""),
    };
    let stem = word.ends_with('*');
    let mut columns: Vec<Vec<String>> = Vec::new();
    for form in word.trim_end_matches('*').split('/') {
        // "=" before an Arabic word keeps its article: "today" is not "day".
        let exact = form.strip_prefix('=');
        let whole = |t: &Token| if exact.is_some() { t.fold.clone() } else { t.bare_or_fold() };
        let parts: Vec<String> = tokens(exact.unwrap_or(form)).iter().map(whole).collect();
        let last = parts.len().saturating_sub(1);
        for (at, part) in parts.into_iter().enumerate() {
            let mut all = match ending {
                "v" if at == last => verb(&part),
                "n" if at == last => vec![part.clone(), plural(&part)],
                _ => vec![part],
            };
            if stem && at == last {
                all = all.into_iter().map(|form| form + "*").collect();
            }
            match columns.get_mut(at) {
                Some(column) => column.extend(all),
                None => columns.push(all),
            }
        }
    }
    columns
}

impl Token {
    /// As tables hold it: an Arabic word of a table stands without its article.
    fn bare_or_fold(&self) -> String {
        self.fold.strip_prefix("ال").filter(|rest| rest.chars().count() > 2).unwrap_or(&self.fold).to_owned()
    }
}

fn vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// The forms of a regular verb; forms that nobody writes do no harm.
fn verb(base: &str) -> Vec<String> {
    let mut out = vec![base.to_owned(), plural(base)];
    let last: Vec<char> = base.chars().rev().take(3).collect();
    if let Some(stem) = base.strip_suffix('e') {
        out.extend([format!("{stem}ed"), format!("{stem}ing")]);
    } else if let Some(stem) = base.strip_suffix('y').filter(|s| !s.ends_with(vowel)) {
        out.extend([format!("{stem}ied"), format!("{base}ing")]);
    } else {
        out.extend([format!("{base}ed"), format!("{base}ing")]);
        if let [end, middle, before, ..] = last.as_slice()
            && !vowel(*end)
            && vowel(*middle)
            && !vowel(*before)
            && !matches!(end, 'w' | 'x' | 'y')
        {
            out.extend([format!("{base}{end}ed"), format!("{base}{end}ing")]);
        }
    }
    out
}

fn plural(base: &str) -> String {
    if let Some(stem) = base.strip_suffix('y').filter(|s| !s.ends_with(vowel)) {
        return format!("{stem}ies");
    }
    if base.ends_with(['s', 'x', 'z']) || base.ends_with("ch") || base.ends_with("sh") {
        return format!("{base}es");
    }
    format!("{base}s")
}

/// Folds a registry's name into the words that tokens of a text would have.
pub(crate) fn name_words(name: &str) -> Vec<String> {
    tokens(name).into_iter().filter(|t| t.word() || t.class == Class::Number).map(|t| t.fold).collect()
}
