//! `origins`: on what the reports of an incident rest, which origins count, why, and how each origin's figures moved.
//!
//! Shows what casework found; decides nothing. What counts here is what corroboration counts.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use truceline_casework::{Carries, Derivation, Origin, Rests, circles, derivations};
use truceline_model::{Casualties, CasualtyStatus, Figure, Incident, Observation, ReceiptNo, SourceId};

use crate::cli::Format;
use crate::cli::origins::Origins;
use crate::failure::Failure;
use crate::out;
use crate::pipeline::{Derived, Source};

/// Shows one incident, or every one that more than one report tells of.
///
/// # Errors
/// When the store cannot be read, or there is no such incident.
pub(crate) fn origins(asked: &Origins) -> Result<u8, Failure> {
    let moment = &asked.moment;
    let source = Source::new(asked.at.store.clone());
    let derived = source.derive(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    let carries = derived.loaded.mission.rules().carries;
    let wanted: Vec<&Incident> = match &asked.incident {
        Some(id) => {
            let found = derived.resolved.incident(&derived.incident_id(id));
            vec![found.ok_or_else(|| {
                let as_of = derived.as_of;
                Failure::not_found(format!("no incident is called \"{}\" as of {as_of}", out::shown(id)))
            })?]
        }
        None => derived.resolved.incidents.iter().filter(|i| i.links.len() > 1).collect(),
    };
    for incident in wanted {
        let told = Told::of(&derived, incident, &carries);
        match asked.format {
            Format::Json => out::line(format_args!("{}", told.json(incident)))?,
            Format::Text => out::text_as_it_is(&told.words(&derived, incident))?,
        }
    }
    Ok(0)
}

/// Figures that one origin gave for one attribute and status, in their order; more than one, and not all the same.
struct Revised<'a> {
    origin: &'a SourceId,
    of: &'static str,
    status: CasualtyStatus,
    figures: Vec<&'a Figure>,
}

/// What is told of one incident.
struct Told<'a> {
    origins: Vec<Origin>,
    derivations: Vec<Derivation>,
    circles: Vec<Vec<SourceId>>,
    revised: Vec<Revised<'a>>,
    /// Its reports, by receipt.
    reports: BTreeMap<ReceiptNo, Observation>,
}

impl<'a> Told<'a> {
    fn of(derived: &Derived, incident: &'a Incident, carries: &Carries) -> Self {
        let reports: BTreeMap<ReceiptNo, Observation> = incident
            .receipts()
            .filter_map(|receipt| Some((receipt, derived.observation(receipt)?.clone())))
            .collect();
        let mine: Vec<Observation> = reports.values().cloned().collect();
        let figures = [("killed", &incident.killed), ("wounded", &incident.wounded)];
        Self {
            origins: truceline_casework::origins(incident, &mine, carries),
            derivations: derivations(incident, &mine, carries),
            circles: circles(incident, &mine, carries),
            revised: figures.into_iter().flat_map(|(of, all)| revised(of, all)).collect(),
            reports,
        }
    }

    /// Why an origin counts once, in words.
    fn why(&self, origin: &Origin) -> String {
        let own = self.reports.values().filter(|o| o.source == origin.origin && o.origin == origin.origin);
        let rests: Vec<ReceiptNo> = self.derivations.iter().map(|d| d.receipt).collect();
        let first_hand: Vec<String> =
            own.filter(|o| !rests.contains(&o.receipt)).map(|o| o.receipt.to_string()).collect();
        let quoted = self.reports.values().any(|o| o.origin == origin.origin && o.source != origin.origin);
        match (origin.circular, first_hand.is_empty(), quoted) {
            (true, ..) => "its reports quote one another in a circle: nobody is left who saw it".to_owned(),
            (_, false, _) => format!("says so itself in {}", first_hand.join(" ")),
            (_, true, true) => "said so to those who quote it".to_owned(),
            (_, true, false) => "others rest on it".to_owned(),
        }
    }

