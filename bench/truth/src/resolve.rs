//! Who a party string means: ids of the mission's registry, by names found in the string and words that qualify them.
//!
//! Works on strings never seen: it knows names (from `actors.csv`), qualifying words (from `data/words.csv`), and the rules below,
//! and no case. It never invents an actor: what it cannot place is a description, which leaves open who it was.
//!
//! 1. The whole string is a name: that actor, whether or not the coding thinks that it signed: the registry knows.
//! 2. Text in parentheses explains what stands before it: read with it when that names no party, instead of it when that names only an
//!    authority (a governor, a commissioner) and the parentheses another side. Otherwise not read. *Accused*, anywhere: left open.
//! 3. `and`, `with`, commas part a string into fragments, each an actor; `or` makes them alternatives and leaves it open.
//! 4. A fragment that names a party and says *affiliated*, or a kind of militia: a group of its own under the party's command; open
//!    unless the coding says whether it signed. *Former*: a group outside; under a second party's command if it names one.
//! 5. A fragment with a party and nothing more: that party. But `signatory` false: a group that did not sign; unclear: open.
//! 6. No party: a kind of outsider by its stems (open when unclear whether it signed); forces of a person of rank: nobody is named; else
//!    a description, which is open.

use std::collections::BTreeSet;

use truceline_model::{Actor, ActorId, ActorKind, Actors};

use crate::coded::Signatory;
use crate::tables::Tables;
use crate::words::{find, words};

/// Who a string means.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// The doers: several are alternatives.
    pub actors: BTreeSet<ActorId>,
    /// Who it was is left open.
    pub open: bool,
    /// Under whose command.
    pub commander: Option<ActorId>,
    /// Whether under command is left open.
    pub commander_open: bool,
}

impl Who {
    fn one(id: &str, open: bool) -> Self {
        Self { actors: [ActorId::new(id)].into(), open, ..Self::default() }
    }

    /// Every id that it names, commander included.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<ActorId> {
        self.actors.iter().chain(&self.commander).cloned().collect()
    }
}

/// Names of the registry, the longest first.
pub struct Resolver<'a> {
    actors: &'a Actors,
    tables: &'a Tables,
    names: Vec<(Vec<String>, &'a Actor)>,
}

/// A fragment of a string: the actors that it names, and its other words.
struct Fragment<'a> {
    named: Vec<&'a Actor>,
    rest: Vec<String>,
}

impl<'a> Resolver<'a> {
    /// Prepares the registry's names.
    #[must_use]
    pub fn new(actors: &'a Actors, tables: &'a Tables) -> Self {
        let mut names: Vec<(Vec<String>, &Actor)> = Vec::new();
        for actor in actors.iter() {
            let own = actor.names.get("en").into_iter().chain(&actor.aliases);
            names.extend(own.map(|name| (words(name), actor)).filter(|(name, _)| !name.is_empty()));
        }
        names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        Self { actors, tables, names }
    }

