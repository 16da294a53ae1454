//! Names that are known beforehand: a mission's actors and areas, and a gazetteer of places.
//!
//! Looked up by words, in any script; a name is never guessed from a part of it. Of several places with one name the one in
//! the document's country is proposed, else the largest; a person sees the words and decides.

use std::collections::BTreeMap;

use truceline_model::{Actors, Areas};

use super::lexicon::name_words;
use super::tokens::Token;
use crate::json::{self, Node, Value};

/// Longest name that is looked up, in words.
const NAME_LIMIT: usize = 8;

/// Phrases by their first word; of one beginning the longest wins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    by_first: BTreeMap<String, Vec<(Vec<String>, usize)>>,
}

impl Names {
    fn add(&mut self, name: &str, item: usize) {
        let mut words = name_words(name);
        if words.first().is_some_and(|w| w == "the") {
            words.remove(0);
        }
        let long_enough = words.iter().map(|w| w.chars().count()).sum::<usize>() > 1;
        if words.is_empty() || words.len() > NAME_LIMIT || !long_enough {
            return;
        }
        let first = words.remove(0);
        let at = self.by_first.entry(first).or_default();
        at.push((words, item));
    }

    /// Longer names first.
    fn sort(&mut self) {
        for names in self.by_first.values_mut() {
            names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.1.cmp(&b.1)));
        }
    }

    /// The longest names that begin at a token: where they end, and what bears them.
    pub(crate) fn at(&self, tokens: &[Token], at: usize) -> Option<(usize, Vec<usize>)> {
        let token = tokens.get(at)?;
        let mut found: Option<(usize, Vec<usize>)> = None;
        for form in std::iter::once(&token.fold).chain(&token.alts) {
            let Some(names) = self.by_first.get(form) else { continue };
            for (rest, item) in names {
                if found.as_ref().is_some_and(|(end, _)| at + 1 + rest.len() < *end) {
                    break;
                }
                let same = rest
                    .iter()
                    .enumerate()
                    .all(|(n, word)| tokens.get(at + 1 + n).is_some_and(|t| t.is(word) && t.breaks < 2));
                if same {
                    let end = at + 1 + rest.len();
                    match &mut found {
                        Some((known, items)) if *known == end => items.push(*item),
                        _ => found = Some((end, vec![*item])),
                    }
                }
            }
            if found.is_some() {
                break;
            }
        }
        found
    }
}

/// What a mission knows: its actors and areas by name.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub(crate) actors: Names,
    pub(crate) actor_ids: Vec<String>,
    pub(crate) areas: Names,
    pub(crate) area_ids: Vec<(String, bool)>,
}

impl Case {
    /// Nothing known beforehand.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// From a mission's registries.
    #[must_use]
    pub fn new(actors: &Actors, areas: &Areas) -> Self {
        let mut case = Self::default();
        for actor in actors.iter() {
            let item = case.actor_ids.len();
            case.actor_ids.push(actor.id.as_str().to_owned());
            for name in actor.names.values().chain(&actor.aliases) {
                case.actors.add(name, item);
            }
        }
        for area in areas.iter() {
            let item = case.area_ids.len();
            let country = area.kind == truceline_model::AreaKind::Country;
            case.area_ids.push((area.id.as_str().to_owned(), country));
            for name in area.names.values().chain(&area.aliases) {
                case.areas.add(name, item);
            }
        }
        case.actors.sort();
        case.areas.sort();
        case
    }
}

/// A place of the gazetteer.
#[derive(Clone, Debug)]
pub(crate) struct GazetteerPlace {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) population: u64,
}

/// Places of the world, by name; may be empty.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    pub(crate) places: Vec<GazetteerPlace>,
    pub(crate) names: Names,
}

impl Gazetteer {
    /// No places known.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads an object of places by id, or a list of places: `name`, `countrycode`, `population`, `alternatenames`.
    ///
    /// # Errors
    /// In words, when it is no JSON of that shape.
    pub fn parse(text: &str) -> Result<Self, String> {
        let root = json::parse(text).map_err(|f| format!("byte {}: {}", f.at, f.say))?;
        let nodes: Vec<&Node> = match &root.value {
            Value::Object(pairs) => pairs.iter().map(|(_, node)| node).collect(),
            Value::List(items) => items.iter().collect(),
            _ => return Err("a gazetteer is an object or a list of places with name and countrycode".into()),
        };
        let mut all = Self::default();
        for node in nodes {
            let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
            let number = |key: &str| match node.get(key).map(|n| &n.value) {
                Some(Value::Number(digits)) => digits.clone(),
                Some(Value::Text(words)) => words.clone(),
                _ => String::new(),
            };
            let name = text("name");
            if name.is_empty() {
                continue;
            }
            let item = all.places.len();
            all.names.add(&name, item);
            for other in node.get("alternatenames").and_then(Node::items).unwrap_or_default() {
                let other = other.text().unwrap_or_default();
                // Three letters in Latin script are codes of airports and the like.
                let code = other.len() <= 3 && other.chars().all(|c| c.is_ascii_uppercase());
                if !code && other != name {
                    all.names.add(other, item);
                }
            }
            let population = number("population").parse().unwrap_or(0);
            all.places.push(GazetteerPlace {
                id: format!("geonames:{}", number("geonameid")),
                name,
                country: text("countrycode"),
                population,
            });
        }
        all.names.sort();
        Ok(all)
    }

    /// Of places with one name: the one in that country, else the largest.
    pub(crate) fn choose(&self, items: &[usize], country: Option<&str>) -> Option<&GazetteerPlace> {
        let places = || items.iter().filter_map(|item| self.places.get(*item));
        let near = places().filter(|p| country.is_some_and(|c| p.country == c)).max_by_key(|p| p.population);
        near.or_else(|| places().max_by_key(|p| p.population))
    }
}
