//! Which language a text is in, by its letters; the tables that are used follow from it.

/// Bytes that are looked at: enough to tell.
const LOOKED_AT: usize = 20_000;

/// Letters of the shortest message that is worth reading among those of another script.
const SHORT_MESSAGE: u32 = 30;

/// `en`, `ar`, `ru`, `uk` or `?`.
pub(crate) fn of(text: &str) -> &'static str {
    let (mut arabic, mut persian, mut cyrillic, mut ukrainian, mut latin, mut other) =
        (0_u32, 0, 0, 0, 0, 0_u32);
    for (at, c) in text.char_indices() {
        if at > LOOKED_AT {
            break;
        }
        match c {
            'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' | 'ٹ' | 'ے' => persian += 1,
            '\u{620}'..='\u{6ff}' if c.is_alphabetic() => arabic += 1,
            'і' | 'ї' | 'є' | 'ґ' | 'І' | 'Ї' | 'Є' | 'Ґ' => ukrainian += 1,
            '\u{400}'..='\u{4ff}' => cyrillic += 1,
            c if c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c) => latin += 1,
            c if c.is_alphabetic() => other += 1,
            _ => {}
        }
    }
    let most = arabic.max(cyrillic + ukrainian).max(latin).max(other);
    if most == 0 || most == other {
        return "?";
    }
    if most == arabic {
        return if persian * 20 > arabic { "?" } else { "ar" };
    }
    if most == cyrillic + ukrainian {
        return if ukrainian * 50 > cyrillic { "uk" } else { "ru" };
    }
    // A message in Arabic or Russian, copied with the buttons of the page around it.
    let own = arabic.max(cyrillic + ukrainian);
    let buttons = own >= SHORT_MESSAGE && (own * 6 >= latin || !english(text));
    if buttons && own == arabic {
        return if persian * 20 > arabic { "?" } else { "ar" };
    }
    if buttons {
        return if ukrainian * 50 > cyrillic { "uk" } else { "ru" };
    }
    if english(text) { "en" } else { "?" }
}

/// Whether the little words of English make up their share of the words; one or two words are taken for English.
fn english(text: &str) -> bool {
    const LITTLE: [&str; 24] = [
        "the", "of", "and", "in", "to", "a", "on", "said", "at", "by", "was", "were", "with", "that", "for",
        "is", "from", "has", "have", "near", "after", "killed", "an", "as",
    ];
    // Notes in haste leave the little words out: then it is enough that those of other languages are missing.
    const FOREIGN: [&str; 36] = [
        "el", "la", "los", "las", "de", "del", "que", "en", "un", "una", "le", "les", "des", "du", "et",
        "est", "der", "die", "das", "und", "ein", "il", "di", "che", "ve", "bir", "bu", "i", "na", "se",
        "je", "wa", "ya", "kwa", "dan", "yang",
    ];
    let (mut words, mut little, mut foreign, mut accents) = (0_u32, 0_u32, 0_u32, 0_u32);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).take(2_000) {
        words += 1;
        accents += u32::from(!word.is_ascii());
        foreign += u32::from(FOREIGN.contains(&word));
        little += u32::from(LITTLE.iter().any(|known| word.eq_ignore_ascii_case(known)));
    }
    words < 6 || little * 9 >= words || (foreign * 12 < words && accents * 40 < words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_languages_are_told_apart() {
        assert_eq!(of("Shelling killed five people in the town on Sunday."), "en");
        assert_eq!(of("قتل خمسة أشخاص في قصف"), "ar");
        assert_eq!(of("В результате обстрела погибли пять человек"), "ru");
        assert_eq!(of("Унаслідок обстрілу загинули п'ять осіб, є поранені"), "uk");
        assert_eq!(of("Cinco personas murieron en un ataque contra la ciudad el domingo pasado"), "?");
        assert_eq!(of("  12 \n"), "?");
        let copied =
            "Copy link to Tweet Embed Tweet Back to top قصف مدفعي استهدف اطراف القرية وسقوط جرحى Loading";
        assert_eq!(of(copied), "ar");
    }
}
