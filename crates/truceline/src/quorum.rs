//! Who must cosign before something counts as published: what the agreement asks for, the witnesses that `mission.kdl` names with whom
//! each speaks for, and how many of them the mission itself asks for.
//!
//! It stands in the mission's folder, so that it is an entry of the log like the terms: both sides see who counts, from which entry on,
//! and a change of it. A mission can ask for more than its agreement, never for less. Signs nothing and checks no signature; it says
//! whose count.

use std::collections::BTreeSet;

use truceline_model::ActorId;
use truceline_record::WitnessVerifier;
use truceline_terms::Cosigning;

/// A witness that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedWitness {
    /// What people call it: `Office in Geneva`.
    pub(crate) name: String,
    /// Its public key.
    pub(crate) key: WitnessVerifier,
    /// For whom of the agreement's list it speaks; `None`: for nobody of it.
    pub(crate) speaks_for: Option<ActorId>,
}

/// What the agreement asks for: so many of these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Agreed {
    /// How many different ones.
    pub(crate) needed: usize,
    /// Of these actors.
    pub(crate) of: BTreeSet<ActorId>,
}

impl Agreed {
    /// How many of them these witnesses speak for; two that speak for one are one.
    fn spoken_for<'w>(&self, witnesses: impl Iterator<Item = &'w NamedWitness>) -> BTreeSet<&'w ActorId> {
        witnesses.filter_map(|one| one.speaks_for.as_ref()).filter(|actor| self.of.contains(actor)).collect()
    }

    /// `2 of russia, united-states`.
    pub(crate) fn words(&self) -> String {
        let of: Vec<&str> = self.of.iter().map(ActorId::as_str).collect();
        format!("{} of {}", self.needed, of.join(", "))
    }
}

impl From<&Cosigning> for Agreed {
    fn from(said: &Cosigning) -> Self {
        Self { needed: usize::try_from(said.needed).unwrap_or(usize::MAX), of: said.of.clone() }
    }
}

/// The witnesses that count, and how many of them must have cosigned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quorum {
    /// In the order of the mission's file.
    pub(crate) witnesses: Vec<NamedWitness>,
    /// How many the mission asks for; 0 where it leaves that to the agreement, or names no witness.
    pub(crate) needed: usize,
    /// What the agreement asks for, all of it; empty where it does not say.
    pub(crate) agreed: BTreeSet<Agreed>,
}

impl Quorum {
    /// A further witness; the words of the error say what would be right.
    pub(crate) fn add(
        &mut self,
        name: &str,
        key: Option<&str>,
        speaks_for: Option<&str>,
    ) -> Result<(), String> {
        let key = key.ok_or("say its public key too: witness \"Office in Geneva\" key=\"NAME+ID+KEY\"")?;
        let key = WitnessVerifier::new(key).map_err(|e| format!("witness \"{name}\": {e}"))?;
        if name.trim().is_empty() {
            return Err("a witness needs a name that people know it by".to_owned());
        }
        if self.witnesses.iter().any(|other| other.name == name) {
            return Err(format!("two witnesses are called \"{name}\""));
        }
        // One key under two names would be one witness that counts twice.
        if let Some(other) = self.witnesses.iter().find(|other| other.key.same_key(&key)) {
            return Err(format!(
                "\"{name}\" and \"{}\" have the same key; each needs one of its own",
                other.name
            ));
        }
        let speaks_for = speaks_for.map(ActorId::new);
        self.witnesses.push(NamedWitness { name: name.to_owned(), key, speaks_for });
        Ok(())
    }

