//! Values of the incident file: alternatives with their origins, figures, facts, places.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Alternatives, Answer, AreaId, Bounds, Casualties, CasualtyStatus, FactId, Figure, Instant, Interval,
    JudgementId, Place, Point, ReceiptNo, SourceId, area::Shape,
};

use super::{IncidentContext, UNNAMED};
use crate::json::{Node, Value};
use crate::nearest::{among, did_you_mean};
use crate::refusal::{Fault, Refusal, quote};

/// A line while it is read.
pub(super) struct Line<'a> {
    pub(super) row: u64,
    pub(super) context: &'a IncidentContext<'a>,
    pub(super) refusals: Vec<Refusal>,
    /// Origins of values that name none.
    pub(super) default_origins: BTreeSet<SourceId>,
    /// Every origin met, unless the line states them itself.
    pub(super) said_by: BTreeSet<SourceId>,
    pub(super) stated_origins: bool,
}

impl<'a> Line<'a> {
    pub(super) fn new(row: u64, context: &'a IncidentContext<'a>) -> Self {
        Self {
            row,
            context,
            refusals: Vec::new(),
            default_origins: BTreeSet::new(),
            said_by: BTreeSet::new(),
            stated_origins: false,
        }
    }

    pub(super) fn refuse(&mut self, fault: Fault, key: &str, node: &Node, would_be_right: impl Into<String>) {
        let found = match &node.value {
            Value::Text(text) | Value::Number(text) => quote(text),
            _ => node.kind().to_owned(),
        };
        self.refusals.push(Refusal {
            fault,
            row: self.row,
            column: Some(key.to_owned()),
            found,
            would_be_right: would_be_right.into(),
            span: Some(node.span),
        });
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.refuse(Fault::Json, key, node, "a text in \"double quotes\"");
        }
        text
    }

    /// One id or a list of ids.
    pub(super) fn ids(&mut self, node: &Node, key: &str) -> BTreeSet<String> {
        let single = std::slice::from_ref(node);
        let items = node.items().unwrap_or(single);
        items.iter().filter_map(|item| self.text(item, key).map(str::to_owned)).collect()
    }

    /// An attribute: a value, `{"value": …, "origins": […]}`, or a list of these; and `…_open`.
    pub(super) fn attribute<T: Ord + Clone>(
        &mut self,
        root: &Node,
        key: &str,
        mut read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Alternatives<T> {
        let mut all = Alternatives::unknown();
        if let Some(node) = root.get(key) {
            for item in node.items().unwrap_or(std::slice::from_ref(node)) {
                let (value, origins) = self.said(item, key);
                let Some(value) = read(self, value) else { continue };
                for origin in origins {
                    self.met(&origin);
                    all.add(value.clone(), origin);
                }
            }
        }
        let open_key = format!("{key}_open");
        if let Some(node) = root.get(&open_key) {
            for origin in self.open(node, &open_key) {
                self.met(&origin);
                all.leave_open(origin);
            }
        }
        all
    }

    fn met(&mut self, origin: &SourceId) {
        if !self.stated_origins {
            self.said_by.insert(origin.clone());
        }
    }

    /// The value of an item and who says it.
    fn said<'n>(&mut self, item: &'n Node, key: &str) -> (&'n Node, BTreeSet<SourceId>) {
        let origins = match item.get("origins") {
            Some(node) => self.ids(node, key).into_iter().map(|id| SourceId::new(&id)).collect(),
            None => self.default_origins.clone(),
        };
        let origins = if origins.is_empty() { [SourceId::new(UNNAMED)].into() } else { origins };
        let Value::Object(pairs) = &item.value else { return (item, origins) };
        // A place is itself an object and may carry its origins beside its coordinates.
        let Some(value) = item.get("value") else { return (item, origins) };
        for (name, node) in pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "value" | "origins")) {
            let near = did_you_mean(name, ["value", "origins"]);
            self.refuse(
                Fault::Header,
                &format!("{key}.{name}"),
                node,
                format!("a value has value and origins{near}"),
            );
        }
        (value, origins)
    }

    fn open(&mut self, node: &Node, key: &str) -> BTreeSet<SourceId> {
        match &node.value {
            Value::Bool(false) => BTreeSet::new(),
            Value::Bool(true) if self.default_origins.is_empty() => [SourceId::new(UNNAMED)].into(),
            Value::Bool(true) => self.default_origins.clone(),
            Value::List(_) => self.ids(node, key).into_iter().map(|id| SourceId::new(&id)).collect(),
            _ => {
                self.refuse(Fault::Json, key, node, "true, or the list of origins that leave it open");
                BTreeSet::new()
            }
        }
    }

    /// A word of a vocabulary; the words of `nothing` state nothing.
    pub(super) fn word<T: std::fmt::Display>(
        &mut self,
        node: &Node,
        key: &str,
        parse: impl Fn(&str) -> Option<T>,
        nothing: &[&str],
    ) -> Option<T> {
        let text = self.text(node, key)?;
        if nothing.contains(&text) {
            return None;
        }
        let word = parse(text);
        if word.is_none() {
            let words = vocabulary(key);
            let say =
                format!("{key} is one of {}{}", among(&words), did_you_mean(text, words.iter().copied()));
            self.refuse(Fault::Word, key, node, say);
        }
        word
    }

    pub(super) fn interval(&mut self, node: &Node) -> Option<Interval> {
        let text = self.text(node, "when")?;
        let read = self.context.zone.interval(text);
        read.map_err(|error| self.refuse(Fault::Date, "when", node, error.say)).ok()
    }

    /// An id of an area, or `{"lat", "lon", "within_m", "areas", "name"}`.
    pub(super) fn place(&mut self, node: &Node) -> Option<Place> {
        if let Some(id) = node.text() {
            let area = self.area(node, id)?;
            let disc = match self.context.areas.get(&area).map(|area| &area.shape) {
                Some(Shape::Disc(centre, radius)) => (Some(*centre), *radius),
                _ => (None, 0),
            };
            return Some(Place { point: disc.0, within_m: disc.1, areas: [area].into(), unresolved: None });
        }
        let Value::Object(pairs) = &node.value else {
            self.refuse(
                Fault::Json,
                "place",
                node,
                "the id of an area, or an object with lat, lon, within_m, areas",
            );
            return None;
        };
        let mut areas = BTreeSet::new();
        let mut name = None;
        for (key, value) in pairs {
            match key.as_str() {
                "lat" | "lon" | "within_m" | "origins" => {}
                "areas" => {
                    for item in value.items().unwrap_or(std::slice::from_ref(value)) {
                        let id = self.text(item, "place.areas").map(str::to_owned);
                        areas.extend(id.and_then(|id| self.area(item, &id)));
                    }
                }
                "name" => name = self.text(value, "place.name").map(Into::into),
                _ => {
                    let near = did_you_mean(key, ["lat", "lon", "within_m", "areas", "name", "origins"]);
                    self.refuse(
                        Fault::Header,
                        &format!("place.{key}"),
                        value,
                        format!("a place has no such key{near}"),
                    );
                }
            }
        }
        let (point, within_m) = self.point(node)?;
        Some(Place { point, within_m, areas, unresolved: name })
    }

    fn point(&mut self, node: &Node) -> Option<(Option<Point>, u32)> {
        let (lat, lon) = match (node.get("lat"), node.get("lon")) {
            (None, None) => return Some((None, 0)),
            (Some(lat), Some(lon)) => (lat, lon),
            (Some(one), None) | (None, Some(one)) => {
                self.refuse(Fault::Coordinate, "place", one, "lat and lon are given together");
                return None;
            }
        };
        let north = self.degrees(lat, "place.lat", 90);
        let east = self.degrees(lon, "place.lon", 180);
        let metres = node.get("within_m").and_then(|n| match &n.value {
            Value::Number(text) => text.parse::<u32>().ok().filter(|m| *m > 0),
            _ => None,
        });
        if metres.is_none() {
            let say = "a point has within_m, a whole number of metres above 0: how far off it may be";
            self.refuse(Fault::Coordinate, "place.within_m", node.get("within_m").unwrap_or(node), say);
        }
        Some((Some(Point { lat: north?, lon: east? }), metres?))
    }

    fn degrees(&mut self, node: &Node, key: &str, limit: i32) -> Option<i32> {
        let (Value::Number(text) | Value::Text(text)) = &node.value else {
            self.refuse(Fault::Coordinate, key, node, "a number of degrees");
            return None;
        };
        Point::parse_degrees(text, limit).map_err(|say| self.refuse(Fault::Coordinate, key, node, say)).ok()
    }

    pub(super) fn area(&mut self, node: &Node, id: &str) -> Option<AreaId> {
        let areas = self.context.areas;
        let area = AreaId::new(id);
        if areas.iter().next().is_none() || areas.get(&area).is_some() {
            return Some(area);
        }
        let near = did_you_mean(id, areas.iter().map(|area| area.id.as_str()));
        self.refuse(Fault::Id, "place", node, format!("{} is no id of areas.geojson{near}", quote(id)));
        None
    }

    pub(super) fn governorates(&mut self, root: &Node, places: &Alternatives<Place>) -> BTreeSet<AreaId> {
        match root.get("governorates") {
            Some(node) => {
                let items = node.items().unwrap_or(std::slice::from_ref(node));
                let ids: Vec<(&Node, String)> = items
                    .iter()
                    .filter_map(|n| Some((n, self.text(n, "governorates")?.to_owned())))
                    .collect();
                ids.into_iter().filter_map(|(node, id)| self.area(node, &id)).collect()
            }
            None => places.iter().flat_map(|(place, _)| self.context.areas.governorates_of(place)).collect(),
        }
    }

    /// A list of `{"bounds", "origin", "known", "status", "superseded", "receipt"}`, or bounds alone.
    pub(super) fn figures(&mut self, root: &Node, key: &str) -> Casualties {
        let Some(node) = root.get(key) else { return Casualties::default() };
        let mut figures: Vec<Figure> = Vec::new();
        for item in node.items().unwrap_or(std::slice::from_ref(node)) {
            figures.extend(self.figure(item, key));
        }
        figures.sort_by_key(|figure| (figure.known, figure.receipt));
        Casualties { figures }
    }

    fn figure(&mut self, item: &Node, key: &str) -> Option<Figure> {
        let allowed = ["bounds", "origin", "known", "status", "superseded", "receipt"];
        let bounds_node = match &item.value {
            Value::Object(pairs) => {
                for (name, node) in pairs.iter().filter(|(name, _)| !allowed.contains(&name.as_str())) {
                    let near = did_you_mean(name, allowed);
                    self.refuse(
                        Fault::Header,
                        &format!("{key}.{name}"),
                        node,
                        format!("a figure has no such key{near}"),
                    );
                }
                item.get("bounds")
            }
            _ => Some(item),
        };
        let Some(bounds_node) = bounds_node else {
            self.refuse(Fault::Missing, key, item, "a figure has bounds, like \"14-27\"");
            return None;
        };
        let bounds = match &bounds_node.value {
            Value::Text(text) | Value::Number(text) => Bounds::parse(text).map_err(|e| e.say),
            _ => Err("write 14, \"14-27\", \">50\", \">=16\", \"<=5\" or \"dozens\"".to_owned()),
        };
        let bounds = bounds.map_err(|say| self.refuse(Fault::Count, key, bounds_node, say)).ok();
        let origin = match item.get("origin") {
            Some(node) => self.text(node, key).map(SourceId::new),
            None => Some(self.default_origins.first().cloned().unwrap_or_else(|| SourceId::new(UNNAMED))),
        };
        let known = match item.get("known") {
            Some(node) => self.text(node, key).map(str::to_owned).and_then(|text| {
                let read = self.context.zone.instant(&text);
                read.map_err(|error| self.refuse(Fault::Date, key, node, error.say)).ok()
            }),
            None => Some(Instant::FAR_PAST),
        };
        let status = match item.get("status") {
            Some(node) => self.word(node, "status", CasualtyStatus::parse, &[]),
            None => Some(CasualtyStatus::Any),
        };
        let origin = origin?;
        self.met(&origin);
        Some(Figure {
            receipt: ReceiptNo(self.number(item, "receipt").map_or(0, u64::from)),
            origin,
            known: known?,
            bounds: bounds?,
            status: status?,
            superseded: item.get("superseded").is_some_and(|node| node.value == Value::Bool(true)),
        })
    }

    /// `{"exempt-group-present": "yes"}` or with a list of values and origins.
    pub(super) fn facts(&mut self, root: &Node) -> BTreeMap<FactId, Alternatives<Answer>> {
        let mut out = BTreeMap::new();
        for (name, node) in self.pairs(root, "facts") {
            let id = FactId::new(&name);
            if let Some(declared) = self.context.facts.filter(|declared| !declared.contains(&id)) {
                let near = did_you_mean(&name, declared.iter().map(FactId::as_str));
                self.refuse(
                    Fault::Word,
                    &format!("facts.{name}"),
                    &node,
                    format!("the terms declare no such fact{near}"),
                );
            }
            let one = Node { span: node.span, value: Value::Object(vec![("fact".to_owned(), node)]) };
            let answers = self.attribute(&one, "fact", |line, node| line.answer(node, "facts"));
            out.insert(id, answers);
        }
        out
    }

    pub(super) fn judgements(&mut self, root: &Node) -> BTreeMap<JudgementId, Answer> {
        let mut out = BTreeMap::new();
        for (name, node) in self.pairs(root, "judgements") {
            let id = JudgementId::new(&name);
            if let Some(declared) = self.context.judgements.filter(|declared| !declared.contains(&id)) {
                let near = did_you_mean(&name, declared.iter().map(JudgementId::as_str));
                let say = format!("the terms declare no such judgement{near}");
                self.refuse(Fault::Word, &format!("judgements.{name}"), &node, say);
            }
            if let Some(answer) = self.answer(&node, "judgements") {
                out.insert(id, answer);
            }
        }
        out
    }

    pub(super) fn pairs(&mut self, root: &Node, key: &str) -> Vec<(String, Node)> {
        match root.get(key).map(|node| (node, &node.value)) {
            None => Vec::new(),
            Some((_, Value::Object(pairs))) => pairs.clone(),
            Some((node, _)) => {
                self.refuse(
                    Fault::Json,
                    key,
                    node,
                    "an object of names and answers, like {\"name\": \"yes\"}",
                );
                Vec::new()
            }
        }
    }

    fn answer(&mut self, node: &Node, key: &str) -> Option<Answer> {
        let answer = node.text().and_then(Answer::parse);
        if answer.is_none() {
            self.refuse(Fault::Word, key, node, "an answer is \"yes\", \"no\" or \"unclear\"");
        }
        answer
    }

    pub(super) fn number(&mut self, node: &Node, key: &str) -> Option<u32> {
        let given = node.get(key)?;
        let number = match &given.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.refuse(Fault::Count, key, given, "a whole number, not negative");
        }
        number
    }

    pub(super) fn receipts(&mut self, root: &Node, key: &str) -> BTreeSet<ReceiptNo> {
        let Some(node) = root.get(key) else { return BTreeSet::new() };
        let mut out = BTreeSet::new();
        for item in node.items().unwrap_or(std::slice::from_ref(node)) {
            let number = match &item.value {
                Value::Number(text) => text.parse().ok(),
                _ => None,
            };
            match number {
                Some(number) => {
                    out.insert(ReceiptNo(number));
                }
                None => self.refuse(Fault::Count, key, item, "a receipt number, like 17"),
            }
        }
        out
    }
}

fn vocabulary(key: &str) -> Vec<&'static str> {
    use truceline_model::{Act, Target, Weapon};
    match key {
        "act" => Act::ALL.iter().map(|word| word.as_str()).collect(),
        "weapon" => Weapon::ALL.iter().map(|word| word.as_str()).collect(),
        "target" => Target::ALL.iter().map(|word| word.as_str()).collect(),
        _ => CasualtyStatus::ALL.iter().map(|word| word.as_str()).collect(),
    }
}
