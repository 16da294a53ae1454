//! Arguments of `office`: an office that forwards what it has over bad links, and the centre that takes it in.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, StoreAt};

/// What an office or a centre does.
#[derive(Debug, Subcommand)]
pub(crate) enum Office {
    /// At the centre: admit an office by the key of its log; prints what the office needs to join.
    #[command(
        after_help = "Example: truceline office admit --store ops --name amman --key \"$(cat amman/log.pub)\" --by geneva --why \"opened on 1 March\""
    )]
    Admit(Standing),
    /// At the centre: take nothing more from an office, or from a key of it that was lost.
    Dismiss(Standing),
    /// At the centre: the offices, and how far each is taken in.
    List(At),
    /// At the centre: take a letter in, from a stick or a mail, and write the answer.
    #[command(after_help = "Example: truceline office take amman-7.letter --store ops --out amman-7.answer")]
    Take {
        /// The letter.
        letter: PathBuf,
        /// The store.
        #[command(flatten)]
        at: At,
        /// Where the answer goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// At the centre: take letters in over HTTP (POST /letters).
    Serve {
        /// The store.
        #[command(flatten)]
        at: At,
        /// Where to listen. Letters are encrypted and signed, so any address will do.
        #[arg(long, default_value = "127.0.0.1:8018", value_name = "ADDRESS")]
        listen: SocketAddr,
    },
    /// At the centre: which receipt an office's receipt has here.
    Find {
        /// The office's name.
        name: String,
        /// Its receipt (r12 or 12).
        receipt: String,
        /// The store.
        #[command(flatten)]
        at: At,
    },
    /// At the office: name the centre; the words come from `admit` there, by hand.
    #[command(
        after_help = "Example: truceline office join --store amman --key \"$CENTRE\" --recipient age1… --by amman --why \"as told by geneva\""
    )]
    Join {
        /// The store.
        #[command(flatten)]
        at: At,
        /// The key of the centre's log.
        #[arg(long, value_name = "KEY")]
        key: String,
        /// Whom letters are encrypted to.
        #[arg(long, value_name = "RECIPIENT")]
        recipient: String,
        /// Who says so.
        #[arg(long)]
        by: String,
        /// Why.
        #[arg(long)]
        why: String,
    },
    /// At the office: what waits; 1 when something does.
    Outbox(At),
    /// At the office: write the next letter into a file.
    #[command(
        after_help = "Example: truceline office pack --store amman --out amman-7.letter --at-most 500000"
    )]
    Pack {
        /// The store.
        #[command(flatten)]
        at: At,
        /// Where the letter goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// About how many bytes.
        #[arg(long, value_name = "BYTES", default_value_t = 8 << 20)]
        at_most: u64,
    },
    /// At the office: believe of an answer what it proves; the outbox empties by that alone.
    Settle {
        /// The answer.
        answer: PathBuf,
        /// The store.
        #[command(flatten)]
        at: At,
    },
    /// At the office: send what waits, letter by letter, and settle each answer; safe to stop and repeat.
    Forward {
        /// The store.
        #[command(flatten)]
        at: At,
        /// Where the centre answers: http://HOST:PORT.
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// About how many bytes a letter.
        #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
        at_most: u64,
        /// Seconds to wait for one answer.
        #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
        patience: u64,
    },
    /// At the centre: what offices erased, and what of it still lies here; 1 when something does.
    #[command(after_help = "Example: truceline office erasures --store ops")]
    Erasures(At),
    /// At the centre: bulletins that offices froze, with the digest of each file; the files are the office's to hand out.
    #[command(after_help = "Example: truceline office bulletins --store ops")]
    Bulletins(At),
    /// Decisions of offices that cannot hold beside others'; 1 when one is open.
    Conflicts(At),
}

/// A store, and how to print.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Who is admitted or sent away.
#[derive(Debug, Args)]
pub(crate) struct Standing {
    /// The store.
    #[command(flatten)]
    pub(crate) at: At,
    /// Its name in this mission.
    #[arg(long)]
    pub(crate) name: String,
    /// The key of its log, as its log.pub holds it.
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
    /// Who says so.
    #[arg(long)]
    pub(crate) by: String,
    /// Why.
    #[arg(long)]
    pub(crate) why: String,
}
