//! Source records as Airwars' researchers gathered them, and the incidents under which they put them.
//!
//! An observation is made of one source record alone: its address, outlet, archive address, and its text where one was collected.
//! Nothing of the incident goes into it: not its day, place, dead, belligerent, grade or number of sources. The list of places comes
//! from incidents before 2021, of which no collected text is a source. `README.md` says field by field what is used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use truceline_casework::Rules;
use truceline_model::{
    Actors, Area, AreaId, Areas, Attribution, Body, CasualtyFigures, Event, Instant, Interval, Observation,
    Place, Point, ReceiptNo, Shape, SourceId, Wording, Zone,
};

use truceline_intake::prose::Day;
use truceline_intake::wording::{Commonness, wording};

use crate::clock::{self, Dated};
use crate::coder::{Coded, Coder, Spot, fold, words};
use crate::echo::{self, Told};
use crate::pages::{self, Furniture};
use crate::reader::Reader;
use crate::{Result, Set, ground, times};

/// The first day of incidents whose places are not known beforehand; no collected text is of an earlier incident.
pub const PLACES_BEFORE: &str = "2021-01-01";
/// Incidents before this day are for learning; from this day on for measuring.
pub const MEASURED_FROM: &str = "2024-01-01";
/// Within the learning part: what is chosen on incidents before this day is tried on those after.
pub const LATE_FROM: &str = "2022-07-01";

/// A place that is one of several is no more precise than this.
const SEVERAL_WITHIN_M: u32 = 10_001;

/// Which records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those whose text was collected.
    WithText,
    /// All.
    All,
}

/// Which side of the split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before [`MEASURED_FROM`].
    Learning,
    /// Of these the ones before [`LATE_FROM`].
    Early,
    /// The others of these.
    Late,
    /// From it on.
    Measured,
}

#[derive(Debug, Deserialize)]
struct SourceRow {
    code: String,
    author: String,
    url: String,
    archive_url: String,
}

/// What is read of a collected text. The incidents that the file names beside it are not read here.
#[derive(Debug, Deserialize)]
struct TextRow {
    url: String,
    #[serde(default)]
    publication_date: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct IncidentRow {
    code: String,
    date: String,
    location_en: String,
    location_ar: String,
    lat: String,
    lon: String,
    geo_accuracy: String,
}

/// Everything read, before it is cut into parts.
#[derive(Clone)]
pub struct Gold {
    /// All records as one set.
    pub set: Set,
    /// Receipt to address, by which a peer finds the text.
    pub address: BTreeMap<u64, String>,
    /// First day of the incidents of each record: the split, and nothing else, looks at it.
    day: BTreeMap<u64, String>,
}

fn rows<T: for<'d> Deserialize<'d>>(path: &Path) -> Result<Vec<T>> {
    let mut reader = csv::Reader::from_path(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(reader.deserialize().collect::<std::result::Result<_, _>>()?)
}

/// One source record, ready to be coded.
struct Page<'r> {
    row: &'r SourceRow,
    has_text: bool,
    title: String,
    /// The text without what its outlet prints beside every story.
    body: String,
    slug: String,
    /// The day that whoever collected it states.
    stated: String,
}

impl<'r> Page<'r> {
    fn of(row: &'r SourceRow, text: Option<&TextRow>, furniture: &Furniture) -> Self {
        let title = text.and_then(|t| t.title.as_deref()).unwrap_or_default();
        let body = text.and_then(|t| t.text.as_deref()).unwrap_or_default();
        Self {
            row,
            has_text: text.is_some(),
            // Collected titles say the same three times, line by line.
            title: title.lines().next().unwrap_or_default().to_owned(),
            body: furniture.cleared(&row.url, body),
            slug: slug(&row.url),
            stated: text.and_then(|t| t.publication_date.clone()).unwrap_or_default(),
        }
    }

    /// Who publishes: on a platform the author, else the host.
    fn outlet(&self) -> String {
        let host = pages::host(&self.row.url);
        let shared = ["facebook.com", "twitter.com", "x.com", "youtube.com", "t.me"];
        if shared.iter().any(|platform| host.ends_with(platform)) {
            format!("{host} {}", fold(&self.row.author))
        } else {
            host.to_owned()
        }
    }

    fn said(&self) -> String {
        format!("{} . {}", self.title, self.body)
    }

    fn posted(&self) -> Option<Instant> {
        times::of_post(&self.row.url)
    }

