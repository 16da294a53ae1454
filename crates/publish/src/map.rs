//! The map, drawn from the mission's own areas: no tiles, no request, no float.
//!
//! Longitudes and latitudes are stretched onto a box of a thousand units with the proportions of the country's middle
//! latitude. That is good enough to see where; nothing is measured on it, and the table beside it says the same in words.

use std::collections::BTreeMap;

use maud::{Markup, html};
use truceline_model::{Area, AreaKind, Containment, Holding, Interval, Point, Shape};

use crate::page::sign;
use crate::safe::html as iso;
use crate::view::{IncidentView, Summary};
use crate::words::Ctx;

/// Width of the drawing in its own units.
const WIDE: i64 = 1000;
/// Space round the drawing: room for labels that stand outside small areas.
const MARGIN: i64 = 150;
/// Incidents nearer than this share a mark.
const CELL: i64 = 22;
/// Half of the width of a mark of one incident.
const SIZE: i64 = 8;
/// The same in the inset.
const INSET_SIZE: i64 = 13;
/// The same as [`CELL`] in the inset, where there is room.
const INSET_CELL: i64 = 40;
/// Incidents known less precisely than this, in metres, would stand in the inset where they need not have been.
const INSET_WITHIN: u32 = 2_000;
/// Precision circles smaller than this would hide behind their mark.
const SMALLEST_CIRCLE: i64 = 12;

/// From degrees to the box.
#[derive(Clone, Copy, Debug)]
struct Frame {
    west: i64,
    north: i64,
    span_lon: i64,
    span_lat: i64,
    high: i64,
    metres: i64,
}

impl Frame {
    fn of(areas: &[&Area]) -> Option<Self> {
        let points = || areas.iter().flat_map(|area| rings(area)).flatten();
        let (west, east) = (points().map(|p| p.lon).min()?, points().map(|p| p.lon).max()?);
        let (south, north) = (points().map(|p| p.lat).min()?, points().map(|p| p.lat).max()?);
        let middle = i32::try_from((i64::from(south) + i64::from(north)) / 2).ok()?;
        let across = Point { lon: west, lat: middle }.metres_to(Point { lon: east, lat: middle });
        let down = Point { lon: west, lat: south }.metres_to(Point { lon: west, lat: north });
        let metres = i64::try_from(across).ok().filter(|m| *m > 0)?;
        let high = WIDE * i64::try_from(down).ok()? / metres;
        Some(Self {
            west: i64::from(west),
            north: i64::from(north),
            span_lon: (i64::from(east) - i64::from(west)).max(1),
            span_lat: (i64::from(north) - i64::from(south)).max(1),
            high: high.max(1),
            metres,
        })
    }

    fn place(self, point: Point) -> (i64, i64) {
        let x = (i64::from(point.lon) - self.west) * WIDE / self.span_lon;
        let y = (self.north - i64::from(point.lat)) * self.high / self.span_lat;
        (x, y)
    }

    fn holds(self, (x, y): (i64, i64)) -> bool {
        (-MARGIN..=WIDE + MARGIN).contains(&x) && (-MARGIN..=self.high + MARGIN).contains(&y)
    }

    fn length(self, metres: u32) -> i64 {
        i64::from(metres) * WIDE / self.metres
    }
}

fn rings(area: &Area) -> &[Vec<Point>] {
    match &area.shape {
        Shape::Polygon(rings) => rings,
        _ => &[],
    }
}

/// The figure with its key; nothing when the mission has no outlines.
pub(crate) fn figure(ctx: &Ctx<'_>) -> Markup {
    let areas: Vec<&Area> = ctx.view.areas.iter().filter(|area| area.kind == AreaKind::Governorate).collect();
    let Some(frame) = Frame::of(&areas) else {
        return html! { p.quiet { (ctx.t("map.none")) } };
    };
    let window = ctx.view.statuses.iter().map(|s| s.window).reduce(Interval::hull);
    let marks = marks(ctx, frame, window);
    let view_box = format!("{} {} {} {}", -MARGIN, -10, WIDE + MARGIN + 10, frame.high + 20);
    html! {
        figure.map {
            svg viewBox=(view_box) role="img" aria-labelledby="map-title map-desc" xmlns="http://www.w3.org/2000/svg" {
                title #map-title { (ctx.t("map.title")) }
                desc #map-desc { (ctx.t("map.desc")) }
                (patterns())
                g { @for area in &areas { (outline(ctx, frame, area)) } }
                @let lines = drawn_lines(ctx, frame);
                @if !lines.is_empty() { g.lines { @for (path, title) in &lines { path.boundary d=(path) { title { (title) } } } } }
                g.circles { @for mark in &marks { (circle(mark)) } }
                g.labels { @for one in &labels(ctx, frame, &areas, &marks) { (label(ctx, one)) } }
                g.marks { @for mark in &marks { (draw(ctx, mark, SIZE)) } }
            }
            figcaption { (key(ctx, window)) }
        }
        (inset(ctx, window))
    }
}

