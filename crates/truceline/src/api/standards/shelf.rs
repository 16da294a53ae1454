//! The latest published bulletin as features and as an index of tiles, made once for all who ask.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use truceline_model::{Instant, Interval};
use truceline_publish::standards::{Collection, CollectionId, Feature, Geometry, Tiles, collections};
use truceline_record::digest_of;

use crate::api::problem::Problem;
use crate::api::public::{All, Published};
use crate::api::{Desk, THREADS};
use crate::outputs;
use crate::pipeline::derive_published;
use crate::view::{Owned, view};

/// So many wait while it is made; who comes after is told to come again.
const WAITING: usize = 8;
/// The frozen file whose bytes ours are held against.
const MAP: &str = "incidents.geojson";

/// The latest published bulletin.
pub(super) struct Shown {
    /// Its entry.
    pub(super) entry: u64,
    /// What was known at this moment.
    pub(super) as_of: Instant,
    /// Title of the agreement, in English where it has one.
    pub(super) title: String,
    /// The map that this program makes is the frozen one, byte for byte.
    pub(super) is_as_frozen: bool,
    pub(super) collections: Vec<Collection>,
    pub(super) tiles: Tiles,
}

/// Of which bulletins: how many, and the last.
type Key = (usize, u64);

/// What was made.
#[derive(Default)]
pub(in crate::api) struct Shelf {
    kept: Mutex<Option<(Key, Arc<Shown>)>>,
    waiting: AtomicUsize,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is in there is put in whole or not at all.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shelf {
    /// The latest published bulletin; `None` where there is none. Takes long where it is not ready.
    ///
    /// # Errors
    /// When the record cannot be read, or too many wait.
    pub(super) fn shown(&self, desk: &Desk) -> Result<Option<Arc<Shown>>, Problem> {
        let all = desk.published.all(desk)?;
        let Some(latest) = latest(&all) else { return Ok(None) };
        let key = (all.len(), all.last().map_or(0, |one| one.entry.n));
        if let Some(ready) = self.ready(key) {
            return Ok(Some(ready));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let made =
            if before < WAITING { self.made(desk, &all, latest, key) } else { Err(Problem::many_moments()) };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        made.map(Some)
    }

    fn ready(&self, key: Key) -> Option<Arc<Shown>> {
        held(&self.kept).as_ref().filter(|(of, _)| *of == key).map(|(_, shown)| Arc::clone(shown))
    }

    fn made(&self, desk: &Desk, all: &All, latest: &Published, key: Key) -> Result<Arc<Shown>, Problem> {
        let _turn = held(&desk.deriving);
        if let Some(ready) = self.ready(key) {
            return Ok(ready);
        }
        let bulletin = &latest.bulletin;
        let loaded = desk.source.loaded(Some(bulletin.entries), THREADS)?;
        let derived = derive_published(loaded, bulletin.as_of, THREADS)?;
        let map = digest_of(outputs::geojson(&derived)?.as_bytes());
        let terms = derived.loaded.mission.terms()?;
        let owned = Owned::of(&derived.loaded.mission);
        let mut made = collections(&view(&derived, terms, &owned));
        made.push(Collection::new(
            CollectionId::Bulletins,
            all.iter().map(|one| feature(all, one)).collect(),
        ));
        let title = derived.loaded.mission.title();
        let title = title.get("en").or_else(|| title.values().next()).cloned().unwrap_or_default();
        let tiles = Tiles::new(&made);
        let shown = Arc::new(Shown {
            entry: latest.entry.n,
            as_of: bulletin.as_of,
            title,
            is_as_frozen: bulletin.files.get(MAP).is_some_and(|file| file.digest == map),
            collections: made,
            tiles,
        });
        *held(&self.kept) = Some((key, Arc::clone(&shown)));
        Ok(shown)
    }
}

/// The bulletin of the latest moment that no other corrects.
fn latest(all: &All) -> Option<&Published> {
    let standing = all.iter().filter(|one| corrected(all, one).is_none());
    standing.max_by_key(|one| (one.bulletin.as_of, one.entry.n))
}

/// The bulletin that corrects this one, the last where several do.
pub(super) fn corrected<'a>(all: &'a All, one: &Published) -> Option<&'a Published> {
    all.iter().rev().find(|other| {
        let corrects = other.bulletin.edition.as_ref().and_then(|edition| edition.corrects);
        corrects == Some(one.entry.n)
    })
}

/// When a bulletin was frozen.
pub(super) fn frozen(one: &Published) -> Instant {
    Instant::parse(&one.entry.at).unwrap_or(one.bulletin.as_of)
}

fn feature(all: &All, one: &Published) -> Feature {
    let bulletin = &one.bulletin;
    let mut properties = Map::new();
    let mut put = |name: String, value: Value| {
        properties.insert(name, value);
    };
    let edition = bulletin.edition.as_ref();
    put("at".into(), frozen(one).to_string().into());
    put("as_of".into(), bulletin.as_of.to_string().into());
    put("sort".into(), edition.map_or(Value::Null, |edition| edition.sort.as_str().into()));
    put("corrects".into(), edition.and_then(|edition| edition.corrects).map_or(Value::Null, Into::into));
    put("corrected_by".into(), corrected(all, one).map_or(Value::Null, |other| other.entry.n.into()));
    put("findings".into(), bulletin.findings.into());
    for (name, count) in &bulletin.figures {
        put(format!("figure_{}", name.replace('-', "_")), (*count).into());
    }
    Feature {
        id: one.entry.n.to_string(),
        geometry: Geometry::Nowhere,
        when: Some(Interval::second(bulletin.as_of)),
        properties,
    }
}
