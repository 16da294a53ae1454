//! What a program is: the hash of its build, of the functions that it knows, and the terms that it holds. Compared before any work
//! is given, so that no two executors can judge differently.
//!
//! It travels in the `user-agent` header of every call, and the scheduler looks at it on every call; one that differs is refused
//! with words that say what differs and what to do. This keeps out mistakes, not intruders: a header can be forged, and only a fence
//! around the cluster's network keeps a liar from it (SECURITY.md).

use std::collections::BTreeSet;

use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::{BALLISTA_PROTOCOL_VERSION, BALLISTA_VERSION};
use datafusion::DATAFUSION_VERSION;
use truceline_record::digest_of;

use crate::shelf::{MOST, is_digest};
use crate::trouble::REFUSED;

/// SHA-256 over the sources, the dependencies' versions and the compiler that this program was built of (`build.rs`).
pub const BUILD: &str = env!("TRUCELINE_BUILD");
/// How the header begins.
const NAME: &str = "truceline-cluster";

/// What a program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// `executor`, `client` or `scheduler`.
    pub role: String,
    /// See [`BUILD`].
    pub build: String,
    /// SHA-256 over the names of all functions and the versions of the query engine.
    pub functions: String,
    /// Digests of missions: those that an executor or a scheduler holds, those that a client asks for.
    pub terms: BTreeSet<String>,
}

/// The hash over what can be called in a registry.
#[must_use]
pub fn functions_of(registry: &BallistaFunctionRegistry) -> String {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (name, function) in &registry.scalar_functions {
        names.insert(format!("scalar {name} {:?}", function.signature().volatility));
    }
    names.extend(registry.aggregate_functions.keys().map(|name| format!("aggregate {name}")));
    names.extend(registry.window_functions.keys().map(|name| format!("window {name}")));
    names.extend(registry.higher_order_functions.keys().map(|name| format!("higher-order {name}")));
    names.insert(format!("datafusion {DATAFUSION_VERSION}"));
    names.insert(format!("ballista {BALLISTA_VERSION} {BALLISTA_PROTOCOL_VERSION}"));
    let all: Vec<String> = names.into_iter().collect();
    digest_of(all.join("\n").as_bytes()).to_string()
}

impl Manifest {
    /// What this program is, in a role.
    #[must_use]
    pub fn of_this(role: &str, registry: &BallistaFunctionRegistry, terms: BTreeSet<String>) -> Self {
        Self { role: role.to_owned(), build: BUILD.to_owned(), functions: functions_of(registry), terms }
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> String {
        let terms: Vec<&str> = self.terms.iter().map(String::as_str).collect();
        format!(
            "{NAME}/{} build={} functions={} terms={}",
            self.role,
            self.build,
            self.functions,
            terms.join(",")
        )
    }

    /// Reads a header, to which the transport has added its own words. `None`: it is not one of ours.
    #[must_use]
    pub fn read(header: &str) -> Option<Self> {
        let mut words = header.split(' ');
        let role = words.next()?.strip_prefix(NAME)?.strip_prefix('/')?;
        let mut value = |key: &str| words.next()?.strip_prefix(key)?.strip_prefix('=').map(str::to_owned);
        let (build, functions, terms) = (value("build")?, value("functions")?, value("terms")?);
        let terms: BTreeSet<String> =
            terms.split(',').filter(|digest| !digest.is_empty()).map(str::to_owned).collect();
        let sound = is_digest(&build)
            && is_digest(&functions)
            && terms.len() <= MOST
            && terms.iter().all(|digest| is_digest(digest))
            && ["executor", "client"].contains(&role);
        sound.then(|| Self { role: role.to_owned(), build, functions, terms })
    }

    /// Why a program with this header gets nothing of a scheduler that is `self`; `None`: it is as it should be.
    #[must_use]
    pub fn refusal(&self, header: Option<&str>) -> Option<String> {
        let Some(theirs) = header.and_then(Self::read) else {
            return Some(format!(
                "{REFUSED}a caller that does not say which build it is; only truceline-cluster of build {} works here",
                short(&self.build)
            ));
        };
        let role = &theirs.role;
        if theirs.build != self.build {
            return Some(format!(
                "{REFUSED}{role} of build {}, where build {} runs here: install the same program on every machine",
                short(&theirs.build),
                short(&self.build)
            ));
        }
        if theirs.functions != self.functions {
            return Some(format!(
                "{REFUSED}{role} with other functions ({}) than are known here ({}): install the same program on every machine",
                short(&theirs.functions),
                short(&self.functions)
            ));
        }
        let missing: Vec<&str> = theirs.terms.difference(&self.terms).map(|digest| short(digest)).collect();
        if !missing.is_empty() {
            return Some(format!(
                "{REFUSED}{role} with terms {}, which are not on the scheduler's shelf: put the same missions on every shelf, \
                 and start the scheduler again",
                missing.join(", ")
            ));
        }
        let lacking: Vec<&str> = self.terms.difference(&theirs.terms).map(|digest| short(digest)).collect();
        if role == "executor" && !lacking.is_empty() {
            return Some(format!(
                "{REFUSED}executor without terms {}, which are on the scheduler's shelf: put the same missions on every shelf",
                lacking.join(", ")
            ));
        }
        None
    }
}

/// The first twelve digits, enough for people.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn digest(of: &str) -> String {
        digest_of(of.as_bytes()).to_string()
    }

    fn manifest(role: &str, build: &str, functions: &str, terms: &[&str]) -> Manifest {
        let terms = terms.iter().map(|terms| digest(terms)).collect();
        Manifest { role: role.to_owned(), build: digest(build), functions: digest(functions), terms }
    }

    #[test]
    fn only_the_same_is_let_in_and_the_words_say_what_differs() {
        let scheduler = manifest("scheduler", "b", "f", &["t", "u"]);
        let ask = |role: &str, build: &str, functions: &str, terms: &[&str]| {
            let header = manifest(role, build, functions, terms).header() + " tonic/0.14";
            scheduler.refusal(Some(&header))
        };
        assert_eq!(ask("executor", "b", "f", &["t", "u"]), None);
        assert_eq!(ask("client", "b", "f", &["t"]), None, "a client asks for what it asks for");
        for (refused, word) in [
            (ask("executor", "other", "f", &["t", "u"]), "of build"),
            (ask("executor", "b", "other", &["t", "u"]), "other functions"),
            (ask("executor", "b", "f", &["t"]), "executor without terms"),
            (ask("executor", "b", "f", &["t", "u", "v"]), "not on the scheduler's shelf"),
            (ask("client", "b", "f", &["v"]), "not on the scheduler's shelf"),
            (ask("visitor", "b", "f", &["t"]), "does not say which build"),
            (scheduler.refusal(None), "does not say which build"),
            (scheduler.refusal(Some("tonic/0.14")), "does not say which build"),
            (
                scheduler.refusal(Some("truceline-cluster/executor build=b functions=f terms=")),
                "does not say",
            ),
        ] {
            let refused = refused.unwrap();
            assert!(refused.starts_with(REFUSED) && refused.contains(word), "{refused}");
        }
    }

    #[test]
    fn one_function_more_is_another_registry() {
        let mut registry = BallistaFunctionRegistry::default();
        let before = functions_of(&registry);
        assert_eq!(
            before,
            functions_of(&BallistaFunctionRegistry::default()),
            "the same from one run to the next"
        );
        registry.scalar_functions.remove("abs");
        assert_ne!(before, functions_of(&registry));
    }
}
