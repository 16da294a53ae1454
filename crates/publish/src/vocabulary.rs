//! The words of the closed vocabulary as people say them, for whoever shows terms outside a page: an editor.

use std::collections::BTreeMap;

use crate::lang::{Catalogue, Lang};

/// Words for acts, weapons and targets in a language, by `act.airstrike`, `weapon.mortar`, `target.hospital`.
#[must_use]
pub fn vocabulary(lang: Lang) -> BTreeMap<String, String> {
    let catalogue = Catalogue::of(lang);
    let ours = |key: &String| ["act.", "weapon.", "target."].iter().any(|family| key.starts_with(family));
    catalogue.entries().filter(|(key, _)| ours(key)).map(|(k, v)| (k.clone(), v.clone())).collect()
}