/// Lines that hold at the moment of the page, each with its name and who asserts it.
fn drawn_lines(ctx: &Ctx<'_>, frame: Frame) -> Vec<(String, String)> {
    let now = |area: &&Area| {
        area.kind == AreaKind::Line
            && area.valid.start() <= ctx.view.as_of
            && ctx.view.as_of < area.valid.end()
    };
    let mut all = Vec::new();
    for area in ctx.view.areas.iter().filter(now) {
        let Shape::Line(chains) = &area.shape else { continue };
        let mut path = String::new();
        for chain in chains {
            for (n, point) in chain.iter().enumerate() {
                let (x, y) = frame.place(*point);
                path.push_str(&format!("{}{x} {y}", if n == 0 { "M" } else { "L" }));
            }
        }
        let name = ctx.area(&area.id);
        let title = match &area.asserted_by {
            Some(who) => ctx.c.fill("map.line", &[("name", &name), ("who", &ctx.source(who))]),
            None => name,
        };
        all.push((path, ctx.c.plain(&title)));
    }
    all
}

/// The zone in which most of the incidents drawn lie, drawn larger; nothing when no two lie in one.
fn inset(ctx: &Ctx<'_>, window: Option<Interval>) -> Markup {
    let inside = |area: &Area| -> Vec<&IncidentView<'_>> {
        let lies = |one: &&IncidentView<'_>| {
            in_window(one, window)
                && one
                    .incident
                    .place()
                    .is_some_and(|p| ctx.view.areas.contains(&area.id, p) == Containment::Inside)
        };
        ctx.view.incidents.iter().filter(lies).collect()
    };
    let zones = ctx.view.areas.iter().filter(|area| area.kind == AreaKind::Zone && !rings(area).is_empty());
    let most = zones.map(|area| (area, inside(area))).filter(|(_, all)| all.len() > 1);
    let Some((area, all)) = most.max_by_key(|(_, all)| all.len()) else { return html! {} };
    let Some(frame) = Frame::of(&[area]) else { return html! {} };
    let near = |one: &&&IncidentView<'_>| {
        one.incident.place().is_some_and(|p| p.point.is_some() && p.within_m <= INSET_WITHIN)
    };
    let drawn: Vec<&IncidentView<'_>> = all.iter().filter(near).copied().collect();
    let left = (all.len() - drawn.len()) as u64;
    let marks = mark_all(ctx, frame, drawn.into_iter(), INSET_CELL);
    let title = ctx.c.plain(&ctx.c.fill("map.inset", &[("area", &ctx.area(&area.id))]));
    let mut path = String::new();
    rings(area).iter().for_each(|ring| trace(&mut path, frame, ring));
    html! {
        figure.map.inset {
            svg viewBox=(format!("-60 -20 {} {}", WIDE + 120, frame.high + 40)) role="img" aria-labelledby="inset-title" xmlns="http://www.w3.org/2000/svg" {
                title #inset-title { (title) }
                path.zone fill-rule="evenodd" d=(path) {}
                g.labels { @for (x, y, name) in &names(ctx, frame, &marks) { text.area-name x=(x) y=(y) text-anchor="middle" { (ctx.drawn(name)) } } }
                g.marks { @for mark in &marks { (draw(ctx, mark, INSET_SIZE)) } }
            }
            figcaption {
                p { (title) }
                @if left > 0 { p { (iso(&ctx.c.count("map.inset-only", left, &[]))) } }
            }
        }
    }
}

