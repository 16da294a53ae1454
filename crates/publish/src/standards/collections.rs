//! The collections of what is published: incidents, areas by status, lines and zones, local truces, accounts of deliveries, bulletins.
//!
//! Rival accounts stay features of their own, side by side, each with its source. Who asserts something and is named nowhere to readers asserts nothing
//! here. Ground that sides say they hold is not among them: no page of a bulletin draws it.

use serde_json::{Map, Value};
use truceline_model::{
    Area, AreaKind, AreaStatus, Calm, CalmStep, DeliveryStage, Instant, Interval, SourceId,
};

use super::feature::{Feature, Geometry};
use crate::duties::StageView;
use crate::geojson;
use crate::lang::Lang;
use crate::links::Links;
use crate::safe::clean;
use crate::view::View;
use crate::words::Ctx;

/// Which collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CollectionId {
    /// What happened, by everything said of it.
    Incidents,
    /// Governorates, and whether the truce holds in each.
    Areas,
    /// Lines and zones that hold at the moment of the bulletin.
    Lines,
    /// Local truces, each account of each step.
    Truces,
    /// Aid, each account of each stage.
    Deliveries,
    /// Published bulletins.
    Bulletins,
}

impl CollectionId {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] =
        [Self::Incidents, Self::Areas, Self::Lines, Self::Truces, Self::Deliveries, Self::Bulletins];

    /// Its name in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Areas => "areas",
            Self::Lines => "lines",
            Self::Truces => "truces",
            Self::Deliveries => "deliveries",
            Self::Bulletins => "bulletins",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Incidents => "Incidents",
            Self::Areas => "Areas by status",
            Self::Lines => "Lines and zones",
            Self::Truces => "Local truces",
            Self::Deliveries => "Deliveries",
            Self::Bulletins => "Bulletins",
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Incidents => {
                "Incidents as the bulletin has them. A point is known to within within_m metres; one that nobody placed has no geometry. What an \
                 agreement does not cover is not thereby lawful."
            }
            Self::Areas => {
                "Governorates, and whether the truce holds in each over the window. not-observed: nobody reported from there, so nothing can be said."
            }
            Self::Lines => {
                "Lines and zones that hold at the moment of the bulletin, each by whom asserts it."
            }
            Self::Truces => "Regimes of calm: each account of each step, side by side.",
            Self::Deliveries => {
                "Aid asked for, approved, on the way, arrived, refused: each account of each stage. Accounts are never added up."
            }
            Self::Bulletins => "Published bulletins and corrections.",
        }
    }
}

/// A collection and its features, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Which.
    pub id: CollectionId,
    /// Its features.
    pub features: Vec<Feature>,
}

impl Collection {
    /// Features in the order of their ids, which is the same on every page of the same bulletin.
    #[must_use]
    pub fn new(id: CollectionId, mut features: Vec<Feature>) -> Self {
        features.sort_by(|a, b| a.id.cmp(&b.id));
        Self { id, features }
    }

    /// One feature.
    #[must_use]
    pub fn feature(&self, id: &str) -> Option<&Feature> {
        self.features
            .binary_search_by(|one| one.id.as_str().cmp(id))
            .ok()
            .and_then(|at| self.features.get(at))
    }

    /// The time within which all its features lie that have one.
    #[must_use]
    pub fn when(&self) -> Option<Interval> {
        self.features.iter().filter_map(|one| one.when).reduce(Interval::hull)
    }
}

/// What a view holds, as collections; bulletins are not in a view.
#[must_use]
pub fn collections(view: &View<'_>) -> Vec<Collection> {
    let ctx = Ctx::new(view, Lang::En, Links::Static);
    let incidents = view.incidents.iter().map(|one| Feature {
        id: one.incident.id.to_string(),
        geometry: one
            .incident
            .place()
            .and_then(|place| place.point)
            .map_or(Geometry::Nowhere, Geometry::Point),
        when: one.incident.time(),
        properties: geojson::properties(&ctx, one),
    });
    let lines = view.areas.iter().filter(|area| is_drawn(view, area)).map(|area| line(view, area));
    let truces = view
        .truce
        .calms
        .iter()
        .flat_map(|calm| calm.steps.iter().enumerate().map(move |(n, step)| (calm, n, step)));
    let deliveries = view.duties.aid.iter().flat_map(|convoy| {
        let all = convoy.stages.iter().flat_map(|(stage, said)| said.iter().map(move |one| (*stage, one)));
        all.map(move |(stage, said)| (convoy.convoy.as_deref(), stage, said))
    });
    vec![
        Collection::new(CollectionId::Incidents, incidents.collect()),
        Collection::new(CollectionId::Areas, view.statuses.iter().map(|status| area(&ctx, status)).collect()),
        Collection::new(CollectionId::Lines, lines.collect()),
        Collection::new(
            CollectionId::Truces,
            truces.map(|(calm, n, step)| truce(&ctx, calm, n, step)).collect(),
        ),
        Collection::new(
            CollectionId::Deliveries,
            deliveries.map(|(convoy, stage, said)| delivery(&ctx, convoy, stage, said)).collect(),
        ),
    ]
}

/// Whoever readers are told of.
fn is_named(view: &View<'_>, source: &SourceId) -> bool {
    view.sources.contains_key(source)
}