    /// The local day of the post, else the one that the collector states.
    fn day(&self, zone: &Zone) -> Option<i64> {
        let day_of = |at: Instant| (at.seconds() + i64::from(zone.offset_seconds(at))).div_euclid(86_400);
        let stated = || times::day(zone, &times::first_date(&words(&self.stated))?).map(Interval::start);
        self.posted().or_else(stated).map(day_of)
    }
}

/// Reads the records.
///
/// # Errors
/// When a file cannot be read.
pub fn read(root: &Path, data: &Path, which: Which) -> Result<Gold> {
    let folder = data.join("airwars-syria");
    let incidents: Vec<IncidentRow> = rows(&folder.join("incidents.csv"))?;
    let sources: Vec<SourceRow> = rows(&folder.join("sources.csv"))?;
    let texts = texts(&folder)?;
    let zone = ground::zone()?;
    let (coder, areas) = places(root, data, &incidents, &zone)?;
    let day_of: BTreeMap<&str, &str> = incidents.iter().map(|i| (i.code.as_str(), i.date.as_str())).collect();
    let mut of_address: BTreeMap<&str, (&SourceRow, BTreeSet<&str>)> = BTreeMap::new();
    for row in &sources {
        of_address.entry(row.url.trim()).or_insert_with(|| (row, BTreeSet::new())).1.insert(&row.code);
    }
    if which == Which::WithText {
        of_address.retain(|url, _| texts.contains_key(*url));
    }
    let mut furniture = Furniture::default();
    for text in texts.values() {
        furniture.count(&text.url, text.text.as_deref().unwrap_or_default());
    }
    let mut gold = Gold {
        set: Set {
            observations: Vec::new(),
            gold: BTreeMap::new(),
            actors: Actors::default(),
            areas,
            zone,
            rules: rules(),
        },
        address: BTreeMap::new(),
        day: BTreeMap::new(),
    };
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    let mut pages = Vec::new();
    for (receipt, (url, (row, codes))) in (0..).zip(of_address) {
        gold.address.insert(receipt, url.to_owned());
        let first = codes.iter().filter_map(|c| day_of.get(c)).min().copied().unwrap_or_default();
        gold.day.insert(receipt, first.to_owned());
        if let [code] = codes.iter().collect::<Vec<_>>().as_slice() {
            let next = u64::try_from(numbers.len())?;
            gold.set.gold.insert(receipt, *numbers.entry(**code).or_insert(next));
        }
        pages.push(Page::of(row, texts.get(url), &furniture));
    }
    code(&mut gold.set, &pages, &coder, &Reader::new(root)?);
    gold.set.itemwise();
    Ok(gold)
}

/// Stories are told again days later, and dated by what an outlet prints.
fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.time.gap_limit_s = 14 * 86_400;
    // Places and days were read out of words, and may have been misread.
    rules.place.apart_excludes = false;
    rules.wording.compare_all = true;
    rules
}

/// Codes the pages: each by itself, but for how common a word is and how an outlet numbers its pages, which all of them tell.
fn code(set: &mut Set, pages: &[Page<'_>], coder: &Coder, reader: &Reader) {
    let mut commonness = Commonness::new();
    for page in pages.iter().filter(|page| page.has_text) {
        commonness.count(&marked(page));
    }
    let posted = pages.iter().filter(|page| page.posted().is_some());
    let posted: Vec<i64> = posted.filter_map(|page| page.day(&set.zone)).collect();
    let window = (posted.iter().min().copied().unwrap_or(0), posted.iter().max().copied().unwrap_or(0));
    let dated: Vec<Dated> = pages
        .iter()
        .map(|page| {
            let archived = slug_of_archive(&page.row.archive_url);
            let posted = page.day(&set.zone);
            pages::dated(&page.row.url, &page.slug, &archived, &page.said(), posted, window)
        })
        .collect();
    let mut coded: Vec<Coded> = Vec::new();
    let mut before = Vec::new();
    for (page, dated) in pages.iter().zip(&dated) {
        // The slug goes last: a page's own words say more.
        let mut one = coder.code(&format!("{} . {}", page.said(), page.slug));
        before.push(ask(page, dated, reader, &mut one));
        coded.push(one);
    }
    let words: Vec<Option<Wording>> = pages
        .iter()
        .map(|page| page.has_text.then(|| wording(&marked(page), &commonness)).flatten())
        .collect();
    let told = told(pages, &dated, &coded, &words, &set.areas);
    let plain = clock::spans(&dated);
    let heard = echo::found(&told);
    let spans = heard.spans.iter().copied().zip(plain).map(|(heard, plain)| heard.or(plain));
    let spans: Vec<Option<clock::Span>> = spans.collect();
    let each = pages.iter().zip(dated.iter().zip(before)).zip(spans.iter().zip(coded.into_iter().zip(words)));
    for (receipt, ((page, (dated, before)), (span, (mut coded, words)))) in (0..).zip(each) {
        let stated = span.is_some_and(|(a, b)| a == b && dated.sure == Some(a));
        let span = match (stated, *span, before) {
            (true, Some((day, _)), Some(before)) => {
                coded.yesterday = false;
                Some((day - before, day - before))
            }
            (_, span, _) => span,
        };
        // A day that was inferred is the one of which others tell.
        coded.yesterday &= stated;
        let mut one = observation(receipt, page, span, coded, words, set);
        if !stated {
            // What others tell is no day that the page states.
            one.likely = usize::try_from(receipt).ok().and_then(|at| heard.likely(at));
            unstated(&mut one);
        }
        set.observations.push(one);
    }
}

/// Takes back the day of a report that states none; when it became known stays, for somebody has to come first.
fn unstated(one: &mut Observation) {
    if let Body::Event(event) = &mut one.body {
        event.when = None;
    }
}

/// What is known of the pages when their days are looked for.
fn told<'p>(
    pages: &[Page<'_>],
    dated: &'p [Dated],
    coded: &[Coded],
    words: &[Option<Wording>],
    areas: &Areas,
) -> Vec<Told<'p>> {
    let number = |id: &AreaId| id.as_str().strip_prefix("spot-").and_then(|n| n.parse().ok());
    let point = |id: &AreaId| match areas.get(id).map(|area| &area.shape) {
        Some(Shape::Disc(point, _)) => Some(*point),
        _ => None,
    };
    let each = pages.iter().zip(dated).zip(coded.iter().zip(words));
    each.map(|((page, dated), (coded, words))| Told {
        dated,
        posted: page.posted().is_some(),
        outlet: page.outlet(),
        wording: words.clone(),
        place: coded.place.as_ref().and_then(|id| Some((number(id)?, point(id)?))),
        killed: coded.killed.map(|killed| killed.min),
        acts: coded.acts.clone(),
    })
    .collect()
}

