//! Arguments of the commands on the record: witnesses, cosignatures, and proofs of single entries.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::replica::{Follow, HandOut};
use super::{Format, StoreAt};

/// Commands on the record.
#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Witness logs: hold one key and, of each log, one checkpoint; cosign only what extends it.
    #[command(subcommand)]
    Witness(Witness),
    /// Ask witnesses to cosign the record as it is signed now, and keep their signatures.
    #[command(
        after_help = "Example: truceline cosign --store ops --witness http://127.0.0.1:8017=witness.example/geneva+0a1b2c3d+BA…"
    )]
    Cosign(Cosign),
    /// Prove one entry in a text file that anybody can check offline (C2SP tlog-proof).
    #[command(
        after_help = "Example: truceline prove 17 --store ops --out report-17\n         truceline prove 1049 --finding i-msf-aq-msf-1/government-fire/letter-strict --store ops --out al-quds"
    )]
    Prove(Prove),
    /// Check a proof of one entry, offline, with the keys that you have from elsewhere.
    #[command(
        after_help = "Example: truceline check-proof report-17.tlog-proof --entry report-17.json --key \"$LOG\" --witness \"$GENEVA\" --quorum 1"
    )]
    CheckProof(CheckProof),
    /// Freeze a bulletin: the digest of every file, the headline figures and the findings become an entry of the log, which is then signed.
    #[command(
        after_help = "Example: truceline publish --store ops --as-of 2016-05-04T12:00:00Z --by 'duty officer'\n         It counts as published once the quorum of mission.kdl has cosigned: truceline cosign, truceline published"
    )]
    Publish(Publish),
    /// Print a page of ours, a bulletin or a dossier, as PDF: in English, Arabic or Russian, the same page to the same bytes, on any machine.
    #[command(after_help = "Example: truceline print may-4/bulletin.ar.html --out may-4/bulletin.ar.pdf")]
    Print(Print),
    /// List frozen bulletins: draft or published, who cosigned, who did not, and whose cosignatures count.
    #[command(after_help = "Example: truceline published --store ops --format json")]
    Published(Published),
    /// Put a frozen bulletin with everything that it rests on into one folder or archive, for whoever wants to check it.
    #[command(
        after_help = "Example: truceline bundle 1049 --store ops --out may-4.tar\n         truceline verify may-4.tar --key \"$LOG\" --witness \"$GENEVA\" --witness \"$AMMAN\""
    )]
    Bundle(Bundle),
    /// Write the record as static files, which any web server hands out (C2SP tlog-tiles): its checkpoint with cosignatures, entries, hashes.
    #[command(after_help = "Example: truceline export-tiles --store ops --out public")]
    ExportTiles(ExportTiles),
    /// Find the first wrong byte of a store: in which entry, tile, object or checkpoint, where in the file, and what should stand there.
    #[command(after_help = "Example: truceline fsck --store ops --key \"$LOG\" --checkpoint kept")]
    Fsck(Fsck),
    /// Put another key in place of the log's, by the word of two people: in its turn, stolen, or lost. The record goes on as it was.
    #[command(
        after_help = "Example: truceline replace-key --store ops --by A --and B --why \"the laptop was stolen\""
    )]
    ReplaceKey(ReplaceKey),
    /// Copy the record as it is at this moment, while others go on writing; verified before it counts.
    #[command(after_help = "Example: truceline backup --store ops --out ops-copy")]
    Backup(Backup),
    /// Keep a replica of a centre's record: read-only, held against the log's key and whoever must have cosigned; resumed where it was.
    #[command(
        after_help = "Example: truceline follow --from http://127.0.0.1:8019 --store amman --key \"$LOG\" --every 30\n         truceline follow --from /media/stick --store latakia --key \"$LOG\" --witness \"$GENEVA\" --witness \"$AMMAN\" --quorum 1"
    )]
    Follow(Follow),
    /// Hand the record out to replicas over HTTP, on loopback: checkpoint, tiles, objects.
    #[command(after_help = "Example: truceline hand-out --store ops --listen 127.0.0.1:8019")]
    HandOut(HandOut),
    /// Make a record from a copy. It can be read; it signs nothing until it takes over.
    #[command(after_help = "Example: truceline restore --from ops-copy --store ops --takes-over")]
    Restore(Restore),
}