/// The name of the place under each mark, where it meets no other name.
fn names(ctx: &Ctx<'_>, frame: Frame, marks: &[Mark<'_, '_>]) -> Vec<(i64, i64, String)> {
    let mut placed: Vec<(i64, i64, i64, String)> = Vec::new();
    let mut by_weight: Vec<&Mark<'_, '_>> = marks.iter().collect();
    by_weight.sort_by_key(|mark| (mark.summary, std::cmp::Reverse(mark.incidents.len()), mark.at));
    for mark in by_weight {
        let Some(one) = mark.incidents.first().and_then(|one| one.incident.place()) else { continue };
        let place = one
            .areas
            .iter()
            .find(|id| ctx.view.areas.get(id).is_some_and(|area| area.kind == AreaKind::Place));
        let Some(place) = place else { continue };
        let name = ctx.area(place);
        let half = i64::try_from(name.chars().count()).unwrap_or(0) * 7 + 8;
        let (x, y) = (mark.at.0.clamp(half - 50, WIDE + 50 - half), mark.at.1 + 34);
        let fits = y < frame.high + 15
            && placed.iter().all(|(px, py, ph, _)| (x - px).abs() > half + ph || (y - py).abs() > 28)
            && marks.iter().all(|m| (m.at.0 - x).abs() > half + 8 || !(y - 26..y + 10).contains(&m.at.1));
        if fits {
            placed.push((x, y, half, name));
        }
    }
    placed.into_iter().map(|(x, y, _, name)| (x, y, name)).collect()
}

/// Fills that differ without colour: dense cross-hatching, stripes, dots far apart, and plain.
fn patterns() -> Markup {
    html! {
        defs {
            pattern #fill-collapsed width="9" height="9" patternUnits="userSpaceOnUse" {
                rect.base-collapsed width="9" height="9" {} path.ink-collapsed d="M0 0L9 9M9 0L0 9" {}
            }
            pattern #fill-fraying width="12" height="12" patternUnits="userSpaceOnUse" {
                rect.base-fraying width="12" height="12" {} path.ink-fraying d="M-3 3L3 -3M0 12L12 0M9 15L15 9" {}
            }
            pattern #fill-not-observed width="16" height="16" patternUnits="userSpaceOnUse" {
                rect.base-not-observed width="16" height="16" {} path.ink-not-observed d="M0 16L16 0M-4 4L4 -4M12 20L20 12" {}
            }
        }
    }
}

fn state_of(ctx: &Ctx<'_>, area: &Area) -> Holding {
    ctx.view.statuses.iter().find(|s| s.area == area.id).map_or(Holding::NotObserved, |s| s.holding)
}

fn outline(ctx: &Ctx<'_>, frame: Frame, area: &Area) -> Markup {
    let (state, word) = ctx.holding(state_of(ctx, area));
    let mut path = String::new();
    for ring in rings(area) {
        trace(&mut path, frame, ring);
    }
    html! {
        path class=(format!("area area-{state}")) fill-rule="evenodd" d=(path) {
            title { (ctx.area(&area.id)) ": " (word) }
        }
    }
}

/// One ring as a path, without points nearer to the last than two units.
fn trace(path: &mut String, frame: Frame, ring: &[Point]) {
    let mut last: Option<(i64, i64)> = None;
    for point in ring {
        let (x, y) = frame.place(*point);
        let near = last.is_some_and(|(lx, ly)| (x - lx).abs() < 2 && (y - ly).abs() < 2);
        if near {
            continue;
        }
        path.push_str(&format!("{}{x} {y}", if last.is_none() { 'M' } else { 'L' }));
        last = Some((x, y));
    }
    path.push('Z');
}

/// Where a name stands: its middle or its end, and about how far it reaches to both sides.
struct Label<'a> {
    area: &'a Area,
    x: i64,
    y: i64,
    end: bool,
}

impl Label<'_> {
    /// About how wide the name is, at 14 units a letter.
    fn span(&self, ctx: &Ctx<'_>) -> (i64, i64) {
        let wide = i64::try_from(ctx.area(&self.area.id).chars().count()).unwrap_or(0) * 14 + 30;
        if self.end { (self.x - wide, self.x) } else { (self.x - wide / 2, self.x + wide / 2) }
    }
}