/// Lets the reader say how many were killed, where the list of words does not, and how long before it was published.
fn ask(page: &Page<'_>, dated: &Dated, reader: &Reader, coded: &mut Coded) -> Option<i64> {
    if !page.has_text {
        return None;
    }
    let date = dated.sure.and_then(|day| Day::new(1970, 1, 1)?.plus(day));
    let found = reader.read(&page.said(), date);
    coded.killed = coded.killed.or(found.killed);
    if coded.acts.is_empty() {
        coded.acts.extend(found.act);
    }
    found.days_before.filter(|days| *days > 0)
}

/// What a page's marks are taken of: the days of the year that it names, its title, its text, the words of its address.
fn marked(page: &Page<'_>) -> String {
    let said = page.said();
    format!("{} {said} . {}", pages::days_of_the_year(&said), page.slug)
}

impl Gold {
    /// Cuts the set down to one side of the split.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        let holds = |day: &str| match part {
            Part::Learning => day < MEASURED_FROM,
            Part::Early => day < LATE_FROM,
            Part::Late => (LATE_FROM..MEASURED_FROM).contains(&day),
            Part::Measured => day >= MEASURED_FROM,
        };
        let keep = |receipt: &u64| self.day.get(receipt).is_some_and(|day| holds(day));
        let keep = self.address.keys().copied().filter(keep).collect();
        self.set.only(&keep);
        self
    }
}

fn texts(folder: &Path) -> Result<BTreeMap<String, TextRow>> {
    let path = folder.join("source_texts.jsonl");
    let all = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut texts = BTreeMap::new();
    for line in all.lines() {
        let row: TextRow = serde_json::from_str(line)?;
        texts.insert(row.url.trim().to_owned(), row);
    }
    Ok(texts)
}

/// A place that researchers named: in Arabic, in English, where, how wide, how often.
type Known = (String, String, Point, u32, u32);

