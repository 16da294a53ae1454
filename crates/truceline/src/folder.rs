//! A mission folder: which files it holds, how it opens. Reads `mission.kdl`; the files themselves are read by `intake` and
//! `terms`. The same whether the folder lies on disk, in the store, or inside the binary.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Component, Path};

use kdl::{KdlDocument, KdlNode};
use truceline_casework::case::Person;
use truceline_seal::{Group, Holder};

use crate::failure::Failure;
use crate::files;
use crate::quorum::Quorum;
use crate::shipped;

/// Files that a mission folder must hold; reports and scenarios come beside them.
pub(crate) const FILES: [&str; 6] =
    ["mission.kdl", "agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv"];

/// Largest of these files: 64 MiB.
const LARGEST: u64 = 64 << 20;

/// Words by language code.
pub(crate) type Texts = BTreeMap<String, String>;

/// What `mission.kdl` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    /// Id of the mission.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: Texts,
    /// How its zone's time is called.
    pub(crate) zone_name: Texts,
    /// The agreement's zone, by its IANA name; the terms must say the same.
    pub(crate) zone: String,
    /// The moment that opens when none is picked, in the agreement's zone.
    pub(crate) opens_at: Option<String>,
    /// Moments worth going to.
    pub(crate) moments: Vec<(String, Texts)>,
    /// Translations of words that the agreement has in one language, by these words.
    pub(crate) phrases: BTreeMap<String, Texts>,
    /// Roles or pseudonyms of those who may decide; when none is named, whoever says who he is.
    pub(crate) people: Vec<String>,
    /// Roles of those who have one, and whom they act for.
    pub(crate) roles: BTreeMap<String, Person>,
    /// Who must cosign what is published; what the agreement asks for is added once that is read.
    pub(crate) quorum: Quorum,
    /// The lines of `mission.kdl` that name them, from 1.
    pub(crate) witness_lines: Vec<usize>,
    /// Files of reports with the mapping of each.
    pub(crate) reports: Vec<(String, String)>,
    /// Who holds shares of sealed sources.
    pub(crate) holders: Vec<Holder>,
    /// How many of them open one together.
    pub(crate) open_by: Option<u64>,
}

impl Folder {
    /// Reads `mission.kdl`.
    ///
    /// # Errors
    /// With its line, when it cannot be read.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        truceline_terms::plain(text)
            .map_err(|(line, say)| Failure::usage(format!("mission.kdl:{line}: {say}")))?;
        let document = KdlDocument::parse_v2(text).map_err(|error| {
            let first = error.diagnostics.first();
            let line = first.map_or(1, |d| line_of(text, d.span.offset()));
            let say = first.and_then(|d| d.message.clone()).unwrap_or_else(|| "this cannot be read".into());
            Failure::usage(format!("mission.kdl:{line}: {say}"))
        })?;
        let mut folder = Self::default();
        for node in document.nodes() {
            folder.node(text, node)?;
        }
        if folder.id.is_empty() {
            return Err(Failure::usage("mission.kdl:1: write mission ID { … } first"));
        }
        if folder.open_by.is_some() || !folder.holders.is_empty() {
            folder.group()?;
        }
        Ok(folder)
    }

    /// The group that opens sealed sources.
    ///
    /// # Errors
    /// When the mission names none, or one in which one person alone could open.
    pub(crate) fn group(&self) -> Result<Group, Failure> {
        let Some(open_by) = self.open_by else {
            return Err(Failure::usage(
                "mission.kdl names no holders of sealed sources: write holder \"NAME\" recipient=\"age1…\" for each, and open-by 2",
            ));
        };
        Group::new(&self.holders, open_by).map_err(|error| Failure::usage(format!("mission.kdl: {error}")))
    }

    /// A line on sealed sources: who holds shares, or how many open.
    fn sealing(&mut self, node: &KdlNode, word: Option<String>) -> Option<()> {
        if node.name().value() == "holder" {
            let recipient = node.get("recipient").and_then(|v| v.as_string()).unwrap_or_default().to_owned();
            self.holders.push(Holder { name: word?, recipient });
        } else {
            self.open_by = Some(u64::try_from(node.get(0)?.as_integer()?).ok()?);
        }
        Some(())
    }

    /// A line that names a witness; the words of the error say what would be right.
    fn witness(&mut self, node: &KdlNode, name: &str, line: usize) -> Result<(), String> {
        let text = |name: &str| node.get(name).and_then(|v| v.as_string());
        self.quorum.add(name, text("key"), text("for"))?;
        self.witness_lines.push(line);
        Ok(())
    }

    /// A line that names a person; the words of the error say what would be right.
    fn person(&mut self, node: &KdlNode, name: String) -> Result<(), String> {
        let text = |name: &str| node.get(name).and_then(|v| v.as_string());
        if self.people.contains(&name) {
            return Err(format!("\"{name}\" is named twice"));
        }
        if name == truceline_casework::case::BY_THE_TERMS {
            return Err(format!(
                "\"{name}\" is what the record calls the terms acting by themselves; nobody can be called so"
            ));
        }
        if let Some(person) = crate::cases::person(text("role"), text("for"))? {
            self.roles.insert(name.clone(), person);
        }
        self.people.push(name);
        Ok(())
    }

    fn node(&mut self, text: &str, node: &KdlNode) -> Result<(), Failure> {
        let at = line_of(text, node.name().span().offset());
        let word = node
            .entries()
            .iter()
            .find(|e| e.name().is_none())
            .and_then(|e| e.value().as_string())
            .map(str::to_owned);
        let need = || Failure::usage(format!("mission.kdl:{at}: say what after \"{}\"", node.name().value()));
        let wrong = |say: String| Failure::usage(format!("mission.kdl:{at}: {say}"));
        match node.name().value() {
            "mission" => {
                self.id = word.ok_or_else(need)?;
                for child in node.children().map(KdlDocument::nodes).unwrap_or_default() {
                    match child.name().value() {
                        "title" => self.title = texts(child),
                        "zone-name" => self.zone_name = texts(child),
                        "zone" => {
                            self.zone =
                                child.get(0).and_then(|v| v.as_string()).unwrap_or_default().to_owned()
                        }
                        "opens-at" => {
                            self.opens_at = child.get(0).and_then(|v| v.as_string()).map(str::to_owned)
                        }
                        other => return Err(unknown(text, child, other, "title, zone, zone-name, opens-at")),
                    }
                }
            }
            "moment" => self.moments.push((word.ok_or_else(need)?, texts(node))),
            "phrase" => {
                let words = word.ok_or_else(need)?;
                let mut all = texts(node);
                all.insert(
                    "en".into(),
                    node.get("en").and_then(|v| v.as_string()).unwrap_or(&words).to_owned(),
                );
                self.phrases.insert(words, all);
            }
            "person" => self.person(node, word.ok_or_else(need)?).map_err(wrong)?,
            "witness" => self.witness(node, &word.ok_or_else(need)?, at).map_err(wrong)?,
            "quorum" => self.quorum.need(node.get(0).and_then(|v| v.as_integer())).map_err(wrong)?,
            "holder" | "open-by" => self.sealing(node, word).ok_or_else(need)?,
            "reports" => {
                let mapping =
                    node.get("mapping").and_then(|v| v.as_string()).unwrap_or("truceline").to_owned();
                let path = word.ok_or_else(need)?;
                // A mission folder may come from anybody: it must not bring in other files of this machine.
                if path.is_empty()
                    || !Path::new(&path).components().all(|c| matches!(c, Component::Normal(_)))
                {
                    return Err(Failure::usage(format!(
                        "mission.kdl:{at}: \"{path}\" leads out of the mission folder; name a file inside it, like reports/a.csv"
                    )));
                }
                self.reports.push((path, mapping));
            }
            other => {
                return Err(unknown(
                    text,
                    node,
                    other,
                    "mission, holder, moment, open-by, person, phrase, quorum, reports, witness",
                ));
            }
        }
        Ok(())
    }
}