/// Names inside wide areas, west of small ones (the sea or a neighbour lies there), moved up or down where they
/// would meet one another or a mark.
fn labels<'a>(ctx: &Ctx<'_>, frame: Frame, areas: &[&'a Area], marks: &[Mark<'_, '_>]) -> Vec<Label<'a>> {
    let mut wanted: Vec<Label<'a>> = Vec::new();
    for area in areas {
        let all: Vec<(i64, i64)> = rings(area).iter().flatten().map(|p| frame.place(*p)).collect();
        let (Some(left), Some(right)) = (all.iter().map(|p| p.0).min(), all.iter().map(|p| p.0).max()) else {
            continue;
        };
        let widest = rings(area).iter().max_by_key(|ring| ring.len());
        let Some((x, y)) = widest.and_then(|ring| centre(frame, ring)) else { continue };
        let end = right - left < 120;
        wanted.push(Label { area, x: if end { left - 8 } else { x }, y, end });
    }
    wanted.sort_by_key(|label| (label.y, label.x));
    let mut placed: Vec<Label<'a>> = Vec::new();
    for label in wanted {
        let meets = |y: i64| {
            let (a, b) = label.span(ctx);
            let name = |other: &&Label<'_>| {
                let (c, d) = other.span(ctx);
                a < d && c < b && (y - other.y).abs() < 26
            };
            let under = |mark: &Mark<'_, '_>| {
                (a - 10..b + 10).contains(&mark.at.0) && (y - 28..y + 14).contains(&mark.at.1)
            };
            2 * placed.iter().filter(name).count() + marks.iter().filter(|mark| under(mark)).count()
        };
        // Where it meets nothing, else where it meets the least; the nearest first.
        let tries = [0, 27, -27, 54, -54, 81, -81].map(|step| label.y + step);
        let y = tries.into_iter().min_by_key(|y| (meets(*y), (y - label.y).abs())).unwrap_or(label.y);
        placed.push(Label { y, ..label });
    }
    placed
}

fn label(ctx: &Ctx<'_>, label: &Label<'_>) -> Markup {
    let (state, _) = ctx.holding(state_of(ctx, label.area));
    html! {
        text.area-name x=(label.x) y=(label.y) text-anchor=(if label.end { "end" } else { "middle" }) { (ctx.drawn(&format!("{} {}", ctx.area(&label.area.id), sign(state)))) }
    }
}

/// The centre of gravity of a ring.
fn centre(frame: Frame, ring: &[Point]) -> Option<(i64, i64)> {
    let points: Vec<(i64, i64)> = ring.iter().map(|p| frame.place(*p)).collect();
    let (mut twice, mut sx, mut sy) = (0_i64, 0_i64, 0_i64);
    for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
        let cross = a.0 * b.1 - b.0 * a.1;
        twice += cross;
        sx += (a.0 + b.0) * cross;
        sy += (a.1 + b.1) * cross;
    }
    (twice != 0).then(|| (sx / (3 * twice), sy / (3 * twice)))
}

/// Incidents that share a mark.
struct Mark<'i, 'v> {
    at: (i64, i64),
    radius: i64,
    summary: Summary,
    incidents: Vec<&'i IncidentView<'v>>,
}

/// Whether an incident may have happened in the window; without a window every incident may.
fn in_window(one: &IncidentView<'_>, window: Option<Interval>) -> bool {
    match (one.incident.time(), window) {
        (Some(time), Some(window)) => time.intersect(window).is_some(),
        (None, Some(_)) => false,
        (_, None) => true,
    }
}