/// What `fsck` is told.
#[derive(Debug, Args)]
pub(crate) struct Fsck {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// A checkpoint that you kept: the log must extend it.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// The log's public key as you know it from elsewhere; without it, the one in the store is used.
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `bundle` is told.
#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// The bulletin's entry.
    pub(crate) entry: u64,
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// A new folder, or a file whose name ends in .tar.
    #[arg(long, value_name = "DIR|FILE.tar")]
    pub(crate) out: PathBuf,
    /// Leave out the bytes of reports and texts, and what people said of them: the tree and the cosignatures can be checked, the figures cannot.
    #[arg(long)]
    pub(crate) without_reports: bool,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `export-tiles` is told.
#[derive(Debug, Args)]
pub(crate) struct ExportTiles {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Where the files go; what is there of the same record already stays.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Write the objects, too (what reports say, readable by their owner only): for a replica that follows by a stick, never for a web server.
    #[arg(long)]
    pub(crate) with_objects: bool,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `verify` is told.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A bundle, folder or archive, to be checked offline.
    #[arg(required_unless_present = "store", conflicts_with = "store")]
    pub(crate) bundle: Option<PathBuf>,
    /// Folder of a store.
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// A checkpoint that you kept: the log must extend it. Without one, a history cut short together with its checkpoints
    /// cannot be seen.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// The log's public key as you know it from elsewhere; without it, the one in the store or bundle is used.
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// A witness's public key as you know it from elsewhere, given once for each; without any, those that the bundle names are used.
    #[arg(long = "witness", value_name = "KEY", conflicts_with = "store")]
    pub(crate) witnesses: Vec<String>,
    /// How many of them must have cosigned; without it, all.
    #[arg(long, value_name = "N", requires = "witnesses", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) quorum: Option<u64>,
    /// Content with a bundle of which reports are closed: tree and cosignatures must hold, figures that rest on them need not come out.
    #[arg(long, conflicts_with = "store")]
    pub(crate) closed: bool,
    /// Workers that derive the bulletin again.
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub(crate) threads: usize,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What a witness does.
#[derive(Debug, Subcommand)]
pub(crate) enum Witness {
    /// Make a witness: draws its key, which never leaves the folder, and prints the public half.
    #[command(after_help = "Example: truceline witness init --at geneva --name witness.example/geneva")]
    Init {
        /// Folder of the witness.
        #[arg(long, value_name = "DIR")]
        at: PathBuf,
        /// Its name, like an address without https://.
        #[arg(long)]
        name: String,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Tell it of a log, by the log's public key; or of a further key of one.
    Trust {
        /// Folder of the witness.
        #[arg(long, value_name = "DIR")]
        at: PathBuf,
        /// The log's public key, as the store's log.pub holds it.
        #[arg(long, value_name = "KEY")]
        log: String,
    },
    /// No longer believe a key of a log: lost, stolen or replaced. What was cosigned stays the beginning of whatever comes.
    Distrust {
        /// Folder of the witness.
        #[arg(long, value_name = "DIR")]
        at: PathBuf,
        /// The log's public key.
        #[arg(long, value_name = "KEY")]
        log: String,
    },
    /// Answer logs over HTTP (POST /add-checkpoint, C2SP tlog-witness).
    Serve {
        /// Folder of the witness.
        #[arg(long, value_name = "DIR")]
        at: PathBuf,
        /// Where to listen. Who asks is known by the log's signature alone, so any address will do.
        #[arg(long, default_value = "127.0.0.1:8017", value_name = "ADDRESS")]
        listen: SocketAddr,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Show its public key, and what it cosigned last of each log.
    Show {
        /// Folder of the witness; it must not be serving.
        #[arg(long, value_name = "DIR")]
        at: PathBuf,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// What `cosign` is told.
#[derive(Debug, Args)]
pub(crate) struct Cosign {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// A witness: its address, `=`, and its public key. Given once for each.
    #[arg(long = "witness", value_name = "ADDRESS=KEY", required = true)]
    pub(crate) witnesses: Vec<String>,
    /// How many must cosign; without it, all.
    #[arg(long, value_name = "N")]
    pub(crate) quorum: Option<usize>,
    /// Seconds to wait for one witness.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) patience: u64,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `prove` is told.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The entry's number.
    pub(crate) entry: u64,
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// The entry is a bulletin's: prove this finding of it, too.
    #[arg(long, value_name = "INCIDENT/CLAUSE/READING")]
    pub(crate) finding: Option<String>,
    /// Where the proof and the entry go: OUT.tlog-proof and OUT.json; a finding to OUT.finding.json.
    #[arg(long, value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `publish` is told.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// What was known at this moment; without it, the moment at which the mission opens, or else everything known.
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// Who freezes it; one of the mission's people, where it names any.
    #[arg(long)]
    pub(crate) by: String,
    /// Who passes it with them, as two people do in the ops room, one of them a legal officer or a co-chair. Without a second it says that one froze it alone.
    #[arg(long, value_name = "NAME")]
    pub(crate) and: Option<String>,
    /// Folder that the frozen files are written into, too.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print the pages as PDF into that folder, too; they are prints, not frozen.
    #[arg(long, requires = "out")]
    pub(crate) pdf: bool,
    /// Workers; the output is the same with any number.
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub(crate) threads: usize,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `print` is told.
#[derive(Debug, Args)]
pub(crate) struct Print {
    /// The page: an HTML file that truceline wrote.
    pub(crate) page: PathBuf,
    /// The PDF.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `published` is told.
#[derive(Debug, Args)]
pub(crate) struct Published {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Words or JSON: one bulletin a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `check-proof` is told.
#[derive(Debug, Args)]
pub(crate) struct CheckProof {
    /// The proof; or an opened entry (truceline open), which holds its own.
    pub(crate) proof: PathBuf,
    /// The entry's bytes; not for an opened entry.
    #[arg(long, value_name = "FILE")]
    pub(crate) entry: Option<PathBuf>,
    /// A finding's line: check that it is one of the bulletin that the entry fixes.
    #[arg(long, value_name = "FILE", requires = "entry")]
    pub(crate) finding: Option<PathBuf>,
    /// The log's public key.
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
    /// A witness's public key. Given once for each.
    #[arg(long = "witness", value_name = "KEY")]
    pub(crate) witnesses: Vec<String>,
    /// How many of them must have cosigned; without it, all.
    #[arg(long, value_name = "N")]
    pub(crate) quorum: Option<usize>,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `replace-key` is told.
#[derive(Debug, Args)]
pub(crate) struct ReplaceKey {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Who decided it: one of the people in mission.kdl.
    #[arg(long, value_name = "WHO")]
    pub(crate) by: String,
    /// Who else decided it: another one of them.
    #[arg(long, value_name = "WHO")]
    pub(crate) and: String,
    /// Why.
    #[arg(long, value_name = "WORDS")]
    pub(crate) why: String,
    /// The secret key is gone: log.key is not in the folder any more.
    #[arg(long)]
    pub(crate) lost: bool,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `backup` is told.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Folder of the copy: new, empty, or with an earlier copy of the same record, which a later moment replaces.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Leave the log's secret key out: for a machine that must never sign.
    #[arg(long)]
    pub(crate) without_key: bool,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `restore` is told.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The copy; without it, the copy that is in the store's folder already.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Let it write and sign. The record that it was copied from must never write again: two that go on would be two histories.
    #[arg(long)]
    pub(crate) takes_over: bool,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
