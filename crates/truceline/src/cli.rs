//! The command line: every command, its arguments and an example of each. Parses; never acts.
//!
//! Exit codes that a script can trust: 0 done and nothing refused; 1 done, and something was refused or found wrong; 2 the
//! call itself was wrong; 3 the machine would not (disk, port, permission).

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) mod account;
pub(crate) mod beside;
pub(crate) mod case;
pub(crate) mod compare;
pub(crate) mod database;
pub(crate) mod deciding;
pub(crate) mod duties;
pub(crate) mod handover;
pub(crate) mod office;
pub(crate) mod origins;
pub(crate) mod record;
pub(crate) mod replica;
pub(crate) mod secrets;
pub(crate) mod words;

pub(crate) use deciding::Decision;

/// Done, but something was refused or found wrong; the output says what.
pub(crate) const EXIT_FOUND: u8 = 1;
/// The call was wrong.
pub(crate) const EXIT_USAGE: u8 = 2;
/// The machine would not.
pub(crate) const EXIT_OPERATION: u8 = 3;

/// Truceline: what a ceasefire's terms say of what is reported, per clause and reading, and what that turns on.
#[derive(Debug, Parser)]
#[command(
    name = "truceline",
    version,
    about,
    after_help = "Exit codes: 0 done; 1 done, something refused or found; 2 wrong call; 3 operating failure."
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Words or JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For scripts: one JSON value a line.
    Json,
}

/// How an explanation is written; the same tree in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For a terminal.
    #[default]
    Text,
    /// A page; needs a clause.
    Html,
    /// For scripts: one explanation a line.
    Json,
}

/// Language of pages and explanations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English.
    #[default]
    En,
    /// Arabic, right to left.
    Ar,
    /// Russian.
    Ru,
}

/// A moment of the record.
#[derive(Clone, Debug, Args)]
pub(crate) struct Moment {
    /// What was known at this moment: RFC 3339 (2016-05-04T12:00:00Z), or a day or local time in the agreement's zone.
    /// Without it: the moment at which the mission opens, or else everything known.
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// Only entries before this number of the log.
    #[arg(long, value_name = "ENTRY")]
    pub(crate) up_to: Option<u64>,
    /// Workers; the output is the same with any number.
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub(crate) threads: usize,
}

/// Where the store is.
#[derive(Clone, Debug, Args)]
pub(crate) struct StoreAt {
    /// Folder of the store.
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
}

/// What the reader of free text knows before it sees a text.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReaderKnows {
    /// The country that the text speaks of where nothing else says, by its two letters; names of places are looked for there first.
    #[arg(long, value_name = "CODE")]
    pub(crate) country: Option<String>,
    /// Mission folder whose actors and areas names are looked up in.
    #[arg(long, value_name = "DIR")]
    pub(crate) mission: Option<PathBuf>,
    /// A gazetteer in the form of GeoNames in JSON; without one, places outside the mission stay unresolved.
    #[arg(long, value_name = "FILE")]
    pub(crate) gazetteer: Option<PathBuf>,
    /// A folder of tables in place of those in the binary: LANGUAGE/TABLE.csv.
    #[arg(long, value_name = "DIR")]
    pub(crate) lexicons: Option<PathBuf>,
}

