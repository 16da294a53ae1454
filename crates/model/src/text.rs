//! The same words in the languages of a mission.
//!
//! Never translates: what an author did not give in a language is shown in English.

/// The same words in the languages of the mission; English is always there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: String,
    /// Arabic.
    pub ar: Option<String>,
    /// Russian.
    pub ru: Option<String>,
}

impl Text {
    /// The words in a language (`en`, `ar`, `ru`), or the English ones when there are none.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        let wanted = match language {
            "ar" => self.ar.as_deref(),
            "ru" => self.ru.as_deref(),
            _ => None,
        };
        wanted.unwrap_or(&self.en)
    }
}
