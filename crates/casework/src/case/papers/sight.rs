//! One reader before one case: whether they may know of it, and to which second, whose name and whose words.
//!
//! What is not allowed here by a line is withheld.

use std::collections::BTreeSet;

use truceline_model::{Asks, Doer, Hand, ReceiptNo, Release, Said, Stage, When};

use super::super::act::{Act, CaseAct, Complainant};
use super::super::setting::Setting;
use super::super::state::{Case, Done};
use super::Papers;

/// One reader before one case.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) papers: Papers<'a>,
    pub(super) case: &'a Case,
    pub(super) setting: &'a Setting,
    pub(super) release: &'a Release,
}

impl Sight<'_> {
    /// The mission sees all; everybody sees what was determined; a party sees what it alleged, what it was told of or has to act in.
    pub(super) fn is_open_to_reader(&self) -> bool {
        match self.release {
            Release::Mission { .. } => true,
            Release::Public => !self.case.determinations.is_empty(),
            Release::Party(_) => self.alleges() || self.must_act() || self.is_told(),
        }
    }

    /// Whether the doer is the reader, or belongs to them.
    pub(super) fn own(&self, doer: &Doer) -> bool {
        match (self.release, doer) {
            (Release::Party(party), Doer::Actor(actor)) => self.papers.belongs(self.setting, actor, party),
            _ => false,
        }
    }

    pub(super) fn any_own<'d>(&self, mut doers: impl Iterator<Item = &'d Doer>) -> bool {
        doers.any(|doer| self.own(doer))
    }

    /// The reader, or somebody of theirs, alleges it.
    pub(super) fn alleges(&self) -> bool {
        let all = self.case.complainants.keys().chain([&self.case.opening.complainant]);
        self.release.is_mission()
            || all
                .filter_map(|one| match one {
                    Complainant::Party(actor) => Some(Doer::Actor(actor.clone())),
                    _ => None,
                })
                .any(|doer| self.own(&doer))
    }

    /// A step is or was theirs to act in.
    fn must_act(&self) -> bool {
        self.case.clocks.iter().any(|clock| {
            let step = self.case.procedure.step(&clock.step);
            step.is_some_and(|step| {
                let named = self.case.doers(&step.by, self.setting, clock.started);
                let instead = self.case.doers(&step.instead, self.setting, clock.started);
                self.any_own(named.iter().chain(&instead))
            })
        })
    }

    /// They are accused, or answer for who is, and it was told to the accused after they were.
    fn is_told(&self) -> bool {
        let case = self.case;
        let told = |after: u64| {
            let tells = |done: &Done| {
                let asks = case.procedure.step(&done.step).map(|step| step.asks);
                matches!(asks, Some(Asks::Notice | Asks::Query)) && done.entry >= after
            };
            case.done.iter().any(tells) || case.determinations.iter().any(|one| one.entry >= after)
        };
        let accused = case.respondents.union(&case.opening.respondents).filter(|accused| {
            let answering = self.setting.guarantors_of(accused, self.papers.docket.as_of);
            self.any_own(
                [Doer::Actor((*accused).clone())]
                    .iter()
                    .chain(&answering.into_iter().map(Doer::Actor).collect::<Vec<_>>()),
            )
        });
        accused.map(|accused| self.accused_since(accused)).any(told)
    }

    /// The entry by which an actor became the accused: the opening, or the one that named it.
    fn accused_since(&self, actor: &truceline_model::ActorId) -> u64 {
        if self.case.opening.respondents.contains(actor) {
            return self.case.id.0;
        }
        let named = self.papers.entries.iter().filter(|entry| match &entry.what {
            CaseAct::On(case, Act::Name(named)) => *case == self.case.id && named == actor,
            _ => false,
        });
        named.map(|entry| entry.entry).max().unwrap_or(u64::MAX)
    }

    /// A moment, to the second where they may know it so.
    pub(super) fn when(&self, at: truceline_model::Instant, is_exact: bool) -> When {
        if is_exact || self.release.is_mission() {
            return When { at, is_day: false };
        }
        When { at: self.setting.zone.day_of(at).start(), is_day: true }
    }

    /// An entry's number, where they may know it.
    pub(super) fn entry(&self, entry: u64, is_open: bool) -> Option<u64> {
        (is_open || self.release.is_mission()).then_some(entry)
    }

    /// Words of an entry, where they may know them.
    pub(super) fn said(&self, entry: u64, words: Option<&String>, is_open: bool) -> Said {
        if !is_open && !self.release.is_mission() {
            return Said::Withheld;
        }
        match words {
            Some(words) => Said::Words(words.clone()),
            None if self.papers.erased.contains(&entry) => Said::Erased,
            None => Said::Nothing,
        }
    }

    /// A person: by name within the mission and on their own side, by their role elsewhere.
    pub(super) fn hand(&self, person: &str, doer: &Doer) -> Hand {
        let known = self.setting.people.get(person);
        // Who speaks for the reader need not be one of theirs.
        let theirs = known.and_then(|one| one.acts_for.clone()).is_some_and(|of| self.own(&Doer::Actor(of)));
        Hand {
            person: (self.release.is_mission() || theirs).then(|| person.to_owned()),
            role: known.map(|one| one.role.as_str()),
            doer: doer.clone(),
        }
    }

    /// Who wrote an entry, within the mission.
    pub(super) fn person(&self, entry: u64) -> Option<String> {
        let found = self.papers.entries.iter().find(|one| one.entry == entry);
        found.filter(|_| self.release.is_mission()).map(|one| one.by.clone())
    }

    /// A step or end by its id.
    pub(super) fn stage(&self, id: &str) -> Stage {
        stage(self.case, id)
    }

    /// Whether something rests on a protected report: one of a protected source, or that of a complainant of the public, in any case.
    pub(super) fn is_protected(&self, receipt: Option<ReceiptNo>) -> bool {
        let Some(receipt) = receipt else { return false };
        let told = |complainant: &Complainant| *complainant == Complainant::Public(Some(receipt));
        self.papers.protected.contains(&receipt)
            || self
                .papers
                .docket
                .cases
                .values()
                .any(|case| told(&case.opening.complainant) || case.complainants.keys().any(told))
    }

    /// Deciders and accused are parties to the case; so is who alleged it. What binds them they see.
    pub(super) fn is_before_it(&self) -> bool {
        let accused: BTreeSet<Doer> = self.case.respondents.iter().cloned().map(Doer::Actor).collect();
        self.alleges() || self.any_own(accused.iter()) || self.must_act()
    }
}

/// A step or end of a case's procedure.
pub(super) fn stage(case: &Case, id: &str) -> Stage {
    let (step, end) = (case.procedure.step(id), case.procedure.end(id));
    let name = step.map(|step| &step.name).or(end.map(|end| &end.name));
    Stage {
        id: id.to_owned(),
        name: name.cloned().unwrap_or_default(),
        asks: step.map(|step| step.asks),
        excludes: end.is_some_and(|end| end.excludes),
        readmits: end.is_some_and(|end| end.readmits),
    }
}