fn is_drawn(view: &View<'_>, area: &Area) -> bool {
    matches!(area.kind, AreaKind::Line | AreaKind::Zone)
        && area.valid.contains(view.as_of)
        && area.asserted_by.as_ref().is_none_or(|who| is_named(view, who))
}

fn line(view: &View<'_>, area: &Area) -> Feature {
    let mut properties = Map::new();
    let kind = if area.kind == AreaKind::Line { "line" } else { "zone" };
    properties.insert("kind".into(), kind.into());
    names(&mut properties, area);
    let who = area.asserted_by.as_ref().filter(|who| is_named(view, who));
    properties.insert("asserted_by".into(), who.map_or(Value::Null, |who| who.as_str().into()));
    properties.insert("within_m".into(), radius(area));
    times(&mut properties, Some(area.valid));
    Feature { id: area.id.to_string(), geometry: Geometry::of(area), when: Some(area.valid), properties }
}

fn area(ctx: &Ctx<'_>, status: &AreaStatus) -> Feature {
    let known = ctx.view.areas.get(&status.area);
    let mut properties = Map::new();
    if let Some(area) = known {
        names(&mut properties, area);
    }
    let mut put = |name: &str, value: Value| {
        properties.insert(name.to_owned(), value);
    };
    put("status", ctx.holding(status.holding).0.into());
    put("prohibited", status.prohibited.len().into());
    put("undetermined", status.undetermined.len().into());
    put("others", status.others.len().into());
    put("days", status.days.into());
    put("observed_by", status.observed_by.len().into());
    times(&mut properties, Some(status.window));
    Feature {
        id: status.area.to_string(),
        geometry: known.map_or(Geometry::Nowhere, Geometry::of),
        when: Some(status.window),
        properties,
    }
}

fn truce(ctx: &Ctx<'_>, calm: &Calm, n: usize, (ordinal, step): &(u32, CalmStep)) -> Feature {
    let known = ctx.view.areas.get(&calm.area);
    let mut properties = Map::new();
    if let Some(area) = known {
        names(&mut properties, area);
        properties.insert("within_m".into(), radius(area));
    }
    let mut put = |name: &str, value: Value| {
        properties.insert(name.to_owned(), value);
    };
    put("truce", clean(&calm.id).into());
    put("area", calm.area.as_str().into());
    put("in_force", calm.in_force.as_str().into());
    put("disputed", calm.disputed.into());
    put("ordinal", (*ordinal).into());
    put("step", clean(&step.step).into());
    put("announced_hours", step.announced_hours.map_or(Value::Null, Into::into));
    put("known", step.known.to_string().into());
    put(
        "sources",
        step.sources.iter().filter(|who| is_named(ctx.view, who)).map(|who| who.as_str()).collect(),
    );
    times(&mut properties, Some(step.window));
    Feature {
        id: format!("{}-{}", clean(&calm.id), n + 1),
        geometry: known.map_or(Geometry::Nowhere, Geometry::of),
        when: Some(step.window),
        properties,
    }
}

fn delivery(ctx: &Ctx<'_>, convoy: Option<&str>, stage: DeliveryStage, said: &StageView) -> Feature {
    let mut properties = Map::new();
    let mut put = |name: &str, value: Value| {
        properties.insert(name.to_owned(), value);
    };
    let place = said.place.as_ref();
    put("convoy", convoy.map_or(Value::Null, |convoy| clean(convoy).into()));
    put("stage", stage.as_str().into());
    put("item", clean(&said.item).into());
    put("quantity", said.quantity.as_deref().map_or(Value::Null, |quantity| clean(quantity).into()));
    put("actor", said.actors.iter().map(|actor| actor.as_str()).collect());
    put("place", place.map_or(Value::Null, |place| clean(&ctx.place(place)).into()));
    put(
        "within_m",
        place.filter(|place| place.point.is_some()).map_or(Value::Null, |place| place.within_m.into()),
    );
    let source = Some(&said.origin).filter(|who| is_named(ctx.view, who));
    put("source", source.map_or(Value::Null, |who| who.as_str().into()));
    put("known", said.known.to_string().into());
    times(&mut properties, said.when);
    Feature {
        id: format!("r{}-{}", said.receipt.0, stage.as_str()),
        geometry: place.and_then(|place| place.point).map_or(Geometry::Nowhere, Geometry::Point),
        when: said.when,
        properties,
    }
}

/// The name in English, and in the other languages that it has.
fn names(properties: &mut Map<String, Value>, area: &Area) {
    for lang in Lang::ALL {
        let name = area.names.get(lang.code()).map_or(Value::Null, |name| clean(name).into());
        let key = if lang == Lang::En { "name".to_owned() } else { format!("name_{}", lang.code()) };
        properties.insert(key, name);
    }
}

fn radius(area: &Area) -> Value {
    match area.shape {
        truceline_model::Shape::Disc(_, within_m) => within_m.into(),
        _ => Value::Null,
    }
}

/// From when and until when; null where that end is open or nobody says.
fn times(properties: &mut Map<String, Value>, when: Option<Interval>) {
    let told = |at: Option<Instant>| {
        let at = at.filter(|at| *at != Instant::FAR_PAST && *at != Instant::FAR_FUTURE);
        at.map_or(Value::Null, |at| at.to_string().into())
    };
    properties.insert("from".into(), told(when.map(Interval::start)));
    properties.insert("until".into(), told(when.map(Interval::end)));
}
