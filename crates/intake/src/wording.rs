//! A text to its marks: which seldom words and names it holds, as hashes, with how surprising each is.
//!
//! Folds what is written several ways (marks, hamzas, articles and particles of Arabic, case), brings names of any script to their
//! consonants, and hashes. Never keeps a word, never learns what an event is, and weighs nothing: casework holds marks against one
//! another. How common a word is comes from texts that were counted beforehand ([`Commonness`]).

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Mark, Wording};

/// Words of a text that are looked at: what it tells stands at its beginning, what a page carries beside it further down.
const WORDS_READ: usize = 260;
/// Letters of a text that are looked at, whatever it holds.
const LETTERS_READ: usize = 8000;
/// What every eighth text holds, in thousandths of a doubling, is no mark: that two texts share it says nothing.
const SELDOM: u16 = 3000;
/// Consonants without which a name is no name.
const CONSONANTS: usize = 3;

/// In how many texts each word and name was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commonness {
    texts: u32,
    words: BTreeMap<u32, u32>,
    /// By script: a name of three consonants that is seldom in one may be a common word in the other.
    names: [(u32, BTreeMap<u32, u32>); 2],
}

/// Hashes of a text's words and names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hashes {
    words: BTreeSet<u32>,
    /// Names of Latin and of Arabic script.
    names: [BTreeSet<u32>; 2],
}

/// Texts that a table of commonness stands for: its shares are thousandths.
const TABLE_TEXTS: u32 = 1000;
/// Share of what is said to be common, in thousandths: every fourth text, so that it is no mark.
const COMMON: u32 = 250;
/// Kinds of rows of a table: words, names of Latin and of Arabic script.
const KINDS: [&str; 3] = ["word", "latin", "arabic"];

impl Commonness {
    /// Nothing met yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a table `kind,hash,share`: of which words in how many of a thousand texts. What it does not hold is in none.
    ///
    /// # Errors
    /// The first row that cannot be read.
    pub fn parse(table: &str) -> Result<Self, String> {
        let none = || (TABLE_TEXTS, BTreeMap::new());
        let mut all = Self { texts: TABLE_TEXTS, words: BTreeMap::new(), names: [none(), none()] };
        for (number, line) in table.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let mut cells = line.trim().split(',');
            let kind = cells.next().and_then(|kind| KINDS.iter().position(|known| *known == kind));
            let hash = cells.next().and_then(|hash| u32::from_str_radix(hash, 16).ok());
            let share =
                cells.next().and_then(|share| share.parse::<u32>().ok()).filter(|s| *s <= TABLE_TEXTS);
            let (Some(kind), Some(hash), Some(share), None) = (kind, hash, share, cells.next()) else {
                return Err(format!("row {}: write kind,hash,share, not {line}", number + 1));
            };
            all.shares(kind).map(|shares| shares.insert(hash, share));
        }
        Ok(all)
    }

    /// The table of what was counted, as far as it was met in so many of a thousand texts; `kinds` of rows, all three or some.
    #[must_use]
    pub fn table(&self, least: u32, kinds: &[&str]) -> String {
        let [latin, arabic] = &self.names;
        let parts = [(self.texts, &self.words), (latin.0, &latin.1), (arabic.0, &arabic.1)];
        let mut out = String::new();
        for (kind, (texts, counts)) in KINDS.iter().zip(parts).filter(|(kind, _)| kinds.contains(*kind)) {
            for (hash, count) in counts {
                let share = u64::from(*count) * u64::from(TABLE_TEXTS) / u64::from(texts.max(1));
                if share >= u64::from(least) {
                    out.push_str(&format!("{kind},{hash:08x},{share}\n"));
                }
            }
        }
        out
    }

    /// Holds the words and names of a text for common, whoever counted what: registered names, words of the reader's tables.
    pub fn hold_common(&mut self, text: &str) {
        let hashes = hashes(text);
        let [latin, arabic] = hashes.names;
        for (kind, met) in [hashes.words, latin, arabic].into_iter().enumerate() {
            for hash in met {
                if let Some(shares) = self.shares(kind) {
                    let share = shares.entry(hash).or_default();
                    *share = (*share).max(COMMON);
                }
            }
        }
    }

    fn shares(&mut self, kind: usize) -> Option<&mut BTreeMap<u32, u32>> {
        let [latin, arabic] = &mut self.names;
        [&mut self.words, &mut latin.1, &mut arabic.1].into_iter().nth(kind)
    }

    /// Counts one more text.
    pub fn count(&mut self, text: &str) {
        let hashes = hashes(text);
        self.texts = self.texts.saturating_add(1);
        for hash in hashes.words {
            *self.words.entry(hash).or_default() += 1;
        }
        for ((texts, counts), met) in self.names.iter_mut().zip(hashes.names) {
            *texts = texts.saturating_add(u32::from(!met.is_empty()));
            for hash in met {
                *counts.entry(hash).or_default() += 1;
            }
        }
    }

    /// How surprising a word is, in thousandths of a doubling.
    fn of_word(&self, hash: u32) -> u16 {
        surprise(self.texts, self.words.get(&hash).copied().unwrap_or(0))
    }

    /// The same of a name: as it is in the script in which it is more common.
    fn of_name(&self, hash: u32) -> u16 {
        let of = |(texts, counts): &(u32, BTreeMap<u32, u32>)| {
            (*texts > 0).then(|| surprise(*texts, counts.get(&hash).copied().unwrap_or(0)))
        };
        self.names.iter().filter_map(of).min().unwrap_or(0)
    }
}

