//! `account` and `serve`: who may use the ops room. A token is printed once, to whoever adds the account, and is nowhere else.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use serde_json::json;
use zeroize::Zeroizing;

use crate::api::{self, Accounts, passwords};
use crate::cli::account::{Account, Reads, Serve};
use crate::cli::{EXIT_FOUND, Format};
use crate::cosigning::Witness;
use crate::failure::Failure;
use crate::pipeline::Source;
use crate::{log, out, who_read};

/// Longest line that a password is read from, in bytes.
const LONGEST: usize = 1024;

/// Serves the ops room until interrupted.
///
/// # Errors
/// When the store or the address cannot be used.
pub(crate) fn serve(asked: &Serve) -> Result<(), Failure> {
    let witnesses = asked.ask_witnesses.iter().map(|text| Witness::parse(text, "--ask-witness"));
    let ask = api::WhomToAsk {
        witnesses: witnesses.collect::<Result<_, _>>()?,
        every: std::time::Duration::from_secs(asked.ask_every),
    };
    api::serve(&asked.at.store, asked.listen, asked.proxied_as.as_deref(), ask, asked.format)
}

/// Does what is asked about accounts.
///
/// # Errors
/// When nobody is called so, or the accounts cannot be read or kept.
pub(crate) fn run(asked: &Account) -> Result<u8, Failure> {
    match asked {
        Account::Add { person, password, oidc, at, format } => {
            add(&at.store, person, *password, oidc.as_deref(), *format)
        }
        Account::Password { person, remove, at, format } => {
            let kept = if *remove { None } else { Some(passwords::Kept::of(&asked_for()?)?) };
            Accounts::change(&at.store, person, |account| account.set_password(kept))?;
            let is = if *remove { "no password any more" } else { "another password" };
            out::told(
                *format,
                format_args!("{person} has {is}; screens that were signed in are signed out"),
                &json!({ "person": person, "password": !remove }),
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

/// Lists who was shown what.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn reads(asked: &Reads) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let (all, _) = who_read::reads(&store, 0, usize::MAX)?;
    let wanted = |one: &who_read::Read| {
        asked.by.as_ref().is_none_or(|by| *by == one.by) && asked.of.as_ref().is_none_or(|of| *of == one.of)
    };
    for one in all.iter().filter(|one| wanted(one)) {
        out::told(
            asked.format,
            format_args!("{}  {}  {} {}  (entry {})", one.at, one.by, one.what, one.of, one.entry),
            &one.json(),
        )?;
    }
    Ok(0)
}

fn add(
    store: &Path,
    person: &str,
    with_password: bool,
    at_provider: Option<&[String]>,
    format: Format,
) -> Result<u8, Failure> {
    let loaded = Source::new(store.to_path_buf()).loaded(None, 2)?;
    super::case::named(&loaded.mission, person)?;
    let role = loaded.mission.folder.roles.get(person).map(|one| one.role.as_str());
    if with_password {
        Accounts::add_with_password(store, person, &log::now(), passwords::Kept::of(&asked_for()?)?)?;
        out::told(
            format,
            format_args!("{person} signs in with this name and the password"),
            &json!({ "person": person, "role": role, "password": true }),
        )?;
        return Ok(0);
    }
    if let Some([issuer, subject]) = at_provider {
        Accounts::add_at_provider(store, person, &log::now(), (issuer.clone(), subject.clone()))?;
        out::told(
            format,
            format_args!("{person} signs in at {issuer} as {subject}"),
            &json!({ "person": person, "role": role, "issuer": issuer, "subject": subject }),
        )?;
        return Ok(0);
    }
    let token = Accounts::add(store, person, &log::now())?;
    out::told(
        format,
        format_args!(
            "{person}: {}\nShown this once. Who has it acts as {person}; a lost one is replaced by removing the account and adding it again.",
            *token
        ),
        &json!({ "person": person, "role": role, "token": *token }),
    )?;
    Ok(0)
}

/// A password, typed twice where nothing shows it, or the one line of standard input: never from the argument list, which other users see.
fn asked_for() -> Result<Zeroizing<String>, Failure> {
    crate::panics::shut();
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return line();
    }
    let fail = |e: rustix::io::Errno| Failure::operation("keep the terminal from showing the password", &e);
    let before = tcgetattr(&stdin).map_err(fail)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &silent).map_err(fail)?;
    eprint!("Password (nothing is shown): ");
    let first = line();
    eprint!("\nThe same again: ");
    let second = line();
    eprintln!();
    tcsetattr(&stdin, OptionalActions::Flush, &before).map_err(fail)?;
    let (first, second) = (first?, second?);
    if *first != *second {
        return Err(Failure::usage("the two are not the same; nothing was changed"));
    }
    Ok(first)
}

fn line() -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(String::with_capacity(LONGEST));
    let read = std::io::stdin().lock().take(LONGEST as u64).read_line(&mut line);
    read.map_err(|e| Failure::operation("read the password", &e))?;
    let end = line.trim_end_matches(['\n', '\r']).len();
    line.truncate(end);
    Ok(line)
}

/// Lists accounts; 1 when the mission names the person of one no longer, whose token then opens nothing.
fn list(store: &Path, format: Format) -> Result<u8, Failure> {
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
            format_args!(
                "{}  {said}  since {}  by {}",
                account.person,
                account.since,
                account.opened_by().join(", ")
            ),
            &json!({ "person": account.person, "role": role, "since": account.since, "opened_by": account.opened_by() }),
        )?;
    }
    Ok(code)
}