fn unknown(text: &str, node: &KdlNode, word: &str, known: &str) -> Failure {
    let line = line_of(text, node.name().span().offset());
    Failure::usage(format!("mission.kdl:{line}: \"{word}\" is not one of {known}"))
}

fn texts(node: &KdlNode) -> Texts {
    let named = node
        .entries()
        .iter()
        .filter_map(|e| Some((e.name()?.value().to_owned(), e.value().as_string()?.to_owned())));
    named.collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// The files of a folder on disk, by name. `agreement` may be the folder or its `agreement.md`.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn read(agreement: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let dir = if agreement.is_file() { agreement.parent().unwrap_or(Path::new(".")) } else { agreement };
    let mut found = BTreeMap::new();
    for name in FILES {
        let mut path = dir.join(name);
        if name == "agreement.md" && agreement.is_file() {
            path = agreement.to_path_buf();
        }
        let optional = matches!(name, "definitions.csv" | "mission.kdl" | "sources.csv" | "areas.geojson");
        match files::read(&path, LARGEST) {
            Ok(bytes) => drop(found.insert(name.to_owned(), bytes)),
            // Only the agreement and its registries are needed; the others may be left out. One that is there and cannot
            // be read is not left out.
            Err(error) if optional && error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Failure::usage(format!(
                    "could not read {}: {error}; a mission folder holds {}",
                    path.display(),
                    FILES.join(", ")
                )));
            }
        }
    }
    Ok(found)
}

/// The files of the mission inside the binary, by name.
pub(crate) fn shipped_files() -> BTreeMap<String, Vec<u8>> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    shipped::MISSION.iter().map(|(path, bytes)| (name(path), bytes.to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_mission_opens() {
        let files = shipped_files();
        let folder = Folder::parse(std::str::from_utf8(&files["mission.kdl"]).unwrap()).unwrap();
        assert_eq!(folder.id, "syria-2016");
        assert_eq!(folder.reports.len(), shipped::REPORTS.len());
        for (path, mapping) in &folder.reports {
            assert!(
                shipped::REPORTS.iter().any(|(name, m, _)| path.ends_with(name) && m == mapping),
                "{path}"
            );
        }
    }

    #[test]
    fn faults_name_their_line() {
        let error = Folder::parse("mission a {\n  titel en=\"x\"\n}\n").unwrap_err();
        assert!(error.to_string().starts_with("mission.kdl:2: \"titel\""), "{error}");
        for hostile in ["/*".repeat(8000), "a /-{".repeat(30) + &"}".repeat(30)] {
            let error = Folder::parse(&format!("mission a\n{hostile}\n")).unwrap_err();
            assert!(error.to_string().starts_with("mission.kdl:2: a remark"), "{error}");
        }
        for out in ["/etc/hostname", "../a.csv", "reports/../../a.csv", "."] {
            let error = Folder::parse(&format!("mission a\nreports \"{out}\"\n")).unwrap_err();
            assert!(error.to_string().contains("leads out of the mission folder"), "{error}");
        }
        assert_eq!(Folder::parse("mission a // { in a remark is no brace\n").unwrap().id, "a");
    }
}
