//! The shipped reader, called as `truceline read` calls it: its own line of JSON is what is scored, so that a fault in the line is a
//! fault in the figures.

use std::path::{Path, PathBuf};
use std::time::Instant;

use truceline_intake::mission as registry;
use truceline_intake::prose::{
    self, By, Case, Day, Document, Gazetteer, Lexicons, Loose, Mark, MayBe, Proposal, Reading,
};
use truceline_model::{Areas, Zone};
use truceline_score::figures::Found;
use truceline_score::{Claim, Limits};

use crate::Result;
use crate::options::Options;
use crate::split;

/// The reader with what it knows beforehand.
#[derive(Debug)]
pub struct Reader {
    lexicons: Lexicons,
    gazetteer: Gazetteer,
    /// Names of a case.
    pub case: Case,
    /// Nanoseconds on the wall so far, reading alone: the kernel's count of time on the core is too coarse for one text.
    pub ns: u64,
    /// Texts read.
    pub texts: u64,
}

impl Reader {
    /// With the tables and the gazetteer asked for, and no case.
    ///
    /// # Errors
    /// When a table or the gazetteer cannot be read.
    pub fn new(options: &Options) -> Result<Self> {
        let files = tables(&options.lexicons, options.thin)?;
        let lexicons =
            Lexicons::parse(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
                .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        let gazetteer = match &options.gazetteer {
            Some(path) if path.exists() => Gazetteer::parse(&text(path)?)?,
            Some(path) => {
                eprintln!("no gazetteer at {}: places stay unresolved", path.display());
                Gazetteer::none()
            }
            None => Gazetteer::none(),
        };
        Ok(Self { lexicons, gazetteer, case: Case::none(), ns: 0, texts: 0 })
    }

    /// The same with a mission's actors and areas.
    ///
    /// # Errors
    /// When a registry cannot be read.
    pub fn with_mission(mut self, folder: &Path) -> Result<Self> {
        let zone = Zone::utc();
        let shown = |faults: Vec<registry::MissionFault>| {
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        let actors = registry::actors(&bytes(&folder.join("actors.csv"))?, &zone).map_err(shown)?;
        let areas = folder.join("areas.geojson");
        let areas = if areas.exists() {
            registry::areas(&bytes(&areas)?, &zone).map_err(shown)?
        } else {
            Areas::default()
        };
        self.case = Case::new(&actors, &areas);
        Ok(self)
    }

    /// The mission asked for, or the job's own, or none.
    ///
    /// # Errors
    /// When a registry cannot be read.
    pub fn for_job(options: &Options, own: Option<&Path>) -> Result<Self> {
        let reader = Self::new(options)?;
        match options.mission.as_deref().or(own) {
            Some(folder) if !options.no_mission => reader.with_mission(folder),
            _ => Ok(reader),
        }
    }

    /// Reads a text and gives the line that the reader wrote.
    pub fn line(&mut self, name: &str, text: &str, date: Option<&str>, country: Option<&str>) -> String {
        let document = Document { name, text, date: date.and_then(Day::parse), country };
        let clock = Instant::now();
        let reading = prose::read(&document, &self.lexicons, &self.case, &self.gazetteer);
        self.ns = self.ns.saturating_add(u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX));
        self.texts = self.texts.saturating_add(1);
        prose::json::line(&document, &reading)
    }

    /// What the sentences of a text are made of.
    #[must_use]
    pub fn outline(&self, name: &str, text: &str) -> Vec<Mark> {
        let document = Document { name, text, date: None, country: None };
        prose::outline(&document, &self.lexicons, &self.case, &self.gazetteer)
    }

    /// What could be a value of a claim of a text.
    #[must_use]
    pub fn loose(&self, name: &str, text: &str, date: Option<&str>, country: Option<&str>) -> Vec<Loose> {
        let document = Document { name, text, date: date.and_then(Day::parse), country };
        prose::loose(&document, &self.lexicons, &self.case, &self.gazetteer)
    }

    /// What rules propose of a text, and what may be said of an agreement besides.
    #[must_use]
    pub fn may_be(
        &self,
        name: &str,
        text: &str,
        date: Option<&str>,
        country: Option<&str>,
    ) -> (Vec<Proposal>, Vec<MayBe>) {
        let document = Document { name, text, date: date.and_then(Day::parse), country };
        prose::may_be(&document, &self.lexicons, &self.case, &self.gazetteer)
    }

    /// Proposals as the line of a reader would have them.
    ///
    /// # Errors
    /// When the line is not of the shape of the contract.
    pub fn claims_of(&self, name: &str, text: &str, proposals: Vec<Proposal>) -> Result<Vec<Claim>> {
        let document = Document { name, text, date: None, country: None };
        let reading =
            Reading { language: String::new(), reference: None, proposals, nothing: None, by: By::Rules };
        let line = prose::json::line(&document, &reading);
        let (_, claims) =
            truceline_score::claims(&line, Limits::default()).map_err(|e| format!("{name}: {e}"))?;
        Ok(claims)
    }

    /// Reads a text and gives its claims.
    ///
    /// # Errors
    /// When the reader's line is not of the shape of the contract.
    pub fn claims(
        &mut self,
        name: &str,
        text: &str,
        date: Option<&str>,
        country: Option<&str>,
    ) -> Result<Vec<Claim>> {
        let line = self.line(name, text, date, country);
        let (_, claims) =
            truceline_score::claims(&line, Limits::default()).map_err(|e| format!("{name}: {e}"))?;
        Ok(claims)
    }

    /// The same with the text, for the scorer.
    ///
    /// # Errors
    /// As for its claims.
    pub fn found(
        &mut self,
        name: &str,
        text: &str,
        date: Option<&str>,
        country: Option<&str>,
    ) -> Result<Found> {
        let claims = self.claims(name, text, date, country)?;
        Ok(Found { doc: name.to_owned(), text: text.to_owned(), claims })
    }
}

/// Bytes of a file.
///
/// # Errors
/// When it cannot be read.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| format!("could not read {}: {e}", path.display()).into())
}

