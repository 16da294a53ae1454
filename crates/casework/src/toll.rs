//! How the toll of one incident grew: each figure as it became known, and the range that then stood.
//!
//! The second clock at work. Never fills a gap between two figures and never carries a superseded one into the range.

use truceline_model::{Bounds, Casualties, CasualtyStatus, Figure, Incident, Instant, ReceiptNo, SourceId};

/// One step: a figure, and what was known once it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TollStep {
    /// When it became known (UTC).
    pub known: Instant,
    /// The report.
    pub receipt: ReceiptNo,
    /// Whose figure it is.
    pub origin: SourceId,
    /// The figure.
    pub bounds: Bounds,
    /// The range over the latest figure of each origin then.
    pub range: Bounds,
    /// Number of origins behind that range.
    pub origins: u32,
}

/// Steps of the killed, of people of any status, in the order in which they became known; figures known after `as_of` are
/// left out.
#[must_use]
pub fn toll_history(incident: &Incident, as_of: Instant) -> Vec<TollStep> {
    history(&incident.killed, CasualtyStatus::Any, as_of)
}

/// The same for any figures and status.
#[must_use]
pub fn history(casualties: &Casualties, status: CasualtyStatus, as_of: Instant) -> Vec<TollStep> {
    let mine = || casualties.figures.iter().filter(|f| f.status == status && f.known <= as_of);
    let mut steps = Vec::new();
    for (n, figure) in mine().enumerate() {
        let so_far: Vec<&Figure> = mine().take(n + 1).collect();
        let then: Vec<Figure> = so_far
            .iter()
            .enumerate()
            .map(|(at, f)| Figure {
                superseded: so_far.iter().skip(at + 1).any(|later| replaces(later, f)),
                ..(*f).clone()
            })
            .collect();
        let standing = then.iter().filter(|f| !f.superseded);
        let origins: std::collections::BTreeSet<SourceId> = standing.map(|f| f.origin.clone()).collect();
        let range = Casualties { figures: then }.range_of(status).unwrap_or(figure.bounds);
        steps.push(TollStep {
            known: figure.known,
            receipt: figure.receipt,
            origin: figure.origin.clone(),
            bounds: figure.bounds,
            range,
            origins: u32::try_from(origins.len()).unwrap_or(u32::MAX),
        });
    }
    steps
}

/// A later figure of the same origin replaces one that in the end is superseded.
fn replaces(later: &Figure, earlier: &Figure) -> bool {
    earlier.superseded && later.origin == earlier.origin
}
