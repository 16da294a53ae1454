//! `backup` and `restore`: copies of the record.
//!
//! A copy never signs by itself: who lets one take over says so, and is told what to look at first.

use serde_json::json;
use truceline_store::{Backup, Replica, Store};

use crate::cli::Format;
use crate::cli::record;
use crate::failure::Failure;
use crate::{log, out};

/// Copies.
///
/// # Errors
/// When the store or the folder cannot be used, or the copy does not verify.
pub(crate) fn make(asked: &record::Backup) -> Result<u8, Failure> {
    let taken = log::now();
    // A replica has no key to leave out.
    let with_key = !asked.without_key && !Replica::is_there(&asked.at.store);
    let backup = Store::backup(&asked.at.store, &asked.out, with_key, &taken)
        .map_err(|e| Failure::operation("make the copy", &e))?;
    told(asked.format, &backup, &taken, &format!("copied into {}", asked.out.display()))?;
    Ok(0)
}

/// Makes a store from a copy, or lets the one that is there take over.
///
/// # Errors
/// When there is no copy, it does not verify, or it has no key to sign with.
pub(crate) fn restore(asked: &record::Restore) -> Result<u8, Failure> {
    let store = &asked.at.store;
    if asked.from.is_none() && !asked.takes_over {
        return Err(Failure::usage(
            "give --from COPY, or --takes-over for a copy that is in the store's folder",
        ));
    }
    if let Some(from) = &asked.from {
        let with_key = from.join("log.key").exists();
        let taken = log::now();
        let backup = Store::backup(from, store, with_key, &taken)
            .map_err(|e| Failure::operation("restore the copy", &e))?;
        told(asked.format, &backup, &taken, &format!("restored into {}", store.display()))?;
    }
    if asked.takes_over {
        let taken = Store::take_over(store).map_err(|e| Failure::operation("let the copy take over", &e))?;
        out::told(
            asked.format,
            format_args!(
                "{} writes from now on (the copy was taken {taken}); the record that it was copied from must not. \
                 Ask the witnesses first (truceline cosign): one that has cosigned more says that entries are missing here",
                store.display()
            ),
            &json!({ "takes_over": store.display().to_string(), "taken": taken }),
        )?;
    } else if asked.format == Format::Text {
        out::line(format_args!(
            "it can be read; to let it write: truceline restore --store {} --takes-over",
            store.display()
        ))?;
    }
    Ok(0)
}

fn told(format: Format, backup: &Backup, taken: &str, done: &str) -> Result<(), Failure> {
    let Backup { entries, signed, root, copied, there, with_key } = backup;
    let key = if *with_key {
        "with the secret key: guard it like the record itself"
    } else {
        "without the secret key"
    };
    out::told(
        format,
        format_args!(
            "{entries} entries {done}, {signed} of them signed, {key}; {copied} large objects copied, {there} were there\nroot {root}"
        ),
        &json!({
            "entries": entries, "signed": signed, "root": root.to_string(), "taken": taken, "with_key": with_key,
            "objects_copied": copied, "objects_there": there,
        }),
    )
}