/// The marks of a text; none for one without words.
#[must_use]
pub fn wording(text: &str, commonness: &Commonness) -> Option<Wording> {
    let hashes = hashes(text);
    let mark = |hash: u32, surprise: u16| Mark { hash, surprise };
    let seldom = |mark: &Mark| mark.surprise >= SELDOM;
    let words = hashes.words.iter().map(|h| mark(*h, commonness.of_word(*h)));
    let words: Vec<Mark> = words.filter(seldom).collect();
    let [latin, arabic] = &hashes.names;
    let names = latin.union(arabic).map(|h| mark(*h, commonness.of_name(*h)));
    let names: Vec<Mark> = names.filter(seldom).collect();
    (!words.is_empty()).then(|| Wording::new(words, names))
}

/// Doublings between all texts and those with the word, one imagined on each side.
fn surprise(texts: u32, with: u32) -> u16 {
    let fine = |n: u32| -> u32 {
        let n = u64::from(n.saturating_add(1));
        let whole = n.ilog2();
        let rest = (n - (1 << whole)) * 1000 / (1 << whole);
        whole * 1000 + u32::try_from(rest).unwrap_or(0)
    };
    u16::try_from(fine(texts).saturating_sub(fine(with))).unwrap_or(u16::MAX)
}

fn hashes(text: &str) -> Hashes {
    let mut all = Hashes::default();
    for (at, word) in words(text).into_iter().enumerate() {
        if at >= WORDS_READ {
            break;
        }
        let arabic = word.folded.chars().next().is_some_and(is_arabic);
        let plain = if arabic { stem(&word.folded) } else { &word.folded };
        if plain.chars().nth(1).is_some() && !plain.chars().all(|c| c.is_ascii_digit()) {
            all.words.insert(hash(plain));
        }
        if !arabic && !word.capital {
            continue;
        }
        let [latin, of_arabic] = &mut all.names;
        let (bones, names) =
            if arabic { (arabic_bones(plain), of_arabic) } else { (latin_bones(plain), latin) };
        if bones.len() >= CONSONANTS {
            names.insert(hash(&format!("name {bones}")));
        }
    }
    all
}

struct Word {
    folded: String,
    /// Begins with a capital and has more than three letters, as names do in Latin script.
    capital: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut all = Vec::new();
    let mut word = Word { folded: String::new(), capital: false };
    for c in text.chars().take(LETTERS_READ).chain([' ']) {
        match fold(c) {
            None => {}
            Some(' ') if word.folded.is_empty() => {}
            Some(' ') => {
                word.capital &= word.folded.chars().nth(3).is_some();
                all.push(std::mem::replace(&mut word, Word { folded: String::new(), capital: false }));
            }
            Some(folded) => {
                word.capital |= word.folded.is_empty() && c.is_uppercase();
                word.folded.push(folded);
            }
        }
    }
    all
}

/// A letter as it is compared; a space for what parts words; nothing for marks and joiners.
fn fold(c: char) -> Option<char> {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ی' | 'ئ' => Some('ي'),
        'ة' => Some('ه'),
        'ک' => Some('ك'),
        'ؤ' => Some('و'),
        '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {
            None
        }
        '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | 'ʿ' | 'ʾ' => None,
        '٠'..='٩' => char::from_digit(u32::from(c) - u32::from('٠'), 10),
        'é' | 'è' | 'ê' | 'ë' => Some('e'),
        'â' | 'ā' | 'á' | 'à' => Some('a'),
        'î' | 'ī' | 'í' | 'ı' => Some('i'),
        'û' | 'ū' | 'ú' | 'ü' => Some('u'),
        'ç' => Some('c'),
        'ş' | 'š' | 'ṣ' => Some('s'),
        'ḥ' => Some('h'),
        'ṭ' => Some('t'),
        'ḍ' => Some('d'),
        'ẓ' | 'ž' => Some('z'),
        c if c.is_alphanumeric() => c.to_lowercase().next(),
        _ => Some(' '),
    }
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}')
}

/// An Arabic word without its article and the particles written onto it.
fn stem(word: &str) -> &str {
    for lead in ["وبال", "وال", "بال", "فال", "كال", "لل", "ال"] {
        if let Some(rest) = word.strip_prefix(lead).filter(|rest| rest.chars().nth(1).is_some()) {
            return rest;
        }
    }
    word
}