fn marks<'i, 'v>(ctx: &Ctx<'v>, frame: Frame, window: Option<Interval>) -> Vec<Mark<'i, 'v>>
where
    'v: 'i,
{
    mark_all(ctx, frame, ctx.view.incidents.iter().filter(|one| in_window(one, window)), CELL)
}

/// Marks of some incidents; those in one cell share one.
fn mark_all<'i, 'v>(
    ctx: &Ctx<'v>,
    frame: Frame,
    incidents: impl Iterator<Item = &'i IncidentView<'v>>,
    cell: i64,
) -> Vec<Mark<'i, 'v>>
where
    'v: 'i,
{
    let mut cells: BTreeMap<(i64, i64), Mark<'i, 'v>> = BTreeMap::new();
    for one in incidents {
        let Some((place, point)) = one.incident.place().and_then(|p| p.point.map(|point| (p, point))) else {
            continue;
        };
        let at = frame.place(point);
        if !frame.holds(at) {
            continue;
        }
        let summary = ctx.view.summary(one);
        let mark = cells.entry((at.0.div_euclid(cell), at.1.div_euclid(cell))).or_insert_with(|| Mark {
            at,
            radius: 0,
            summary,
            incidents: Vec::new(),
        });
        mark.radius = mark.radius.max(frame.length(place.within_m));
        mark.summary = mark.summary.min(summary);
        mark.incidents.push(one);
    }
    let mut all: Vec<Mark<'i, 'v>> = cells.into_values().collect();
    // The most pressing is drawn last, on top.
    all.sort_by_key(|mark| (std::cmp::Reverse(mark.summary), mark.at));
    all
}

fn circle(mark: &Mark<'_, '_>) -> Markup {
    html! {
        @if mark.radius >= SMALLEST_CIRCLE {
            circle.within cx=(mark.at.0) cy=(mark.at.1) r=(mark.radius.min(WIDE / 6)) {}
        }
    }
}

fn draw(ctx: &Ctx<'_>, mark: &Mark<'_, '_>, least: i64) -> Markup {
    let count = mark.incidents.len();
    let size = least + i64::from(count.ilog2()) * 2;
    let word = mark.summary.as_str();
    let first = mark.incidents.first();
    let href = match (count, first) {
        (1, Some(one)) => ctx.incident_link(&one.incident.id),
        _ => ctx.links.section(ctx, &format!("incidents-{word}")),
    };
    let (x, y) = mark.at;
    html! {
        a href=(href) class=(format!("mark mark-{word}")) {
            // In a title no markup is possible: the isolating signs themselves stay.
            title {
                @for one in mark.incidents.iter().take(6) {
                    (ctx.incident_title(one.incident)) " — " (ctx.c.word("summary", ctx.view.summary(one).as_str())) "\n"
                }
                @if count > 6 { (ctx.c.count("more", (count - 6) as u64, &[])) }
            }
            (shape(mark.summary, x, y, size))
            @if count > 1 { text.mark-count x=(x + size + 3) y=(y - size + 3) { (count) } }
        }
    }
}

/// Shapes that differ without colour.
pub(crate) fn shape(summary: Summary, x: i64, y: i64, r: i64) -> Markup {
    html! {
        @match summary {
            Summary::Prohibited => rect x=(x - r) y=(y - r) width=(2 * r) height=(2 * r) {},
            Summary::Disputed => path d=(format!("M{} {}l{r} {r}l-{r} {r}l-{r} -{r}z", x, y - r)) {},
            Summary::Undetermined => { circle.hollow cx=(x) cy=(y) r=(r) {} text.in-mark x=(x) y=(y + r / 2 + 1) text-anchor="middle" { "?" } }
            Summary::NotProhibited => circle.hollow cx=(x) cy=(y) r=(r - 1) {},
            Summary::NotCovered => path.stroke d=(format!("M{} {}h{}", x - r, y, 2 * r)) {},
        }
    }
}

/// What the shapes and fills mean.
fn key(ctx: &Ctx<'_>, window: Option<Interval>) -> Markup {
    html! {
        @if let Some(window) = window {
            p { (iso(&ctx.c.fill("map.window", &[("when", &ctx.status_window(window))]))) }
        }
        ul.key {
            @for (state, word) in ctx.holdings() {
                li {
                    svg viewBox="0 0 28 18" width="28" height="18" aria-hidden="true" { rect class=(format!("area area-{state}")) x="1" y="1" width="26" height="16" {} }
                    (word)
                }
            }
            @for summary in Summary::ALL {
                li {
                    svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" class=(format!("mark mark-{}", summary.as_str())) { (shape(summary, 10, 10, 7)) }
                    (ctx.c.word("summary", summary.as_str()))
                }
            }
            li { svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" { circle.within cx="10" cy="10" r="8" {} } (ctx.t("map.within")) }
        }
    }
}
