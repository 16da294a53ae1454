//! What stands in lists of a case, as one reader may see it: evidence, determinations, dissents, means, pledges, refusals.

use truceline_model::{
    ActorId, Aside, Attempt, Determined, Dissented, Doer, Item, Pledge, Release, Said, Turned, When,
};

use super::super::act::{Act, CaseAct};
use super::super::state::{Case, Determination, Evidence, RefusedAct, Undertaking};
use super::sight::Sight;

impl Sight<'_> {
    /// Evidence. A party sees its own list, what was disclosed to it, and of other open items that they are there; sealed ones, and what rests
    /// on a protected report, leave no trace at all. Everybody else outside the mission sees none.
    pub(super) fn evidence(&self) -> Vec<Item> {
        let items = self.case.evidence.iter();
        match self.release {
            Release::Mission { with_sealed } => items
                .map(|one| {
                    let sealed = one.is_sealed || self.is_protected(one.receipt);
                    if sealed && !with_sealed { self.sealed(one) } else { self.whole(one, sealed) }
                })
                .collect(),
            Release::Party(_) => items.filter_map(|one| self.of_party(one)).collect(),
            Release::Public => Vec::new(),
        }
    }

    fn whole(&self, one: &Evidence, is_sealed: bool) -> Item {
        Item {
            entry: Some(one.entry),
            when: self.when(one.at, true),
            hand: self.hand(&one.by, &one.side),
            receipt: one.receipt,
            digest: one.receipt.and_then(|receipt| self.papers.digests.get(&receipt).cloned()),
            is_sealed,
            disclosed: one.disclosed.iter().map(|(to, entry)| (to.clone(), Some(*entry))).collect(),
            words: self.said(one.entry, one.words.as_ref(), true),
        }
    }

    /// Within the mission a sealed item is seen to be there; what it is, whence it came and who put it there stay closed.
    fn sealed(&self, one: &Evidence) -> Item {
        let mut item = self.whole(one, true);
        (item.receipt, item.digest, item.words, item.hand.person) = (None, None, Said::Withheld, None);
        item
    }

    fn of_party(&self, one: &Evidence) -> Option<Item> {
        if self.own(&one.side) {
            let mut item = self.whole(one, one.is_sealed);
            // Others' entries would tell when others acted.
            item.disclosed.iter_mut().for_each(|(_, entry)| *entry = None);
            return Some(item);
        }
        let mine = |to: &ActorId| self.own(&Doer::Actor(to.clone()));
        let disclosed: Vec<(ActorId, Option<u64>)> = one
            .disclosed
            .iter()
            .filter(|(to, _)| mine(to))
            .map(|(to, entry)| (to.clone(), Some(*entry)))
            .collect();
        let is_disclosed = !disclosed.is_empty();
        if !is_disclosed && (one.is_sealed || self.is_protected(one.receipt)) {
            return None;
        }
        let mut hand = self.hand(&one.by, &one.side);
        hand.role = None;
        Some(Item {
            entry: None,
            when: self.when(one.at, false),
            hand,
            receipt: None,
            digest: None,
            is_sealed: false,
            disclosed,
            words: self.said(one.entry, one.words.as_ref(), is_disclosed),
        })
    }

    pub(super) fn determined(&self) -> Vec<Determined> {
        let words = self.release.is_mission() || self.is_before_it();
        self.case.determinations.iter().map(|one| determined(self, self.case, one, words)).collect()
    }

    pub(super) fn dissents(&self) -> Vec<Dissented> {
        let one = |dissent: &super::super::state::Dissent| Dissented {
            entry: dissent.entry,
            of: dissent.of,
            by: dissent.by.clone(),
            words: self.said(dissent.entry, dissent.words.as_ref(), self.is_before_it()),
        };
        self.case.dissents.iter().map(one).collect()
    }

    pub(super) fn recused(&self) -> Vec<(Doer, Option<u64>)> {
        let all = self.case.recused.iter();
        all.map(|(doer, entry)| (doer.clone(), self.entry(*entry, self.own(doer)))).collect()
    }

    pub(super) fn means(&self) -> Vec<Attempt> {
        let all = self.case.means.iter().map(|one| {
            let own = self.own(&one.by);
            Attempt {
                entry: self.entry(one.entry, own),
                when: self.when(one.at, own),
                by: one.by.clone(),
                words: self.said(one.entry, one.words.as_ref(), own),
            }
        });
        all.collect()
    }

    pub(super) fn pledges(&self) -> Vec<Pledge> {
        self.case.undertakings.iter().map(|one| self.pledge(one)).collect()
    }

    fn pledge(&self, one: &Undertaking) -> Pledge {
        let own = self.any_own(one.by.iter());
        let before = self.is_before_it() && *self.release != Release::Public;
        Pledge {
            entry: self.entry(one.entry, own),
            when: self.when(one.at, own),
            by: one.by.clone(),
            is_remedy: one.is_remedy,
            due: self.when(one.due, own),
            kept: one.kept.map(|(kept, entry, at)| (kept, self.when(at, false), self.entry(entry, false))),
            is_overdue: one.kept.is_none() && one.due < self.papers.docket.as_of,
            words: self.said(one.entry, one.words.as_ref(), own || before),
        }
    }

    /// Acts beside the steps that were taken: to the mission all, to a party its own, to others none.
    pub(super) fn asides(&self) -> Vec<Aside> {
        let refused = |entry: u64| self.case.refused.iter().any(|one| one.entry == entry);
        let mut all = Vec::new();
        for one in self.papers.entries {
            let CaseAct::On(case, act) = &one.what else { continue };
            let words = match act {
                Act::Recuse(words) | Act::Extend(words) | Act::Withdraw(words) => words.as_ref(),
                Act::FollowUp { words, .. } | Act::Reopen { words, .. } => words.as_ref(),
                Act::Name(_) | Act::Incident(_) | Act::Lapse { .. } => None,
                _ => continue,
            };
            let may = self.release.is_mission() || self.is_own_entry(one.entry);
            if *case != self.case.id || !may || refused(one.entry) || one.at > self.papers.docket.as_of {
                continue;
            }
            let person = self.setting.people.get(&one.by);
            let doer = person.and_then(|known| known.acts_for.clone()).map_or(Doer::Mission, Doer::Actor);
            all.push(Aside {
                entry: one.entry,
                when: self.when(one.at, true),
                hand: self.hand(&one.by, &doer),
                act: act.as_str(),
                words: self.said(one.entry, words, true),
            });
        }
        all
    }

    /// Refused acts: to the mission all, to a party its own, to others none.
    pub(super) fn refused(&self) -> Vec<Turned> {
        let all = self.case.refused.iter();
        all.filter(|one| self.release.is_mission() || self.is_own_entry(one.entry))
            .map(|one| self.turned(one))
            .collect()
    }

    fn turned(&self, one: &RefusedAct) -> Turned {
        let person = self.setting.people.get(&one.by);
        let doer = person.and_then(|known| known.acts_for.clone()).map_or(Doer::Mission, Doer::Actor);
        Turned {
            entry: one.entry,
            when: self.when(one.at, true),
            hand: self.hand(&one.by, &doer),
            act: one.act,
            why: one.why.to_string(),
        }
    }
}

/// A determination of a case, with reasons where the reader may have them.
pub(super) fn determined(sight: &Sight<'_>, case: &Case, one: &Determination, words: bool) -> Determined {
    let given = one.given.iter().filter_map(|entry| case.done.iter().find(|done| done.entry == *entry));
    Determined {
        entry: one.entry,
        when: When { at: one.at, is_day: false },
        stage: super::sight::stage(case, &one.step),
        kind: one.kind.as_str(),
        by: one.by.clone(),
        without: one.without.clone(),
        stance: one.stance.clone(),
        given: given
            .map(|done| {
                let gravity = done.stance.as_ref().and_then(|stance| stance.gravity.clone());
                (done.doer.clone(), done.entry, gravity, sight.said(done.entry, done.words.as_ref(), words))
            })
            .collect(),
    }
}