/// Consonants of an Arabic name, as a Latin writer hears them: what is written several ways becomes one.
fn arabic_bones(word: &str) -> String {
    let word = word.strip_suffix('ه').unwrap_or(word);
    let letter = |(at, c): (usize, char)| match c {
        'ب' | 'پ' => Some('b'),
        'ت' | 'ث' | 'ط' => Some('t'),
        'ج' | 'چ' => Some('j'),
        'ح' | 'ه' | 'ھ' if at == 0 => Some('h'),
        'خ' | 'ق' | 'ك' | 'غ' | 'گ' => Some('k'),
        'د' | 'ذ' | 'ض' => Some('d'),
        'ر' => Some('r'),
        'ز' | 'ظ' => Some('z'),
        'س' | 'ش' | 'ص' => Some('s'),
        'ف' => Some('f'),
        'ل' => Some('l'),
        'م' => Some('m'),
        'ن' => Some('n'),
        'و' if at == 0 => Some('w'),
        'ي' if at == 0 => Some('y'),
        _ => None,
    };
    once_each(word.chars().enumerate().filter_map(letter))
}

/// Consonants of a Latin name.
fn latin_bones(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = letters.get(at) {
        let pair = letters.get(at + 1) == Some(&'h');
        let (letter, step) = match c {
            's' | 'c' if pair => (Some('s'), 2),
            'k' | 'g' if pair => (Some('k'), 2),
            't' if pair => (Some('t'), 2),
            'd' if pair => (Some('d'), 2),
            'p' if pair => (Some('f'), 2),
            'q' | 'k' | 'c' | 'g' => (Some('k'), 1),
            'b' | 'p' | 'v' => (Some('b'), 1),
            'h' | 'w' | 'y' => (Some(*c).filter(|_| at == 0), 1),
            't' | 'j' | 'd' | 'r' | 'z' | 's' | 'f' | 'l' | 'm' | 'n' => (Some(*c), 1),
            _ => (None, 1),
        };
        found.extend(letter);
        at += step;
    }
    once_each(found.into_iter())
}

fn once_each(letters: impl Iterator<Item = char>) -> String {
    let mut all = String::new();
    for c in letters {
        if !all.ends_with(c) {
            all.push(c);
        }
    }
    all
}

/// FNV-1a.
fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_same_bones_in_both_scripts() {
        for (arabic, latin) in [
            ("القامشلي", "qamishli"),
            ("سرمين", "sarmin"),
            ("كفرنبل", "kafranbel"),
            ("جسر", "jisr"),
            ("الشغور", "shughur"),
            ("منبج", "manbij"),
            ("درعا", "daraa"),
        ] {
            let folded: String = arabic.chars().filter_map(fold).collect();
            assert_eq!(arabic_bones(stem(&folded)), latin_bones(latin), "{arabic}");
        }
    }

    #[test]
    fn what_every_text_holds_surprises_nobody() {
        let mut commonness = Commonness::new();
        for n in 0..64 {
            commonness.count(&format!("قصف مدفعي على بلدة رقم{n}"));
        }
        commonness.count("قصف على بلدة سرمين");
        let told = wording("قَصفٌ على بلدة سرمين", &commonness);
        let again = wording("استهداف سرمين", &commonness);
        let (Some(told), Some(again)) = (told, again) else { unreachable!("both have words") };
        let both: Vec<&Mark> = told.words().iter().filter(|m| again.words().contains(m)).collect();
        assert!(matches!(both.as_slice(), [one] if one.surprise > 4500));
        assert!(told.words().iter().all(|m| m.surprise >= SELDOM));
        assert_eq!(wording("… !", &commonness), None);
    }

    #[test]
    fn a_table_reads_back_and_what_is_held_common_is_no_mark() {
        let mut counted = Commonness::new();
        (0..500).for_each(|n| counted.count(&format!("shelling hit Orvel number{n}")));
        let table = format!("kind,hash,share\n{}", counted.table(4, &KINDS));
        let mut read = Commonness::parse(&table).unwrap_or_default();
        assert_eq!(read.table(4, &KINDS), counted.table(4, &KINDS));
        assert_eq!(wording("Shelling hit Orvel", &read), None);
        let told =
            |read: &Commonness| wording("Shelling hit Tilmar bakery", read).map_or(0, |w| w.words().len());
        assert_eq!(told(&read), 2);
        read.hold_common("Tilmar");
        assert_eq!(told(&read), 1);
        for bad in ["word,12", "verb,00000001,5", "word,00000001,1001", "word,zz,5", "word,00000001,5,6"] {
            assert!(Commonness::parse(&format!("kind,hash,share\n{bad}\n")).is_err(), "{bad}");
        }
    }

    #[test]
    fn ten_megabytes_and_a_mile_of_marks_are_bounded() {
        // A word is seldom beside texts without it.
        let mut commonness = Commonness::new();
        (0..20).for_each(|_| commonness.count("قصف المدينة"));
        let long = "شظية ".repeat(2 << 20);
        assert!(wording(&long, &commonness).is_some_and(|w| w.words().len() == 1));
        assert_eq!(wording(&"\u{301}".repeat(1 << 20), &commonness), None);
    }
}