    /// How many must cosign.
    pub(crate) fn need(&mut self, needed: Option<i128>) -> Result<(), String> {
        let wrong = "a quorum is a number of witnesses from 1 on, said once: quorum 2";
        let needed = needed.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0 && self.needed == 0);
        self.needed = needed.ok_or(wrong)?;
        Ok(())
    }

    /// Whether witnesses and number fit together.
    pub(crate) fn check(&self) -> Result<(), String> {
        match (self.witnesses.len(), self.needed) {
            (0, 0) => Ok(()),
            (_, 0) if !self.agreed.is_empty() => Ok(()),
            (named, 0) => {
                Err(format!("{named} witnesses and no quorum; say how many must cosign: quorum {named}"))
            }
            (named, needed) if needed > named => {
                Err(format!("a quorum of {needed} of {named} witnesses can never be reached"))
            }
            _ => Ok(()),
        }
    }

    /// Those of the actors asked for by whom nobody here is spoken for, where these witnesses can never give what is asked. Where no witness
    /// is named nothing can be published at all, and that is no contradiction.
    pub(crate) fn lacking<'a>(&self, asked: &'a Agreed) -> Option<Vec<&'a str>> {
        let spoken = asked.spoken_for(self.witnesses.iter());
        let never = !self.witnesses.is_empty() && spoken.len() < asked.needed;
        never.then(|| asked.of.iter().filter(|actor| !spoken.contains(actor)).map(ActorId::as_str).collect())
    }

    /// Names of those who cosigned the note, in the mission's order, each with the second in which it did. A cosignature that does
    /// not hold counts for nothing.
    pub(crate) fn cosigned(&self, note: &[u8]) -> Vec<(&str, u64)> {
        let time = |one: &NamedWitness| one.key.cosigned(note).ok().flatten();
        self.witnesses.iter().filter_map(|one| Some((one.name.as_str(), time(one)?))).collect()
    }

    /// Whether those who cosigned, by name, are enough, for the agreement and for the mission. Nobody is never enough.
    pub(crate) fn reached<'n>(&self, cosigned: impl Iterator<Item = &'n str>) -> bool {
        let names: BTreeSet<&str> = cosigned.collect();
        let all = || self.witnesses.iter().filter(|one| names.contains(one.name.as_str()));
        let agreed = |asked: &Agreed| asked.spoken_for(all()).len() >= asked.needed;
        let asked = self.needed > 0 || !self.agreed.is_empty();
        asked && all().count() >= self.needed.max(1) && self.agreed.iter().all(agreed)
    }

    /// How many must have cosigned at the least; 0 where nobody can.
    pub(crate) fn at_least(&self) -> usize {
        if self.witnesses.is_empty() {
            return 0;
        }
        self.agreed.iter().map(|asked| asked.needed).chain([self.needed]).max().unwrap_or_default()
    }

    /// What is asked for, in words.
    pub(crate) fn words(&self) -> String {
        let own = (self.needed > 0).then(|| format!("{} witnesses", self.needed));
        let agreed = self.agreed.iter().map(|asked| format!("{} (the agreement's quorum)", asked.words()));
        let all: Vec<String> = agreed.chain(own).collect();
        all.join(", and ")
    }
}

/// Witnesses that count from an entry of the log on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeySet {
    /// The mission's entry that names them.
    pub(crate) entry: u64,
    /// Who and how many.
    pub(crate) quorum: Quorum,
}

/// A checkpoint with whatever signatures are under it, and the entries that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// Entries covered.
    pub(crate) size: u64,
    /// The note.
    pub(crate) note: Vec<u8>,
}

/// The sets of witnesses that came to count, oldest first. A new set takes over only when a quorum of the one before has cosigned a
/// checkpoint that covers the entry which names it: whoever holds the log's machine and key cannot appoint witnesses of his own.
///
/// `all`: every set that the log names, by entry. `signed`: checkpoints of this log in any order.
pub(crate) fn in_force<'s>(all: &'s [KeySet], signed: &[Signed]) -> Vec<&'s KeySet> {
    let mut chain: Vec<&KeySet> = all.first().into_iter().collect();
    let mut sizes: Vec<&Signed> = signed.iter().collect();
    sizes.sort_by_key(|one| one.size);
    while let Some(now) = chain.last() {
        let covered = |one: &&&Signed| all.iter().any(|set| set.entry > now.entry && set.entry < one.size);
        let enough =
            |one: &&&Signed| now.quorum.reached(now.quorum.cosigned(&one.note).iter().map(|(name, _)| *name));
        let Some(over) = sizes.iter().filter(covered).find(enough) else { break };
        let next = all.iter().rfind(|set| set.entry > now.entry && set.entry < over.size);
        let Some(next) = next else { break };
        chain.push(next);
    }
    chain
}

/// The sets among `chain` that can say of an entry that it is published: the one that counted when it was logged, and those after.
pub(crate) fn counting<'s>(chain: &[&'s KeySet], entry: u64) -> Vec<&'s KeySet> {
    let from = chain.iter().rposition(|set| set.entry < entry).unwrap_or(0);
    chain.iter().skip(from).copied().collect()
}

#[cfg(test)]
mod tests {
    use truceline_record::{LogSigner, WitnessSigner, digest_of, with_signatures};

    use super::*;

    fn signer(n: u8) -> WitnessSigner {
        WitnessSigner::new(&format!("witness.example/{n}"), &[n; 32]).unwrap()
    }

    fn set(entry: u64, witnesses: &[u8], needed: usize) -> KeySet {
        let mut quorum = Quorum::default();
        for n in witnesses {
            quorum.add(&format!("w{n}"), Some(&signer(*n).verifier_key()), None).unwrap();
        }
        quorum.need(Some(needed as i128)).unwrap();
        quorum.check().unwrap();
        KeySet { entry, quorum }
    }

    fn signed(size: u64, by: &[u8]) -> Signed {
        let log = LogSigner::new("example.org/log", &[7; 32]).unwrap();
        let mut note = log.sign_checkpoint(size, digest_of(&size.to_be_bytes())).unwrap();
        for n in by {
            note = with_signatures(&note, &signer(*n).cosign(&note, 1).unwrap()).unwrap();
        }
        Signed { size, note }
    }

    fn entries(chain: &[&KeySet]) -> Vec<u64> {
        chain.iter().map(|set| set.entry).collect()
    }

