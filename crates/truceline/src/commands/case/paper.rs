//! `case dossier`: a case as one document, for the mission, for a party, for everybody.

use std::path::Path;

use serde_json::json;
use truceline_casework::case::CaseId;
use truceline_model::{ActorId, Release};
use truceline_publish::{Lang, Links, dossier_file_name};
use truceline_store::Store;

use super::acting::{case_id, named};
use super::look::docket_of;
use crate::cases::{Gathered, may_read, none_for_reader};
use crate::cli::Moment;
use crate::cli::case::{Paper, Referral};
use crate::failure::Failure;
use crate::{log, out};

/// Writes the pages and the JSON of a case into a folder, or one of them to the output.
///
/// # Errors
/// When the call is wrong, the person may not have that release, or the store cannot be read.
pub(super) fn dossier(asked: &Paper) -> Result<u8, Failure> {
    let (store, id, gathered) =
        gathered((&asked.at.store, &asked.moment), &asked.case, &asked.release, &asked.by)?;
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

/// Writes what travels with a referral into one file.
///
/// # Errors
/// When the call is wrong, the person may not have that release, the case refers nothing, or the store cannot be read.
pub(super) fn referral(asked: &Referral) -> Result<u8, Failure> {
    let (store, id, gathered) =
        gathered((&asked.at.store, &asked.moment), &asked.case, &asked.release, &asked.by)?;
    let is_json = asked.out.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let lang = (!is_json).then(|| crate::commands::language(asked.lang));
    let text = gathered.referral(&store, id, lang)?.ok_or_else(|| {
        Failure::not_found(format!(
            "{id} refers nothing: no step of it asked for a referral, it rests on no other case, and the terms' number is not reached"
        ))
    })?;
    std::fs::write(&asked.out, text)
        .map_err(|e| Failure::operation(&format!("write {}", asked.out.display()), &e))?;
    out::line(format_args!("{}", asked.out.display()))?;
    Ok(0)
}

/// What papers of a case are made from, for a reader who may have them.
fn gathered(
    (folder, moment): (&Path, &Moment),
    case: &str,
    release: &str,
    by: &str,
) -> Result<(Store, CaseId, Gathered), Failure> {
    let (loaded, docket) = docket_of(folder, moment)?;
    let id = case_id(case)?;
    let release = self::release(release)?;
    named(&loaded.mission, by)?;
    let case = docket.cases.get(&id);
    let person = loaded.mission.folder.roles.get(by);
    // Whether there is such a case is itself nobody's who may not see it.
    let may = case.zip(person).is_some_and(|(case, person)| may_read(person, &release, case.phase()));
    if !may {
        return Err(none_for_reader(id));
    }
    let store = log::open_read_only(folder)?;
    let gathered = Gathered::of(&store, &loaded, docket, release, moment.threads)?;
    Ok((store, id, gathered))
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