/// A reader that the mission runs itself, asked in place of the tables; off unless named.
#[derive(Clone, Debug, Args)]
pub(crate) struct OtherReader {
    /// Address of a program that speaks the OpenAI chat protocol, such as http://127.0.0.1:11434/v1.
    #[arg(long, value_name = "ADDRESS", requires = "model")]
    pub(crate) reader: Option<String>,
    /// The model that it is to use.
    #[arg(long, value_name = "NAME", requires = "reader")]
    pub(crate) model: Option<String>,
    /// Name of the environment variable that holds its key.
    #[arg(long, value_name = "VARIABLE", requires = "reader")]
    pub(crate) reader_key_in: Option<String>,
    /// The address may be another machine's: the words of sources then leave this one.
    #[arg(long, requires = "reader")]
    pub(crate) reader_elsewhere: bool,
    /// Seconds to wait for the answer on one passage.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) patience: u64,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load the shipped Syria-2016 mission, judge it, and serve its ops room on loopback.
    #[command(
        after_help = "Example: truceline demo --once out\n         leaves out/bulletin.html, out/findings.jsonl, out/incidents.geojson and out/store"
    )]
    Demo {
        /// Write the result into this folder and stop, without serving.
        #[arg(long, value_name = "DIR")]
        once: Option<PathBuf>,
        /// With --once: name people with roles in the mission, as the demo does, so that accounts can be added.
        #[arg(long, requires = "once")]
        people: bool,
        /// With --once and --people: publish a daily bulletin, as the demo does: passed by two of its people, cosigned by two witnesses that the demo runs
        /// itself over keys of its own, which therefore prove nothing about two sides.
        #[arg(long, requires = "people")]
        published: bool,
        /// Folder of the store when serving; an existing store is opened, never loaded twice.
        #[arg(long, value_name = "DIR", default_value = "demo", conflicts_with = "once")]
        store: PathBuf,
        /// Where to serve; only loopback addresses are taken.
        #[arg(long, default_value = "127.0.0.1:8016", value_name = "ADDRESS")]
        listen: SocketAddr,
        /// As of when, and with how many workers.
        #[command(flatten)]
        moment: Moment,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Load a mission folder into a store: its terms, registries and the reports that it lists. Loading twice adds nothing.
    #[command(after_help = "Example: truceline load agreements/syria-2016 --store ops")]
    Load {
        /// The mission folder: mission.kdl, agreement.md, actors.csv, sources.csv, areas.geojson, reports.
        mission: PathBuf,
        /// The store; made if it is not there.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Take reports in: each row is on disk before it has a receipt; what cannot be read is kept and refused with a reason.
    #[command(
        after_help = "Example: truceline import airwars.csv --mapping airwars --store ops\n         truceline import new.csv --mapping my-source.kdl --explain"
    )]
    Import {
        /// CSV or JSON Lines files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A shipped mapping (truceline, airwars, vdc, vdc-raw, acled, ucdp-ged, timemap, syrian-archive) or a mapping file.
        #[arg(long, default_value = "truceline")]
        mapping: String,
        /// Folder of the store; not needed with --explain.
        #[arg(long, value_name = "DIR", required_unless_present = "explain")]
        store: Option<PathBuf>,
        /// Show what each column would become and the first rows as observations; take nothing in.
        #[arg(long)]
        explain: bool,
        /// Encoding of the bytes, over what the mapping says.
        #[arg(long, value_name = "NAME")]
        encoding: Option<String>,
        /// Mission folder whose actors and places names are looked up in, with --explain and no store.
        #[arg(long, value_name = "DIR")]
        mission: Option<PathBuf>,
        /// Print each receipt as soon as it is durable.
        #[arg(long)]
        receipts: bool,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Take texts in: articles, messages, notes. Each is on disk before it has a receipt; what it says is proposed, for a person.
    #[command(
        after_help = "Example: truceline receive article.txt --source reuters --date 2016-04-28 --country SY --store ops"
    )]
    Receive(words::Receive),
    /// List what texts seem to say, each with its words and how it stands: open, confirmed, corrected or rejected.
    #[command(after_help = "Example: truceline proposals --store ops --receipt r12 --format json")]
    Proposals(words::Proposals),
    /// List what a person should look at, first what would change a finding: proposals and doubtful links.
    #[command(after_help = "Example: truceline queue --store ops --as-of 2016-05-04T12:00:00Z")]
    Queue(words::Queue),
    /// Judge incidents of a file under an agreement; needs no store.
    #[command(
        after_help = "Example: truceline judge agreements/syria-2016 --incidents incidents.jsonl --as-of 2016-05-04T12:00:00Z --format json"
    )]
    Judge {
        /// The mission folder, or its agreement.md.
        agreement: PathBuf,
        /// Incident file (JSON Lines, docs/schema/incident.schema.json); `-` reads standard input.
        #[arg(long, value_name = "FILE")]
        incidents: PathBuf,
        /// As of when.
        #[arg(long, value_name = "TIME")]
        as_of: Option<String>,
        /// Only this clause.
        #[arg(long)]
        clause: Option<String>,
        /// Only this reading.
        #[arg(long)]
        reading: Option<String>,
        /// Language of the explanation in text.
        #[arg(long, value_enum, default_value_t)]
        lang: Language,
        /// Words or JSON (one finding a line, docs/schema/finding.schema.json).
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Derive every output again from the log alone.
    #[command(after_help = "Example: truceline replay --store ops --out again --as-of 2016-05-04T12:00:00Z")]
    Replay {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Where bulletin.html, findings.jsonl and incidents.geojson go.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// As of when.
        #[command(flatten)]
        moment: Moment,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// What makes the record provable to others.
    #[command(flatten)]
    Record(record::Record),
    /// Where the record's tables are.
    #[command(flatten)]
    Database(database::DatabaseCommand),
    /// Offices with bad links: forward what an office has, take it in at the centre.
    #[command(subcommand)]
    Office(office::Office),
    /// What is closed: opened entries, erasures, sealed sources.
    #[command(flatten)]
    Closed(secrets::Closed),
    /// Check every byte of a store, naming the first wrong entry; or a bundle, offline, with every figure derived again.
    #[command(
        after_help = "Example: truceline verify --store ops --format json\n         truceline verify may-4.tar --key \"$LOG\" --witness \"$GENEVA\" --witness \"$AMMAN\" --checkpoint kept"
    )]
    Verify(record::Verify),
    /// Serve what may be published of a store as plain pages, as of any moment, on loopback and without a login.
    #[command(after_help = "Example: truceline serve-pages --store ops --listen 127.0.0.1:8017")]
    ServePages {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Where to serve; only loopback addresses are taken.
        #[arg(long, default_value = "127.0.0.1:8017", value_name = "ADDRESS")]
        listen: SocketAddr,
        /// Workers.
        #[arg(long, default_value_t = 2, value_name = "N")]
        threads: usize,
        /// Words or JSON: how the address is told.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Cases, and who may work on them over HTTP.
    #[command(flatten)]
    OnCases(account::OnCases),
    /// A person's decision: merge, split, undo, the answer to a judgement, or what becomes of a proposal. Logged, and honoured ever after.
    #[command(
        after_help = "Example: truceline decide --store ops --by 'duty officer' --why 'same crater' merge i-airwars-rs0774 i-airwars-rs0776\n         truceline decide --store ops --by 'duty officer' --why 'called the hospital' correct p12-incident-0-84 killed=14 actor=unknown"
    )]
    Decide(deciding::Decide),
    /// List incidents of a store, or show one with its reports, links and findings.
    #[command(
        after_help = "Example: truceline incidents --store ops --as-of 2016-05-04 i-msf-aq-msf-1 --lang ru"
    )]
    Incidents {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Only this incident, whole.
        incident: Option<String>,
        /// As of when.
        #[command(flatten)]
        moment: Moment,
        /// Language.
        #[arg(long, value_enum, default_value_t)]
        lang: Language,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Explain the findings on an incident: the rule down to what sources say, what it turns on, what would settle it.
    #[command(
        after_help = "Example: truceline explain i-sohr-ad-sohr-1 opposition-fire --store ops --reading letter-strict --lang ru"
    )]
    Explain {
        /// The incident; without one, every incident.
        incident: Option<String>,
        /// Only this clause.
        clause: Option<String>,
        /// Only this reading; without it, readings that say the same share one explanation.
        #[arg(long)]
        reading: Option<String>,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// As of when.
        #[command(flatten)]
        moment: Moment,
        /// Language.
        #[arg(long, value_enum, default_value_t)]
        lang: Language,
        /// Text; one HTML page for a clause; JSON, one explanation a line (docs/schema/explanation.schema.json).
        #[arg(long, value_enum, default_value_t)]
        format: ExplainFormat,
    },
    /// Reports beside what they rest on; duties beside what was done of them; one instance beside another.
    #[command(flatten)]
    Beside(beside::Beside),
    /// List reports that could not be read, with file, row, column, what was found and what would be right.
    #[command(after_help = "Example: truceline refused --store ops --format json")]
    Refused {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Read free text into proposals, each value with the words that say it, for a person to confirm. Takes nothing in.
    #[command(
        after_help = "Example: truceline read article.txt --date 2016-02-21 --country SY --mission agreements/syria-2016\n         truceline read - --format json < message.txt"
    )]
    Read {
        /// Text files in UTF-8, up to 10 MB each; `-` reads standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The day on which the text was published: what "today" and "last Friday" are reckoned from.
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<String>,
        /// What the reader knows beforehand.
        #[command(flatten)]
        known: ReaderKnows,
        /// A reader of the mission's own.
        #[command(flatten)]
        other: OtherReader,
        /// Words or JSON: one text a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Measure what the program proposes against labels.
    #[command(after_help = "Example: truceline bench read --gold bench/reading/sentences/open.jsonl")]
    Bench {
        /// What to measure.
        #[command(subcommand)]
        what: BenchCommand,
    },
    /// Check, format, or write the terms of an agreement in an editor.
    #[command(after_help = "Example: truceline terms check agreements/syria-2016")]
    Terms {
        /// What to do with them.
        #[command(subcommand)]
        what: TermsCommand,
    },
    /// Run the scenarios of a mission folder: inputs beside expected findings.
    #[command(after_help = "Example: truceline scenarios agreements/syria-2016")]
    Scenarios {
        /// The mission folder.
        mission: PathBuf,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Hold the reader of free text against labelled claims; ends with 1 when a value is invented or a trap is sprung.
    #[command(
        after_help = "Example: truceline bench read --gold labels.json --texts articles --country SY --mission agreements/syria-2016\n         truceline bench read --gold labels.json --texts articles --found other-reader.jsonl --format json"
    )]
    Read {
        /// Labels: JSON Lines, each with its text (bench/reading/sentences), or one JSON with the texts elsewhere. Without it: our own
        /// sentences, when started in the project's folder.
        #[arg(long, value_name = "FILE")]
        gold: Option<PathBuf>,
        /// Folder of the labelled texts; without it, the folder of the labels.
        #[arg(long, value_name = "DIR")]
        texts: Option<PathBuf>,
        /// Score these proposals, in the form of `read --format json`, in place of our reader's.
        #[arg(long, value_name = "FILE", conflicts_with_all = ["country", "mission", "gazetteer", "lexicons"])]
        found: Option<PathBuf>,
        /// What the reader knows beforehand.
        #[command(flatten)]
        known: ReaderKnows,
        /// Name what was missed, found too much, or wrong, by id and field.
        #[arg(long)]
        misses: bool,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// What to do with terms.
#[derive(Debug, Subcommand)]
pub(crate) enum TermsCommand {
    /// Say what is wrong with them, at the word, and what would be right.
    Check {
        /// The mission folder, or its agreement.md.
        agreement: PathBuf,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Put the blocks of agreements into plain spacing; prose and remarks stay as they are.
    #[command(
        after_help = "Example: truceline terms fmt agreements/syria-2016\n         truceline terms fmt --check agreement.md"
    )]
    Fmt {
        /// Agreement files, or folders: every Markdown file in them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Change nothing; list the lines that would change, and end with 1 if there are any.
        #[arg(long)]
        check: bool,
        /// Words or JSON: one changed line or fault a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Say a clause in plain words, composed from what it says to the machine: whom it binds, when, where, what, its exceptions.
    #[command(
        after_help = "Example: truceline terms explain agreements/syria-2016 government-fire --lang ar"
    )]
    Explain {
        /// The mission folder, or its agreement.md.
        agreement: PathBuf,
        /// Only this clause; without it, every clause.
        clause: Option<String>,
        /// Language.
        #[arg(long, value_enum, default_value_t)]
        lang: Language,
        /// Words or JSON: one clause a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// What a change of terms would change: clause by clause in words, then finding by finding, with the first reason that differs.
    #[command(
        after_help = "Example: truceline terms diff agreements/syria-2016 draft --over incidents.jsonl\n         truceline terms diff old/agreement.md new/agreement.md --over agreements/syria-2016"
    )]
    Diff {
        /// The terms as they are: a mission folder, or its agreement.md.
        old: PathBuf,
        /// The terms as they would be.
        new: PathBuf,
        /// Incidents: a file (JSON Lines), or a mission folder, whose reports and scenarios are taken.
        #[arg(long, value_name = "INCIDENTS")]
        over: PathBuf,
        /// As of when; without it, everything known. Scenarios keep their own moments.
        #[arg(long, value_name = "TIME")]
        as_of: Option<String>,
        /// Words or JSON: one change a line, then the counts.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Test terms: run the scenarios, hold all their findings against the recorded ones, and tell what no scenario covers.
    #[command(
        after_help = "Example: truceline terms test agreements/syria-2016 --require-coverage\n         truceline terms test agreements/syria-2016 --accept"
    )]
    Test {
        /// The mission folder.
        mission: PathBuf,
        /// Record the findings as they are now.
        #[arg(long)]
        accept: bool,
        /// End with 1 when something is covered by no scenario.
        #[arg(long)]
        require_coverage: bool,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Serve an editor over standard input and output (Language Server Protocol); docs/editor.md says how to set one up.
    ServeEditor,
}
