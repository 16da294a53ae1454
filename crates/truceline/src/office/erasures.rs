//! What offices erased, as the centre sees it: who had it destroyed there and why, and what of it still lies here.
//!
//! Nothing is destroyed at the centre by an office's word: whoever steals an office's machine could then wipe out what it ever forwarded. Two people
//! of the centre's mission decide (`erase`); until then the office's erasure stands open, for everybody to see.

use serde_json::Value;
use truceline_record::erased_by;
use truceline_store::Store;

use super::register::offices;
use super::take::number_of;
use super::{inner, of_kinds};
use crate::committed::{self, Missing};
use crate::failure::Failure;
use crate::log::kind;

/// An erasure that an office forwarded.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Its entry here.
    pub(crate) entry: u64,
    /// The office.
    pub(crate) office: String,
    /// Who decided it there: two people.
    pub(crate) by: [String; 2],
    /// Why.
    pub(crate) why: String,
    /// What it is of, by the receipts that it has here; what was not forwarded has none.
    pub(crate) of: Vec<u64>,
    /// How many of the objects that it names still lie here.
    pub(crate) held: u64,
}

/// Erasures that offices forwarded, in the order of the log.
///
/// # Errors
/// When the log or the vault cannot be read.
pub(crate) fn asked(store: &Store) -> Result<Vec<Asked>, Failure> {
    let known = offices(store)?;
    let mut all = Vec::new();
    for outer in of_kinds(store, &[kind::FORWARDED])? {
        let Some(inner) = inner(store, &outer, kind::ERASURE)? else { continue };
        let mut held = 0;
        for digest in erased_by(&inner) {
            held += u64::from(store.holds(&digest).map_err(|e| Failure::operation("read the vault", &e))?);
        }
        let named = outer.body.get("log").and_then(Value::as_str);
        let office = named.and_then(|log| known.get(&log.parse().ok()?));
        let mut of = Vec::new();
        for n in
            inner.body.get("of").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64)
        {
            if let Some(office) = office {
                of.extend(number_of(store, office, n)?);
            }
        }
        let body = committed::body(store, &inner, &mut Missing::new())?;
        let word = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let office = outer.body.get("office").and_then(Value::as_str).unwrap_or_default().to_owned();
        let by = [word("by"), word("and")];
        all.push(Asked { entry: outer.n, office, by, why: word("why"), of, held });
    }
    Ok(all)
}
