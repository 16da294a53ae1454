//! The lines of a scenario's incident: one source's word on one thing each.
//!
//! Nothing is filled in: a line left out is a thing that nobody said.

use std::collections::BTreeSet;

use kdl::KdlNode;
use truceline_model::finding::Answer;
use truceline_model::{
    Act, ActorId, Alternatives, Bounds, FactId, Incident, JudgementId, MeasureId, Place, Point, Qualifier,
    Shape, SourceId, SystemId, Target, Weapon,
};

use super::{Reader, property, words};

/// Lines that an incident may have.
const LINES: &str = "what, with, system, at, struck, who, commander, held-by, when, throughout, where, counted, \
                     fact, judged, and who-open, struck-open, commander-open, system-open, counted-open";

/// Bounds like `500..600` stand unquoted in a scenario; KDL reads no such word, so they are quoted for it.
pub(super) fn quoted(block: &str) -> String {
    let word = |word: &str| match word.strip_suffix('\n').map_or((word, ""), |bare| (bare, "\n")) {
        (bare, end) if bare.contains("..") && bare.bytes().all(|b| b == b'.' || b.is_ascii_digit()) => {
            format!("\"{bare}\"{end}")
        }
        (bare, end) => format!("{bare}{end}"),
    };
    block
        .split_inclusive('\n')
        .map(|line| {
            if !line.trim_start().starts_with("counted ") {
                return line.to_owned();
            }
            line.split(' ').map(word).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// `540`, `500..600`, `500..`, `..600`.
fn bounds(text: &str) -> Option<Bounds> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if digits { text.parse::<u32>().ok() } else { None }
    };
    let Some((low, high)) = text.split_once("..") else { return number(text).map(Bounds::exactly) };
    match (low.is_empty(), high.is_empty()) {
        (false, false) => Bounds::range(number(low)?, number(high)?),
        (false, true) => Some(Bounds { min: number(low)?, max: None, qualifier: Qualifier::AtLeast }),
        (true, false) => Some(Bounds { min: 0, max: Some(number(high)?), qualifier: Qualifier::AtMost }),
        (true, true) => None,
    }
}

impl Reader<'_> {
    pub(super) fn fact(&mut self, node: &KdlNode, incident: &mut Incident) {
        let origin = SourceId::new(property(node, "by").as_deref().unwrap_or("scenario"));
        let name = node.name().value();
        match name {
            "who-open" => return incident.actors.leave_open(origin),
            "struck-open" => return incident.struck.leave_open(origin),
            "commander-open" => return incident.commanders.leave_open(origin),
            "system-open" => return incident.systems.leave_open(origin),
            "throughout" => {
                incident.throughout = true;
                return;
            }
            _ => {}
        }
        let Some(word) = self.word(node) else { return };
        match name {
            "what" => self.vocabulary(node, Act::parse(&word), &word, &mut incident.acts, &origin),
            "with" => self.vocabulary(node, Weapon::parse(&word), &word, &mut incident.weapons, &origin),
            "at" => self.vocabulary(node, Target::parse(&word), &word, &mut incident.targets, &origin),
            "system" => incident.systems.add(SystemId::new(&word), origin),
            "struck" => incident.struck.add(ActorId::new(&word), origin),
            "who" => incident.actors.add(ActorId::new(&word), origin),
            "commander" => incident.commanders.add(ActorId::new(&word), origin),
            "held-by" => incident.held_by.add(ActorId::new(&word), origin),
            "counted" => {
                self.counted(node, incident.amounts.entry(MeasureId::new(&word)).or_default(), origin)
            }
            "counted-open" => {
                incident.amounts.entry(MeasureId::new(&word)).or_default().leave_open(origin);
            }
            "when" => match self.zone.interval(&word) {
                Ok(interval) => incident.when.add(interval, origin),
                Err(error) => self.fault(node, &error.say),
            },
            "where" => {
                if let Some(place) = self.place(node, &word) {
                    incident.governorates.extend(self.areas.governorates_of(&place));
                    incident.places.add(place, origin);
                }
            }
            "fact" => {
                if let Some(answer) = self.answer(node) {
                    incident.facts.entry(FactId::new(&word)).or_default().add(answer, origin);
                }
            }
            "judged" => {
                if let Some(answer) = self.answer(node) {
                    incident.judgements.insert(JudgementId::new(&word), answer);
                }
            }
            other => self.fault(node, &format!("\"{other}\" is not one of {LINES}")),
        }
    }

    fn counted(&mut self, node: &KdlNode, into: &mut Alternatives<Bounds>, origin: SourceId) {
        match words(node).get(1).and_then(|word| bounds(word)) {
            Some(bounds) => into.add(bounds, origin),
            None => self.fault(node, "say how many after the measure: 540, 500..600, \"500..\" or \"..600\""),
        }
    }

    fn vocabulary<T: Ord>(
        &mut self,
        node: &KdlNode,
        value: Option<T>,
        word: &str,
        into: &mut Alternatives<T>,
        origin: &SourceId,
    ) {
        match value {
            Some(value) => into.add(value, origin.clone()),
            None => self.fault(node, &format!("\"{word}\" is not in the vocabulary")),
        }
    }

    fn place(&mut self, node: &KdlNode, word: &str) -> Option<Place> {
        let mut place = Place { point: None, within_m: 0, areas: BTreeSet::new(), unresolved: None };
        if let Some((lat, lon)) = word.split_once(',') {
            match Point::parse(lat, lon) {
                Ok(point) => place.point = Some(point),
                Err(say) => {
                    self.fault(node, &say);
                    return None;
                }
            }
        } else {
            let Some(area) = self.areas.named(word, None).first().copied() else {
                self.fault(node, &format!("no area of the mission is called \"{word}\""));
                return None;
            };
            place.areas.insert(area.id.clone());
            if let Shape::Disc(point, within_m) = area.shape {
                place.point = Some(point);
                place.within_m = within_m;
            }
        }
        if let Some(within) = property(node, "within").and_then(|text| text.parse().ok()) {
            place.within_m = within;
        }
        Some(place)
    }

    fn answer(&mut self, node: &KdlNode) -> Option<Answer> {
        let answer = words(node).get(1).and_then(|word| Answer::parse(word));
        if answer.is_none() {
            self.fault(node, "say yes, no or unclear after the name");
        }
        answer
    }
}