/// Text of a file.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| format!("could not read {}: {e}", path.display()).into())
}

/// Tables whose words tell what is done; a text of elsewhere does it by other words.
const VERBS: [&str; 4] = ["deal_verbs.csv", "act_verbs.csv", "act_nouns.csv", "aid_verbs.csv"];

fn tables(folder: &Path, thin: Option<u64>) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for language in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
        for table in sorted(&language)?.into_iter().filter(|p| p.extension().is_some_and(|e| e == "csv")) {
            let name = table.display().to_string();
            let mut bytes = bytes(&table)?;
            if let Some(part) = thin.filter(|_| VERBS.iter().any(|own| name.ends_with(own))) {
                bytes = thinned(&String::from_utf8_lossy(&bytes), part).into_bytes();
            }
            found.push((name, bytes));
        }
    }
    Ok(found)
}

/// A table without a third of its alternatives: those whose hash, modulo 3, is `part`.
fn thinned(table: &str, part: u64) -> String {
    let mut out = String::new();
    for (number, line) in table.lines().enumerate() {
        let plain = number > 0 && !line.starts_with('#') && !line.starts_with('"');
        let Some((words, rest)) = line.split_once(',').filter(|_| plain) else {
            out.extend([line, "\n"]);
            continue;
        };
        let kept: Vec<&str> =
            words.split('|').filter(|word| (split::hash(word) % 3 == part % 3) == (part > 2)).collect();
        if !kept.is_empty() {
            out.extend([kept.join("|").as_str(), ",", rest, "\n"]);
        }
    }
    out
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).map_err(|e| format!("could not read {}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// Time that this thread was on a core; where the kernel does not tell, time on the wall.
#[derive(Debug)]
pub struct Clock {
    on_core: Option<u64>,
    wall: Instant,
}

impl Clock {
    /// From now on.
    #[must_use]
    pub fn start() -> Self {
        Self { on_core: on_core(), wall: Instant::now() }
    }

    /// Nanoseconds since then.
    #[must_use]
    pub fn ns(&self) -> u64 {
        match (self.on_core, on_core()) {
            (Some(then), Some(now)) => now.saturating_sub(then),
            _ => u64::try_from(self.wall.elapsed().as_nanos()).unwrap_or(u64::MAX),
        }
    }

    /// Nanoseconds on the wall since then.
    #[must_use]
    pub fn wall_ns(&self) -> u64 {
        u64::try_from(self.wall.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

fn on_core() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split_ascii_whitespace().next()?.parse().ok()
}