    /// The actor whose name the whole text is.
    #[must_use]
    pub fn exactly(&self, text: &str) -> Option<&'a Actor> {
        let text = words(text);
        self.names.iter().find(|(name, _)| *name == text).map(|(_, actor)| *actor)
    }

    /// Whether an actor is a party or has ever belonged to one: whether the agreements can bind it.
    #[must_use]
    pub fn of_a_side(&self, actor: &Actor) -> bool {
        actor.kind == ActorKind::Party
            || actor
                .member_of
                .iter()
                .filter_map(|m| self.actors.get(&m.of))
                .any(|whole| self.of_a_side(whole))
    }

    /// The actors of a side that a text names, longest names first.
    #[must_use]
    pub fn sides_in(&self, text: &str) -> Vec<&'a Actor> {
        self.fragment(&words(text)).named.into_iter().filter(|actor| self.of_a_side(actor)).collect()
    }

    /// Everybody whom an actor string means.
    #[must_use]
    pub fn resolve(&self, text: &str, signatory: Signatory) -> Vec<Who> {
        if let Some(actor) = self.exactly(text) {
            return vec![self.known(actor, signatory)];
        }
        let (outer, inner) = parenthesis(text);
        let outside = self.fragments(&outer);
        let inside = self.fragments(&inner);
        let sides = |all: &[Fragment<'a>]| all.iter().any(|f| f.named.iter().any(|a| self.of_a_side(a)));
        let appointed = outside.iter().flat_map(|f| &f.named).all(|a| a.kind == ActorKind::State);
        let rival = outside.iter().flat_map(|f| &f.named).all(|a| !self.shares_side(a, &inside));
        let mut read = outer.clone();
        let mut found = match (sides(&outside), sides(&inside)) {
            (true, true) if appointed && rival => {
                read = inner;
                self.parts(&inside, signatory)
            }
            (false, true) => {
                // Whoever stands before the parentheses is described there: one fragment.
                read = format!("{outer} {inner}");
                let whole = self.fragments(&read.replace([',', ';'], " "));
                self.parts(&whole, signatory)
            }
            _ => self.parts(&outside, signatory),
        };
        if found.is_empty() {
            found = vec![self.nobody(&words(text), signatory)];
        }
        if self.tables.word("accused", &words(text)).is_some() {
            found.iter_mut().for_each(|who| who.open = true);
        }
        if read.to_lowercase().contains(" or ") && found.len() > 1 {
            return vec![joined(&found)];
        }
        found
    }

    fn fragments(&self, text: &str) -> Vec<Fragment<'a>> {
        self.split(text).iter().map(|part| self.fragment(&words(part))).collect()
    }

    /// Parts of a string that are joined by *and*, a comma and the like. *With* joins only when the word before it is none that says
    /// *allied*: "allied with" is one thought.
    fn split(&self, text: &str) -> Vec<String> {
        let mut text = text.to_lowercase();
        for joint in [" and ", " or ", " & ", " together with ", " along with ", " alongside ", ",", ";"] {
            text = text.replace(joint, "\n");
        }
        let mut out = String::new();
        for part in text.split(" with ") {
            let before = words(&out);
            let last = before.last().map(std::slice::from_ref).unwrap_or_default();
            let bound = out.is_empty()
                || last.iter().any(|word| word == "now")
                || ["affiliated", "former"].iter().any(|kind| self.tables.word(kind, last).is_some());
            if !out.is_empty() {
                out.push_str(if bound { " with " } else { "\n" });
            }
            out.push_str(part);
        }
        out.split('\n').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// A name by itself.
    fn known(&self, actor: &Actor, signatory: Signatory) -> Who {
        let side = self.of_a_side(actor);
        let open = actor.kind == ActorKind::Unspecified || (side && signatory == Signatory::Unclear);
        Who::one(actor.id.as_str(), open)
    }

    /// The names in some words, leftmost and longest, and the words that are left.
    fn fragment(&self, said: &[String]) -> Fragment<'a> {
        let mut rest = said.to_vec();
        let mut named: Vec<(usize, &Actor)> = Vec::new();
        for (name, actor) in &self.names {
            // A description ("soldiers") is no name within a longer text.
            if actor.kind == ActorKind::Unspecified {
                continue;
            }
            while let Some(at) = find(&rest, name) {
                // What is taken out leaves a gap, so that words on both sides never join into a name.
                rest.splice(at..at + name.len(), std::iter::once(String::new()));
                named.push((at, actor));
            }
        }
        named.sort_by_key(|(at, _)| *at);
        let mut seen = BTreeSet::new();
        let named = named.into_iter().map(|(_, actor)| actor).filter(|actor| seen.insert(actor.id.clone()));
        let named = named.collect();
        rest.retain(|word| !word.is_empty());
        Fragment { named, rest }
    }

    /// Everybody in some fragments. A fragment that only says *allied* speaks of the party before it.
    fn parts(&self, fragments: &[Fragment<'a>], signatory: Signatory) -> Vec<Who> {
        let mut all: Vec<Who> = Vec::new();
        let mut last: Option<&Actor> = None;
        for fragment in fragments {
            let party = fragment.named.iter().find(|actor| self.of_a_side(actor)).copied();
            let affiliated = self.tables.word("affiliated", &fragment.rest).is_some();
            let who = match party.or(if affiliated { last } else { None }) {
                Some(party) => Some(self.of_party(fragment, party, affiliated, signatory)),
                None => {
                    self.outside(fragment).map(|who| Who { open: signatory == Signatory::Unclear, ..who })
                }
            };
            last = party.or(last);
            all.extend(who.filter(|who| !all.contains(who)).into_iter().collect::<Vec<_>>());
        }
        all
    }

    fn of_party(
        &self,
        fragment: &Fragment<'a>,
        party: &Actor,
        affiliated: bool,
        signatory: Signatory,
    ) -> Who {
        let group = self.militia(fragment);
        let other = fragment.named.iter().rfind(|a| self.of_a_side(a) && a.id != party.id);
        if self.tables.word("former", &fragment.rest).is_some() {
            let left = ActorId::new(&format!("{}-defectors", party.id));
            let left = if self.actors.get(&left).is_some() { left } else { ActorId::new("former-soldiers") };
            let commander = other.map(|actor| actor.id.clone());
            let commander_open = commander.is_some() && signatory == Signatory::Unclear;
            return Who { actors: [left].into(), open: false, commander, commander_open };
        }
        if affiliated || group.is_some() {
            let doer = group.unwrap_or_else(|| ActorId::new("affiliated-group"));
            let commander = Some(party.id.clone());
            let commander_open = signatory == Signatory::Unclear;
            return Who { actors: [doer].into(), open: false, commander, commander_open };
        }
        if signatory == Signatory::No {
            return Who::one("non-signatory-group", false);
        }
        Who::one(self.together(fragment, party).as_str(), signatory == Signatory::Unclear)
    }

    /// Several services of one side, named in one breath, are what they all belong to.
    fn together(&self, fragment: &Fragment<'a>, party: &Actor) -> ActorId {
        let sides: Vec<&Actor> = fragment.named.iter().copied().filter(|a| self.of_a_side(a)).collect();
        let mut whole = Some(party);
        while let Some(one) = whole {
            if sides.iter().all(|actor| self.wholes(actor).contains(&one.id)) {
                return one.id.clone();
            }
            whole = one.member_of.first().and_then(|m| self.actors.get(&m.of));
        }
        party.id.clone()
    }

    /// An actor and everything that it has ever belonged to.
    #[must_use]
    pub fn wholes(&self, actor: &Actor) -> BTreeSet<ActorId> {
        let above = actor.member_of.iter().filter_map(|m| self.actors.get(&m.of));
        let mut all: BTreeSet<ActorId> = above.flat_map(|whole| self.wholes(whole)).collect();
        all.insert(actor.id.clone());
        all
    }

    fn shares_side(&self, actor: &Actor, fragments: &[Fragment<'_>]) -> bool {
        let own = self.wholes(actor);
        fragments.iter().flat_map(|f| &f.named).any(|other| !self.wholes(other).is_disjoint(&own))
    }

    /// A group that no agreement binds, when a fragment names or describes one.
    fn outside(&self, fragment: &Fragment<'_>) -> Option<Who> {
        let named = fragment.named.iter().find(|actor| !self.of_a_side(actor));
        let kind = || self.tables.word("outsider", &fragment.rest).map(|rule| rule.value.as_str());
        named.map(|actor| actor.id.as_str()).or_else(kind).map(|id| Who::one(id, false))
    }

    /// A kind of armed group that a party can have for its own: youths, a militia. Not *criminals* or *local*.
    fn militia(&self, fragment: &Fragment<'_>) -> Option<ActorId> {
        if let Some(named) = fragment.named.iter().find(|actor| !self.of_a_side(actor)) {
            return Some(named.id.clone());
        }
        let kinds = ["armed-youth", "community-militia", "white-army", "cattle-keepers"];
        let rule = self.tables.word("outsider", &fragment.rest)?;
        kinds.contains(&rule.value.as_str()).then(|| ActorId::new(&rule.value))
    }

    /// No name at all.
    fn nobody(&self, said: &[String], signatory: Signatory) -> Who {
        let described = self.tables.word("description", said);
        let rank = self.tables.word("rank", said).is_some();
        let id = match (signatory, self.tables.word("nobody", said), described) {
            _ if rank => "unnamed-commander-forces",
            (Signatory::No, None, _) => return Who::one("non-signatory-group", false),
            (Signatory::Yes, None, None) => "unnamed-signatory",
            (_, _, Some(rule)) => &rule.value,
            (_, Some(rule), None) => &rule.value,
            _ => "unidentified",
        };
        Who::one(id, true)
    }
}

fn joined(all: &[Who]) -> Who {
    let commanders: BTreeSet<&ActorId> = all.iter().filter_map(|who| who.commander.as_ref()).collect();
    Who {
        actors: all.iter().flat_map(|who| who.actors.iter().cloned()).collect(),
        open: true,
        commander: commanders.first().map(|id| (*id).clone()),
        commander_open: !commanders.is_empty(),
    }
}

/// The text outside parentheses, and what stands in them.
fn parenthesis(text: &str) -> (String, String) {
    let (mut outer, mut inner, mut depth) = (String::new(), String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inner.push(c),
            _ => outer.push(c),
        }
        if c == '(' {
            inner.push(' ');
            outer.push(' ');
        }
    }
    (outer, inner)
}
