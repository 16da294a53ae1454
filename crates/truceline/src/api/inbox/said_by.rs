//! Who says it: a registered source, a caller, or who took it down.
//!
//! A caller and a person of the mission are sealed: a pseudonym stands for them, a caller's name is encrypted for the mission's holders or not kept at
//! all. One person of the mission is one origin in all their reports; a caller is a new one in each call, since nobody here can tell that two callers
//! are one. Never shows a name again.

use serde_json::Value;
use truceline_intake::nearest::did_you_mean;
use truceline_model::SourceId;
use truceline_record::Digest;
use truceline_seal::{Group, NAME_LIMIT};
use truceline_store::Store;
use zeroize::Zeroizing;

use crate::api::asked::short;
use crate::api::problem::Problem;
use crate::failure::Failure;
use crate::log::Told;
use crate::mission::Mission;
use crate::secrets;
use crate::words::SEALED;

/// Letters of a pseudonym.
const LETTERS: usize = 24;

/// Who says it.
pub(super) enum SaidBy {
    Source(SourceId),
    Caller(Option<Named>),
    Myself,
}

/// A caller's name, for as long as it takes to seal it.
pub(super) struct Named {
    name: Zeroizing<String>,
    group: Group,
}

impl SaidBy {
    /// Reads `{"source": "msf"}`, `{"caller": "name"}`, `{"caller": null}`, `"myself"`.
    pub(super) fn read(value: &Value, mission: &Mission) -> Result<Self, Problem> {
        let wrong = || {
            Problem::wrong(
                "said_by: {\"source\": \"id\"}, {\"caller\": null}, {\"caller\": \"a name to be sealed\"} or \"myself\"",
            )
        };
        if value.as_str() == Some("myself") {
            return Ok(Self::Myself);
        }
        let object = value.as_object().filter(|object| object.len() == 1).ok_or_else(wrong)?;
        match (object.get("source"), object.get("caller")) {
            (Some(Value::String(id)), None) => source(id, mission).map(Self::Source),
            (None, Some(Value::Null)) => Ok(Self::Caller(None)),
            (None, Some(Value::String(name))) => named(name, mission).map(Self::Caller),
            _ => Err(wrong()),
        }
    }

    /// What stands for the source where nothing was logged yet: whether it is sealed, and under which id its report reads.
    pub(super) fn for_now(&self) -> SourceId {
        match self {
            Self::Source(id) => id.clone(),
            Self::Caller(_) | Self::Myself => SourceId::new(&format!("{SEALED}{}", "0".repeat(LETTERS))),
        }
    }

    /// Puts who says it into what is logged.
    pub(super) fn put(&self, told: &mut Told, store: &Store) -> Result<(), Failure> {
        let pseudonym =
            |whole: Digest| format!("{SEALED}{}", whole.to_string().get(..LETTERS).unwrap_or_default());
        match self {
            Self::Source(id) => id.as_str().clone_into(&mut told.source),
            Self::Myself => {
                let by = told.by.clone().unwrap_or_default();
                let secret = secrets::of(store)?;
                told.source = pseudonym(secret.digest(&["person of the mission", store.origin(), &by], &[]));
            }
            Self::Caller(named) => {
                told.source = pseudonym(Digest(secrets::draw()?));
                if let Some(Named { name, group }) = named {
                    let sealed = truceline_seal::seal(name, group, store.origin());
                    told.seal = Some(sealed.map_err(|e| Failure::operation("seal the source", &e))?);
                }
            }
        }
        Ok(())
    }
}

fn source(id: &str, mission: &Mission) -> Result<SourceId, Problem> {
    let sources = &mission.sources;
    let is_free = sources.is_empty() && !id.trim().is_empty() && id.len() <= 100;
    let id = SourceId::new(id);
    if id.as_str().starts_with(SEALED) || !(is_free || sources.get(&id).is_some()) {
        let open = sources.iter().map(|source| source.id.as_str()).filter(|id| !id.starts_with(SEALED));
        let near = did_you_mean(id.as_str(), open);
        let say = format!("said_by: \"{}\" is no registered source{near}", short(id.as_str()));
        return Err(Problem::wrong(say));
    }
    Ok(id)
}

fn named(name: &str, mission: &Mission) -> Result<Option<Named>, Problem> {
    let mut words = Zeroizing::new(String::with_capacity(name.len()));
    for word in name.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    if words.is_empty() {
        return Ok(None);
    }
    if words.len() > NAME_LIMIT {
        return Err(Problem::wrong(format!("said_by: a name has at most {NAME_LIMIT} bytes")));
    }
    let group = mission.folder.group().map_err(|_| {
        Problem::wrong(
            "said_by: this mission names no holders, so that a name cannot be sealed and is not kept: leave it out",
        )
    })?;
    Ok(Some(Named { name: words, group }))
}
