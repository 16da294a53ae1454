//! A language server for agreements, over standard input and output: diagnostics, hover, definitions, references, completion,
//! renaming, quick fixes, formatting.
//!
//! What is right and wrong is the parser's word; this crate only carries it to an editor. It reads the registries beside the
//! agreement (`actors.csv`, `areas.geojson`, `sources.csv`), again whenever they change, and nothing else; writes no file;
//! opens no connection. Whatever a file or a client sends, it answers or refuses: messages, files and answers are bounded.
#![forbid(unsafe_code)]

mod actions;
mod completion;
mod diagnostics;
mod document;
mod folder;
mod hover;
mod names;
mod positions;
mod rename;
mod server;
mod wire;

pub use server::serve;