    fn json(&self, incident: &Incident) -> Value {
        let receipts =
            |all: &std::collections::BTreeSet<ReceiptNo>| all.iter().map(|r| r.0).collect::<Vec<_>>();
        let origins: Vec<Value> = self
            .origins
            .iter()
            .map(|one| {
                json!({
                    "origin": one.origin.as_str(), "receipts": receipts(&one.receipts), "circular": one.circular,
                    "outlets": one.outlets.iter().map(SourceId::as_str).collect::<Vec<_>>(), "why": self.why(one),
                })
            })
            .collect();
        let derivations: Vec<Value> = self
            .derivations
            .iter()
            .map(|one| {
                let (how, on) = rests(&one.rests_on);
                json!({ "receipt": one.receipt.0, "how": how, "on": on })
            })
            .collect();
        let revised: Vec<Value> = self
            .revised
            .iter()
            .map(|one| {
                let figure = |f: &&Figure| {
                    json!({ "receipt": f.receipt.0, "known": f.known.to_string(), "bounds": f.bounds.to_string(), "counts": !f.superseded })
                };
                json!({
                    "origin": one.origin.as_str(), "of": one.of, "status": one.status.as_str(),
                    "figures": one.figures.iter().map(figure).collect::<Vec<_>>(),
                })
            })
            .collect();
        let circles: Vec<Vec<&str>> =
            self.circles.iter().map(|ring| ring.iter().map(SourceId::as_str).collect()).collect();
        json!({
            "incident": incident.id.as_str(), "reports": incident.links.len(), "count": self.origins.len(), "origins": origins,
            "derivations": derivations, "circles": circles, "revisions": revised,
        })
    }

    fn words(&self, derived: &Derived, incident: &Incident) -> String {
        let mut out = format!(
            "{}  {} reports, {} independent origins\n",
            incident.id,
            incident.links.len(),
            self.origins.len()
        );
        for one in &self.origins {
            let receipts: Vec<String> = one.receipts.iter().map(ToString::to_string).collect();
            let outlets: Vec<&str> = one.outlets.iter().map(SourceId::as_str).collect();
            let by =
                if outlets.is_empty() { String::new() } else { format!(", by way of {}", outlets.join(" ")) };
            out.push_str(&format!("  {:<28} {}{by}: {}\n", one.origin, receipts.join(" "), self.why(one)));
        }
        for one in &self.derivations {
            let (how, on) = rests(&one.rests_on);
            let who = self.reports.get(&one.receipt).map_or("?", |o| o.source.as_str());
            let text = derived
                .loaded
                .quoted
                .get(&one.receipt)
                .map_or_else(String::new, |q| format!(" (text {})", q.words));
            out.push_str(&format!("  {} {who}{text} {} {on}\n", one.receipt, in_words(how)));
        }
        for ring in &self.circles {
            let names: Vec<&str> = ring.iter().map(SourceId::as_str).collect();
            let (first, round) = (names.first().copied().unwrap_or("?"), names.join(" quotes "));
            out.push_str(&format!("  circle: {round} quotes {first}; counts once, as {first}\n"));
        }
        for one in &self.revised {
            let figure = |f: &&Figure| {
                format!("{} ({}){}", f.bounds, f.receipt, if f.superseded { "" } else { " counts" })
            };
            let figures: Vec<String> = one.figures.iter().map(figure).collect();
            let status = match one.status {
                CasualtyStatus::Any => String::new(),
                status => format!(" {}", status.as_str()),
            };
            out.push_str(&format!(
                "  {} {}{status}, one origin: {}\n",
                one.origin,
                one.of,
                figures.join(", then ")
            ));
        }
        out.push('\n');
        out
    }
}

/// How a report rests on another, and on which.
fn rests(on: &Rests) -> (&'static str, String) {
    match on {
        Rests::Quotes(origin) => ("quotes", origin.to_string()),
        Rests::Copies(receipt) => ("copies", receipt.to_string()),
        Rests::SamePage(receipt) => ("same-page", receipt.to_string()),
        Rests::Carries(receipt) => ("carries", receipt.to_string()),
        Rests::Shows(receipt) => ("shows", receipt.to_string()),
    }
}

fn in_words(how: &str) -> &'static str {
    match how {
        "quotes" => "says so according to",
        "copies" => "is in nearly the words of",
        "same-page" => "gives the page of",
        "shows" => "shows or quotes the page or film of, and says nothing that is not in,",
        _ => "carries, and says nothing that is not in,",
    }
}

fn revised<'a>(of: &'static str, all: &'a Casualties) -> Vec<Revised<'a>> {
    let mut by: BTreeMap<(&SourceId, CasualtyStatus), Vec<&Figure>> = BTreeMap::new();
    for figure in &all.figures {
        by.entry((&figure.origin, figure.status)).or_default().push(figure);
    }
    let unlike =
        |figures: &Vec<&Figure>| figures.windows(2).any(|w| matches!(w, [a, b] if a.bounds != b.bounds));
    by.into_iter()
        .filter(|(_, figures)| unlike(figures))
        .map(|((origin, status), figures)| Revised { origin, of, status, figures })
        .collect()
}
