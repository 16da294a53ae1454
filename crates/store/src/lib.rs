//! One mission's store: a folder that holds the log, its objects, its tiles and its signed checkpoints.
//!
//! ```text
//! truceline.db     SQLite: entries, small objects, index of keys, tiles of hashes, checkpoints
//! vault/ab/abcd…   objects over 8 MiB, one file each, named by SHA-256
//! pieces/ab/abcd…  hashes of the pieces of what is over 4 KiB: by them fsck names a wrong byte; nothing else reads them
//! log.key          the log's secret key, readable by its owner only
//! store.secret     what makes digests of guessable things unguessable, readable by its owner only
//! next.key         the key that comes in place of log.key; there only while it does
//! attachments.key  what the keys of attachments are encrypted under, readable by its owner only; in no copy
//! log.pub          the key that anyone checks checkpoints with
//! cosigned/SIZE    signed checkpoints with the signatures of witnesses
//! copy             only in a copy: whose, how long, and when it was taken
//! erasing          what is being erased; there only while it is
//! replica          only in a replica: whose cosignatures it needs; `pending`, `lacking` and `forked/` beside it
//! lock             held by the one process that writes
//! ```
//!
//! With its tables in PostgreSQL ([`Store::create_in`]) the folder holds, in place of database and vault:
//!
//! ```text
//! postgres         the address of the database and the quorum of standbys; its owner's only
//! postgres.pem     where the database is on another machine: the certificates under which it must prove its name
//! signed           the last checkpoint, so that an earlier state of the database is known for one
//! ```
//!
//! A file `closed` says why a store may not be written: it was moved ([`Store::relocate`]), or a move into it is not complete.
//!
//! What [`Store::append`] has returned is on disk: SQLite syncs its write-ahead log before a commit
//! returns, and files are synced with their folders. One process writes; any number read meanwhile.
//!
//! Everything but entries, objects and checkpoints is derived, and [`Store::verify`] holds it against
//! them. The store never changes or deletes an entry, destroys an object only when an entry
//! names it as erased, never interprets a body, draws no random number and
//! reads no clock: seeds and times come from the caller.

mod append;
mod backup;
mod cosigned;
mod erase;
mod error;
mod export;
mod extract;
mod fsck;
mod index_check;
mod key_change;
mod layout;
mod moving;
mod narrow;
mod pieces;
mod postgres;
mod projection;
mod read;
mod replica;
mod secret;
mod sequencer;
mod sign;
mod sqlite;
mod store;
mod tables;
mod vault;
mod verify;
mod witness;
mod workers;

pub use append::{Appended, NewEntry, Object, Outcome};
pub use backup::Backup;
pub use cosigned::Cosigned;
pub use erase::EraseError;
pub use error::{
    AppendError, BackupError, Database, OpenError, ProjectError, ReadError, SignError, VaultError,
    VerifyError,
};
pub use extract::{CARRIED_BYTES, Cut};
pub use fsck::{InFile, WrongByte};
pub use key_change::{ReplaceError, Replaced};
pub use moving::MoveError;
pub use postgres::Postgres;
pub use projection::{Deriver, Projection, Projector, ReaderRow, ReaderTable};
pub use read::{Entries, StoredEntry};
pub use replica::{Centre, Cosigners, FollowError, Followed, NOTE_LIMIT, Replica, StaticFolder, TILE_LIMIT};
pub use secret::{attachments_key, keep_attachments_key, keep_store_secret, store_secret};
pub use sequencer::{Cover, Pace, Sequencer, SubmitError, Submitter, Ticket};
pub use sign::SignedCheckpoint;
pub use store::Store;
pub use vault::{InVault, SMALL_OBJECT_BYTES};
pub use verify::VerifyReport;
pub use witness::{WitnessAnswer, WitnessFolder, WitnessedLog};