    #[test]
    fn a_set_takes_over_when_the_one_before_has_cosigned_it_and_not_before() {
        let all = [set(0, &[1, 2], 2), set(10, &[2, 3], 2)];
        assert_eq!(entries(&in_force(&all, &[])), [0]);
        assert_eq!(entries(&in_force(&all, &[signed(10, &[1, 2])])), [0], "it does not cover the entry");
        assert_eq!(entries(&in_force(&all, &[signed(11, &[1])])), [0], "one is no quorum");
        assert_eq!(entries(&in_force(&all, &[signed(11, &[2, 3])])), [0], "nobody appoints himself");
        assert_eq!(entries(&in_force(&all, &[signed(11, &[1, 2])])), [0, 10]);
        assert_eq!(entries(&in_force(&[], &[signed(11, &[1, 2])])), [0_u64; 0]);
    }

    #[test]
    fn a_slip_that_was_put_right_before_anybody_cosigned_it_never_counts() {
        let all = [set(0, &[1], 1), set(5, &[9], 1), set(6, &[2], 1), set(20, &[3], 1)];
        let both = [signed(8, &[1]), signed(21, &[2])];
        assert_eq!(entries(&in_force(&all, &both)), [0, 6, 20]);
        // What the old ones cosign after they have handed over changes nothing.
        assert_eq!(entries(&in_force(&all, &[signed(8, &[1]), signed(21, &[1])])), [0, 6]);
    }

    #[test]
    fn an_entry_is_for_those_who_counted_then_and_for_those_after() {
        let all = [set(0, &[1], 1), set(6, &[2], 1)];
        let chain: Vec<&KeySet> = all.iter().collect();
        assert_eq!(entries(&counting(&chain, 3)), [0, 6]);
        assert_eq!(entries(&counting(&chain, 7)), [6]);
        assert_eq!(entries(&counting(&[], 7)), [0_u64; 0]);
    }

    #[test]
    fn quorums_that_cannot_be_are_refused() {
        let (one, two) = (signer(1).verifier_key(), signer(2).verifier_key());
        let mut quorum = Quorum::default();
        quorum.add("a", Some(&one), None).unwrap();
        for (name, key) in
            [("a", Some(two.as_str())), ("b", Some(&one)), ("b", Some("x")), ("b", None), (" ", Some(&two))]
        {
            assert!(quorum.add(name, key, None).is_err(), "{name} {key:?}");
        }
        // The same key under another name of the witness is the same key.
        let alias = WitnessSigner::new("witness.example/alias", &[1; 32]).unwrap().verifier_key();
        assert!(quorum.add("b", Some(&alias), None).unwrap_err().contains("same key"));
        assert!(quorum.check().unwrap_err().contains("no quorum"));
        for wrong in [None, Some(0), Some(-1), Some(i128::MAX)] {
            assert!(quorum.need(wrong).is_err(), "{wrong:?}");
        }
        quorum.need(Some(2)).unwrap();
        assert!(quorum.check().unwrap_err().contains("never be reached") && quorum.need(Some(1)).is_err());
        let mut nobody = Quorum::default();
        assert!(nobody.check().is_ok() && !nobody.reached(std::iter::empty()));
        nobody.need(Some(1)).unwrap();
        assert!(nobody.check().is_err());
    }

    #[test]
    fn the_agreements_quorum_goes_by_whom_they_speak_for_and_not_by_how_many_they_are() {
        let mut quorum = Quorum::default();
        let speaks = [(1, Some("russia")), (2, Some("russia")), (3, Some("united-states")), (4, None)];
        for (n, actor) in speaks {
            quorum.add(&format!("w{n}"), Some(&signer(n).verifier_key()), actor).unwrap();
        }
        let asked =
            |needed, of: &[&str]| Agreed { needed, of: of.iter().map(|id| ActorId::new(id)).collect() };
        let both = asked(2, &["russia", "united-states"]);
        quorum.agreed.insert(both.clone());
        quorum.check().unwrap();
        let reached = |quorum: &Quorum, names: &[&str]| quorum.reached(names.iter().copied());
        assert!(!reached(&quorum, &["w1", "w2"]), "two keys of one side are one");
        assert!(!reached(&quorum, &["w1", "w4"]) && !reached(&quorum, &["w3", "x"]));
        assert!(reached(&quorum, &["w2", "w3"]) && !reached(&quorum, &[]));
        // The mission may ask for more, and a second statement too.
        quorum.need(Some(3)).unwrap();
        assert!(!reached(&quorum, &["w2", "w3"]) && reached(&quorum, &["w2", "w3", "w4"]));
        quorum.agreed.insert(asked(1, &["un-envoy"]));
        assert!(!reached(&quorum, &["w1", "w2", "w3", "w4"]));
        assert_eq!(quorum.lacking(&both), None);
        assert_eq!(quorum.lacking(&asked(1, &["un-envoy"])), Some(vec!["un-envoy"]));
        assert_eq!(Quorum::default().lacking(&both), None, "where nobody is named nothing is published");
        assert!(
            quorum
                .words()
                .starts_with("1 of un-envoy (the agreement's quorum), and 2 of russia, united-states")
        );
    }
}
