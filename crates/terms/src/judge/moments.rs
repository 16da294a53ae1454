//! The moments at which the judge comes to know more: between two of them the same incident is found the same.
//!
//! An incident without a time is another matter: it is judged by what was so at the moment that is asked for.

use std::collections::BTreeSet;

use truceline_model::Instant;

use crate::ir::Terms;

impl Terms {
    /// When anything that findings go by became known, in order: acceptances, exemptions, windows, phases, steps of the agreement and of its
    /// calms. Whoever judges as of a moment knows what became known by then.
    #[must_use]
    pub fn known_moments(&self) -> BTreeSet<Instant> {
        let accounts = self.chain.iter().chain(self.calms.iter().flat_map(|calm| &calm.steps)).flatten();
        let steps = accounts.map(|account| account.step.known);
        let dated = (self.acceptances.iter().map(|entry| entry.known))
            .chain(self.exempt.iter().map(|entry| entry.known))
            .chain(self.clauses.iter().filter_map(|clause| clause.window.as_ref()).map(|entry| entry.known))
            .chain(self.phases.iter().map(|phase| phase.known))
            .chain(self.in_force.iter().map(|entry| entry.known));
        dated.flatten().chain(steps).collect()
    }
}