/// Places of the mission, and those that Airwars named before 2021.
fn places(root: &Path, data: &Path, incidents: &[IncidentRow], zone: &Zone) -> Result<(Coder, Areas)> {
    let shipped = ground::shipped(root, zone)?;
    let list = root.join("bench/resolve/data/words.csv");
    let mut coder =
        Coder::new(&std::fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?)?;
    let governorates = ground::governorates(&shipped);
    let ids: Vec<AreaId> = governorates.iter().map(|a| a.id.clone()).collect();
    // One place for each name and cell of about five kilometres; its first coordinates stand for it.
    let mut known: BTreeMap<(String, i32, i32), Known> = BTreeMap::new();
    for row in incidents.iter().filter(|row| row.date.as_str() < PLACES_BEFORE) {
        let Ok(point) = Point::parse(&row.lat, &row.lon) else { continue };
        let within_m = match row.geo_accuracy.as_str() {
            "village" | "town" => 2500,
            "city" => 5000,
            "province_governorate" | "district" | "subdistrict" | "" => continue,
            _ => 1000,
        };
        let name = fold(&row.location_ar);
        let cell = (name.clone(), point.lon / 500_000, point.lat / 500_000);
        let english = row.location_en.split(',').next().unwrap_or_default().to_owned();
        known.entry(cell).or_insert((name, english, point, within_m, 0)).4 += 1;
    }
    let mut areas: Vec<Area> = governorates;
    for (n, (arabic, english, point, within_m, weight)) in (0_u32..).zip(known.into_values()) {
        let governorate = ground::governorate_at(&shipped, &ids, point);
        let id = format!("spot-{n}");
        areas.push(ground::named_place(&id, governorate.clone(), point, within_m));
        for name in arabic.split([',', '،', '(', ')', '/']).chain([english.as_str()]) {
            coder.add_place(name, Spot { id: AreaId::new(&id), governorate: governorate.clone(), weight });
        }
    }
    for (n, town) in (0_u32..).zip(ground::towns(data)?) {
        let governorate = ground::governorate_at(&shipped, &ids, town.point);
        // Numbered after the places of incidents, and less likely meant than any of them.
        let id = format!("spot-{}", 1_000_000 + n);
        areas.push(ground::named_place(&id, governorate.clone(), town.point, 2500));
        let spot = Spot { id: AreaId::new(&id), governorate, weight: 0 };
        town.names.iter().for_each(|name| coder.add_new_place(name, spot.clone()));
    }
    for (name, governorate) in ground::districts(data)? {
        coder.add_district(&name, AreaId::new(&governorate));
    }
    Ok((coder, Areas::new(areas)))
}

/// Letters out of `%d8%a7`.
fn decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|p| std::str::from_utf8(p).ok());
        match pair.filter(|_| *first == b'%').and_then(|p| u8::from_str_radix(p, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The path of an address: what stands in it beside numbers often is the headline.
fn slug(address: &str) -> String {
    let path = address.split("//").nth(1).and_then(|rest| rest.split_once('/')).map_or("", |(_, path)| path);
    decoded(path.split(['?', '#']).next().unwrap_or_default())
}

fn observation(
    receipt: u64,
    page: &Page<'_>,
    span: Option<clock::Span>,
    coded: Coded,
    wording: Option<Wording>,
    set: &Set,
) -> Observation {
    let published = span.and_then(|(first, last)| days(&set.zone, first, last));
    let source = SourceId::new(&fold(&page.row.author).split_whitespace().collect::<Vec<_>>().join("-"));
    let known = published.map_or(Instant::FAR_PAST, Interval::end);
    let body = Body::Event(event(coded, published, &set.areas));
    Observation {
        address: Some(page.row.url.clone()),
        wording,
        ..Observation::bare(ReceiptNo(receipt), format!("s{receipt}"), known, source, body)
    }
}

fn event(coded: Coded, published: Option<Interval>, areas: &Areas) -> Event {
    let back = |i: Interval| {
        let earlier = |at: Instant| at.plus_seconds(-86_400);
        Interval::new(earlier(i.start()), earlier(i.end())).unwrap_or(i)
    };
    let when = if coded.yesterday { published.map(back) } else { published };
    let spot = coded.place.as_ref().and_then(|id| areas.get(id));
    let disc = spot.and_then(|a| if let Shape::Disc(p, m) = a.shape { Some((p, m)) } else { None });
    let place = match (disc, coded.governorates.is_empty()) {
        (Some((point, within_m)), _) => {
            // Of several places none is known to be meant: that narrows it down no further than to where they lie.
            let within_m = if coded.beside.is_empty() { within_m } else { SEVERAL_WITHIN_M };
            let areas = coded.place.iter().chain(&coded.beside).cloned().collect();
            Some(Place { point: Some(point), within_m, areas, unresolved: None })
        }
        (None, false) => {
            Some(Place { point: None, within_m: 80_000, areas: coded.governorates, unresolved: None })
        }
        (None, true) => None,
    };
    Event {
        acts: coded.acts,
        weapons: BTreeSet::new(),
        targets: coded.targets,
        when,
        place,
        attribution: (!coded.actors.is_empty()).then_some(Attribution::Accused),
        actors: coded.actors,
        held_by: BTreeSet::new(),
        casualties: CasualtyFigures { killed: coded.killed, ..CasualtyFigures::default() },
        amounts: BTreeMap::new(),
        facts: BTreeMap::new(),
    }
}

/// Local days, from the first to the last.
fn days(zone: &Zone, first: i64, last: i64) -> Option<Interval> {
    let noon = |day: i64| Instant::from_seconds(day * 86_400 + 43_200);
    Interval::new(zone.day_of(noon(first)).start(), zone.day_of(noon(last)).end()).ok()
}

fn slug_of_archive(address: &str) -> String {
    if address.contains("airwars.org/source/") { slug(address) } else { String::new() }
}
