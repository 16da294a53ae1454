//! `account` and `serve-desk`: who may use the desk. A token is printed once, to whoever adds the account, and is nowhere else.

use serde_json::json;

use crate::api::{self, Accounts};
use crate::cli::account::{Account, ServeDesk};
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::pipeline::Source;
use crate::{log, out};

/// Serves the desk until interrupted.
///
/// # Errors
/// When the store or the address cannot be used.
pub(crate) fn serve(asked: &ServeDesk) -> Result<(), Failure> {
    api::serve(&asked.at.store, asked.listen, asked.proxied_as.as_deref(), asked.format)
}

/// Does what is asked about accounts.
///
/// # Errors
/// When nobody is called so, or the accounts cannot be read or kept.
pub(crate) fn run(asked: &Account) -> Result<u8, Failure> {
    match asked {
        Account::Add { person, at, format } => {
            let loaded = Source::new(at.store.clone()).loaded(None, 2)?;
            super::case::named(&loaded.mission, person)?;
            let role = loaded.mission.folder.roles.get(person).map(|one| one.role.as_str());
            let token = Accounts::add(&at.store, person, &log::now())?;
            out::told(
                *format,
                format_args!(
                    "{person}: {}\nShown this once. Who has it acts as {person}; a lost one is replaced by removing the account and adding it again.",
                    *token
                ),
                &json!({ "person": person, "role": role, "token": *token }),
            )?;
            Ok(0)
        }
        Account::List { at, format } => list(&at.store, *format),
        Account::Remove { person, at, format } => {
            Accounts::remove(&at.store, person)?;
            out::told(
                *format,
                format_args!("{person} has no account any more"),
                &json!({ "removed": person }),
            )?;
            Ok(0)
        }
    }
}

/// Lists accounts; 1 when the mission names the person of one no longer, whose token then opens nothing.
fn list(store: &std::path::Path, format: Format) -> Result<u8, Failure> {
    let loaded = Source::new(store.to_path_buf()).loaded(None, 2)?;
    let mut code = 0;
    for account in Accounts::read(store)?.iter() {
        let role = loaded.mission.folder.roles.get(&account.person).map(|one| one.role.as_str());
        if role.is_none() {
            code = EXIT_FOUND;
        }
        let said = role.unwrap_or("no role in mission.kdl any more: opens nothing");
        out::told(
            format,
            format_args!("{}  {said}  since {}", account.person, account.since),
            &json!({ "person": account.person, "role": role, "since": account.since }),
        )?;
    }
    Ok(code)
}
