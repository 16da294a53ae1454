//! The desk over HTTP: as people of a mission use it, and as an adversary with a token, or without one, would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../store/tests/common/authority.rs"]
mod certificates;
#[path = "../common/mod.rs"]
mod common;
#[path = "../../../store/tests/common/server.rs"]
mod server;

mod asking;
mod attachments;
mod authority;
mod bulletins;
mod centre;
mod database;
mod described;
mod events;
mod handover;
mod hostile;
mod inbox;
mod incidents;
mod killed;
mod matrix;
mod matrix_table;
mod oidc;
mod openrosa;
mod party;
mod passkeys;
mod passwords;
mod read_log;
mod recording;
mod room;
mod sessions;
mod standards;
mod unmasking;
mod vectors;
mod watching;
mod writing;
