//! What can be seen of this program when a fault of its own stops it: where, and never what it held.
//!
//! The message of a panic can quote data: a cut within a letter quotes the text, a failed `unwrap` the error, a comparison both sides. A message that
//! was put together at run time is therefore kept back, whoever wrote it, and no core file is left. Messages that stand in the program as
//! they are say nothing of its data. The way to the place (`RUST_BACKTRACE=1`) holds names of functions only.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write as _;
use std::panic::PanicHookInfo;

/// From here on no panic shows data, and no crash leaves memory in a file.
pub(crate) fn guard() {
    std::panic::set_hook(Box::new(|panic| {
        // If nobody listens, nothing more can be done.
        let _ = std::io::stderr().write_all(said(panic).as_bytes());
    }));
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Refused only where the limit is lower already.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// A name or a key that opens one is in hand: no other program of this user may look into this one's memory, and a system that collects crashes
/// gets nothing. Not for every command: tools that watch what is written to disk would be shut out too.
pub(crate) fn shut() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

fn said(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(String::new, |at| format!(" at {at}"));
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let message = panic
        .payload()
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("the message is kept back, since it can quote what was held");
    let way = Backtrace::capture();
    let way = if way.status() == BacktraceStatus::Captured { format!("{way}\n") } else { String::new() };
    format!(
        "thread '{thread}' panicked{place}: {message}\nThis is a fault of the program; nothing that was acknowledged is lost.\n{way}"
    )
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use truceline_record::{Disclosure, LogSigner, Secret, WitnessSigner};
    use zeroize::Zeroizing;

    use super::*;

    /// Begins with a letter of two bytes, so that a cut within it quotes the whole.
    const CANARY: &str = "Éanary Alnasser of Douma 0944-771-239";
    const CASE: &str = "TRUCELINE_TEST_PANIC";
    const CASES: usize = 10;

    /// Stops by a fault, with secrets in hand.
    #[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unnecessary_literal_unwrap)]
    fn fall(case: usize) {
        let name = Zeroizing::new(CANARY.to_owned());
        let key = Zeroizing::new([0xab_u8; 32]);
        let at = case + 1;
        match case {
            0 => drop(name[at..].to_owned()),
            1 => Err::<(), _>(name.to_string()).unwrap(),
            2 => Err::<(), _>(&*name).expect(&name),
            3 => assert_eq!(&*name, "another", "{}", &*name),
            4 => panic!("the source is {}", &*name),
            5 => assert!(key[at * 32] == 0, "{key:?}"),
            6 => assert!(key[at] + 0xff == 0, "{key:?}"),
            7 => {
                let signer = LogSigner::new("example.org/log", &key).unwrap();
                let witness = WitnessSigner::new("example.org/w", &key).unwrap();
                let field = Disclosure::new(&[0xab; 16], "source", CANARY.into());
                std::panic::panic_any(format!("{signer:?} {witness:?} {field:?} {:?}", Secret::new(key)));
            }
            8 => std::thread::scope(|scope| {
                scope.spawn(|| panic!("{}", &*name)).join().unwrap();
            }),
            _ => std::panic::panic_any(name.to_string()),
        }
    }

    /// Does nothing but where the test below starts it, as a program of its own.
    #[test]
    fn child() {
        let Some(case) = std::env::var(CASE).ok().and_then(|case| case.parse().ok()) else { return };
        guard();
        shut();
        #[cfg(target_os = "linux")]
        {
            let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
            println!("{}", limits.lines().find(|line| line.starts_with("Max core")).unwrap_or_default());
            println!("{:?}", rustix::process::dumpable_behavior());
        }
        fall(case);
    }

    #[test]
    fn no_panic_shows_what_was_in_hand_and_no_core_file_is_left() {
        let exe = std::env::current_exe().unwrap();
        for case in 0..CASES {
            let mut command = Command::new(&exe);
            command.args(["panics::tests::child", "--exact", "--nocapture"]).env(CASE, case.to_string());
            let done = command.env("RUST_BACKTRACE", "1").output().unwrap();
            let said = [done.stdout, done.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(!done.status.success() && said.contains("panicked at"), "{case}: {said}");
            let key = ["171, 171".to_owned(), "abab".to_owned(), "ABAB".to_owned(), "q6ur".to_owned()];
            let parts = ["anary", "Alnasser", "Douma", "0944-771"].map(str::to_owned);
            for canary in key.iter().chain(&parts) {
                assert!(!said.contains(canary.as_str()), "{case} shows {canary}: {said}");
            }
            #[cfg(target_os = "linux")]
            {
                let core = said.lines().find(|line| line.starts_with("Max core file size"));
                let core: Vec<&str> = core.unwrap_or_default().split_whitespace().collect();
                assert_eq!(core.get(4..6), Some(["0", "0"].as_slice()), "{said}");
                assert!(said.contains("NotDumpable"), "{said}");
            }
        }
    }

    #[test]
    fn a_message_that_stands_in_the_program_is_told() {
        let before = std::panic::take_hook();
        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let into = std::sync::Arc::clone(&told);
        std::panic::set_hook(Box::new(move |panic| into.lock().unwrap().push(said(panic))));
        let fell = std::panic::catch_unwind(|| std::panic::panic_any("a broken invariant"));
        std::panic::set_hook(before);
        assert!(fell.is_err());
        assert!(told.lock().unwrap().iter().any(|said| said.contains(": a broken invariant")));
    }

    /// Holds where a type shows nothing because it cannot be shown at all; a type that could be would not compile here.
    macro_rules! cannot_be_shown {
        ($kind:ty) => {
            const _: fn() = || {
                trait Shown<Which> {
                    fn here() {}
                }
                impl<T: ?Sized> Shown<()> for T {}
                struct ByDebug;
                impl<T: ?Sized + std::fmt::Debug> Shown<ByDebug> for T {}
                struct ByDisplay;
                impl<T: ?Sized + std::fmt::Display> Shown<ByDisplay> for T {}
                let _ = <$kind as Shown<_>>::here;
            };
        };
    }

    cannot_be_shown!(truceline_seal::Opened);
}
