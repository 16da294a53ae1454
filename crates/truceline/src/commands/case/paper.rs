//! `case dossier`: a case as one document, for the mission, for a party, for everybody.

use std::path::Path;

use serde_json::json;
use truceline_model::{ActorId, Release};
use truceline_publish::{Lang, Links, dossier_file_name};

use super::acting::{case_id, named};
use super::look::docket_of;
use crate::cases::{Gathered, may_read, none_for_reader};
use crate::cli::case::Paper;
use crate::failure::Failure;
use crate::{log, out};

/// Writes the pages and the JSON of a case into a folder, or one of them to the output.
///
/// # Errors
/// When the call is wrong, the person may not have that release, or the store cannot be read.
pub(super) fn dossier(asked: &Paper) -> Result<u8, Failure> {
    let (loaded, docket) = docket_of(&asked.at.store, &asked.moment)?;
    let id = case_id(&asked.case)?;
    let release = release(&asked.release)?;
    named(&loaded.mission, &asked.by)?;
    let case = docket.cases.get(&id);
    let person = loaded.mission.folder.roles.get(&asked.by);
    // Whether there is such a case is itself nobody's who may not see it.
    let may = case.zip(person).is_some_and(|(case, person)| may_read(person, &release, case.phase()));
    if !may {
        return Err(none_for_reader(id));
    }
    let store = log::open_read_only(&asked.at.store)?;
    let gathered = Gathered::of(&store, &loaded, docket, release, asked.moment.threads)?;
    let Some(folder) = &asked.out else {
        let (pages, json) =
            gathered.print(&store, id, &[crate::commands::language(asked.lang)], Links::Static)?;
        let page = pages.into_iter().next().map(|(_, page)| page).unwrap_or_default();
        return out::text_as_it_is(if asked.json { &json } else { &page }).map(|()| 0);
    };
    let (pages, json) = gathered.print(&store, id, &Lang::ALL, Links::Static)?;
    let mut files: Vec<(String, String)> =
        pages.into_iter().map(|(lang, page)| (dossier_file_name(id.0, lang), page)).collect();
    files.push((format!("case-{id}.json"), json));
    write(folder, &files)?;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    out::told(
        if asked.json { crate::cli::Format::Json } else { crate::cli::Format::Text },
        format_args!("{}: {}", folder.display(), names.join(", ")),
        &json!({ "case": id.to_string(), "folder": folder, "files": names }),
    )?;
    Ok(0)
}

fn write(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::operation(&format!("write into {}", folder.display()), &e);
    std::fs::create_dir_all(folder).map_err(fail)?;
    files.iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text)).map_err(fail)
}

/// Reads `mission`, `sealed`, `public`, `party:ACTOR`.
fn release(text: &str) -> Result<Release, Failure> {
    Ok(match text.split_once(':') {
        None if text == "mission" => Release::Mission { with_sealed: false },
        None if text == "sealed" => Release::Mission { with_sealed: true },
        None if text == "public" => Release::Public,
        Some(("party", actor)) => Release::Party(ActorId::new(actor)),
        _ => {
            return Err(Failure::usage(format!(
                "\"{}\" is no release; write mission, sealed, party:ACTOR or public",
                out::shown(text)
            )));
        }
    })
}
