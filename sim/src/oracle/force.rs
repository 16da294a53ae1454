//! When a clause is in force: by its chain, its own window, its phases, or the agreement's window.

use truceline_model::{Fact, Instant, Truth};
use truceline_terms::{Account, ClauseKind, Effect};

use super::Oracle;
use super::worlds::World;

impl Oracle<'_> {
    /// Per step of the chain that the clause follows, the accounts known by then.
    pub(super) fn accounts(&self) -> Vec<Vec<&Account>> {
        let chain = match self.clause.kind {
            ClauseKind::Calm => {
                &self.terms.calm(self.clause.id.as_str()).expect("a calm's clause has a calm").steps
            }
            _ => &self.terms.chain,
        };
        let known = |step: &'_ Vec<Account>| -> Vec<usize> {
            (0..step.len()).filter(|k| step[*k].step.known <= self.as_of).collect()
        };
        chain.iter().map(|step| known(step).into_iter().map(|k| &step[k]).collect()).collect()
    }

    /// The fact on which accounts of a step differ.
    pub(super) fn step(&self, n: usize) -> Fact {
        let of = match self.clause.kind {
            ClauseKind::Calm => self.clause.id.to_string(),
            _ => "agreement".to_owned(),
        };
        Fact::Window(format!("{of}/{}", n + 1))
    }

    /// A source that tells of two disputed steps in a row is followed in both or in neither.
    pub(super) fn told_whole(&self, world: &World<'_>) -> bool {
        let steps = self.accounts();
        let disputed: Vec<usize> = (0..steps.len()).filter(|n| steps[*n].len() > 1).collect();
        disputed.windows(2).all(|pair| {
            let (Some(one), Some(next)) = (world.accounts.get(&pair[0]), world.accounts.get(&pair[1])) else {
                return true;
            };
            let (before, after) = (&steps[pair[0]], &steps[pair[1]]);
            let everybody = before.iter().chain(after).flat_map(|account| &account.step.sources);
            let speaks = |accounts: &[&Account], source| {
                accounts.iter().any(|account| account.step.sources.contains(source))
            };
            everybody.filter(|source| speaks(before, source) && speaks(after, source)).all(|source| {
                before[*one].step.sources.contains(source) == after[*next].step.sources.contains(source)
            })
        })
    }

    pub(super) fn in_force(&self, world: &World<'_>, at: Instant) -> Truth {
        let chained = self.chain(world, at);
        if self.clause.kind == ClauseKind::Calm {
            return chained.into();
        }
        let own = self.clause.window.iter().find(|entry| self.known(entry.known));
        let in_window = own.map(|entry| entry.window.contains(at));
        let in_phase = (!self.clause.phases.is_empty()).then(|| self.in_phase(at));
        let particular = match (in_window, in_phase) {
            (None, None) => None,
            (window, phase) => Some(window.unwrap_or(true) && phase.unwrap_or(true)),
        };
        if !self.terms.chain.is_empty() {
            return (chained && particular.unwrap_or(true)).into();
        }
        let general = self.terms.in_force.iter().rfind(|entry| self.known(entry.known));
        let general = general.is_some_and(|entry| entry.window.contains(at));
        particular.unwrap_or(general).into()
    }

    /// Step by step; what a later step says overrides what an earlier one said.
    fn chain(&self, world: &World<'_>, at: Instant) -> bool {
        let mut holds = false;
        for (n, accounts) in self.accounts().iter().enumerate() {
            let Some(account) = world.accounts.get(&n).and_then(|k| accounts.get(*k)) else { continue };
            match account.effect {
                Effect::Gives if account.step.window.contains(at) => holds = true,
                Effect::Takes if account.step.window.contains(at) => holds = false,
                _ => {}
            }
        }
        holds
    }

    /// Of each phase the entry that became known last (of two at once the later in the file); any of the phases.
    fn in_phase(&self, at: Instant) -> bool {
        self.clause.phases.iter().any(|id| {
            let entries = self.terms.phases.iter().filter(|p| p.id == *id && self.known(p.known));
            let entry = entries.max_by_key(|phase| phase.known);
            entry.and_then(|phase| phase.window).is_some_and(|window| window.contains(at))
        })
    }
}
