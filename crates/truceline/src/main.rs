//! Truceline's one binary: the command line, the clock, the key, the loopback server. It calls the pure crates and prints; it
//! holds no rule of the domain.
#![forbid(unsafe_code)]

mod api;
mod attachments;
mod bulletins;
mod bundle;
mod cases;
mod centre;
mod cli;
mod clocks;
mod commands;
mod committed;
mod commonness;
mod comparison;
mod cosigning;
mod duties;
mod editions;
mod endpoint;
mod failure;
mod files;
mod folder;
mod hand_out;
mod handovers;
mod import;
mod listening;
mod live;
mod load;
mod loaded;
mod log;
mod log_reader;
mod mission;
mod office;
mod office_server;
mod out;
mod outputs;
mod pages;
mod panics;
mod pipeline;
mod printing;
mod progress;
mod projecting;
mod proposals;
mod protected;
mod quorum;
mod secrets;
mod server;
mod shipped;
mod steps;
mod unmasking;
mod view;
mod who_read;
mod witness_server;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

/// Trees of reasons are many small pieces; this allocator halves their cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    panics::guard();
    match commands::run(cli::Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            if failure.code() != 0 {
                eprintln!("truceline: {}", out::shown(&failure.to_string()));
            }
            ExitCode::from(failure.code())
        }
    }
}
