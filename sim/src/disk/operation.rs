//! What a process did to a folder: system calls followed to files, names and syncs.
//!
//! It follows one process after another on the same folder, with any number of threads. A call counts from when it returned, and a sync
//! covers what had returned when it was called: what happened meanwhile in another thread may have missed it. What it cannot
//! follow (a file mapped for writing, a copy inside the kernel, a change that never returned) is an error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::calls::Call;

/// What was done, in order. Paths are relative to the folder that was watched; the folder itself is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A new file under a name that was free.
    Create {
        /// Its name.
        path: PathBuf,
        /// Which file it is from now on, whatever its name becomes.
        file: usize,
        /// Its rights.
        rights: u32,
    },
    /// A new folder.
    Folder(PathBuf),
    /// Bytes written.
    Write {
        /// Into which file.
        file: usize,
        /// From which byte on.
        offset: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// A file cut or lengthened.
    Resize {
        /// Which.
        file: usize,
        /// To so many bytes.
        length: u64,
    },
    /// The bytes of a file made durable.
    SyncFile {
        /// Which.
        file: usize,
        /// Only what the operations before this one wrote.
        before: usize,
    },
    /// The names in a folder made durable.
    SyncFolder {
        /// Which.
        folder: PathBuf,
        /// Only what the operations before this one named.
        before: usize,
    },
    /// A file renamed.
    Rename(PathBuf, PathBuf),
    /// A name removed.
    Remove(PathBuf),
    /// A line on the standard output: what was promised to somebody.
    Said(String),
}

/// A call by its name and whether it touched the folder; what a fault is put on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The name of the call.
    pub name: String,
    /// In which thread of the process, from 0: a recorder counts invocations in each.
    pub thread: usize,
    /// Whether it touched the folder that was watched.
    pub here: bool,
}

#[derive(Clone, Debug)]
enum Handle {
    File { file: usize, offset: u64, may_read: bool },
    Folder(PathBuf),
    Output,
}

/// Follows calls.
#[derive(Debug)]
pub(crate) struct Follower {
    root: PathBuf,
    names: BTreeMap<PathBuf, usize>,
    files: usize,
    handles: BTreeMap<i64, Handle>,
    said: Vec<u8>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) calls: Vec<Counted>,
}

impl Follower {
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            names: BTreeMap::new(),
            files: 0,
            handles: BTreeMap::new(),
            said: Vec::new(),
            operations: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Follows another process through its whole trace.
    pub(crate) fn process(&mut self, trace: &str) -> Result<(), String> {
        self.handles = BTreeMap::from([(1, Handle::Output)]);
        self.said.clear();
        self.calls.clear();
        let mut threads: Vec<&str> = Vec::new();
        // Calls that have not returned, by thread: what is known of them, and how many operations there were before.
        let mut open: BTreeMap<usize, (&str, usize)> = BTreeMap::new();
        for line in trace.lines() {
            let (name, rest) = line.split_once(' ').unwrap_or(("", line));
            let known = threads.iter().position(|thread| *thread == name);
            let thread = known.unwrap_or_else(|| {
                threads.push(name);
                threads.len() - 1
            });
            let rest = rest.trim_start();
            if let Some(begun) = rest.strip_suffix("<unfinished ...>") {
                open.insert(thread, (begun, self.operations.len()));
                continue;
            }
            let joined;
            let (line, before) =
                match rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
                    None => (rest, self.operations.len()),
                    Some((_, end)) => {
                        let (begun, before) =
                            open.remove(&thread).ok_or("a call goes on that never began")?;
                        joined = format!("{begun}{end}");
                        (joined.as_str(), before)
                    }
                };
            let Some(call) = Call::parse(line)? else { continue };
            let here = self.call(&call, before)?;
            self.calls.push(Counted { name: call.name.to_owned(), thread, here });
        }
        // Threads that wait when the process ends wait in calls that change nothing, or nobody knows whether they did.
        let changes = |begun: &str| !["read(", "pread64("].iter().any(|name| begun.starts_with(name));
        match open.values().find(|(begun, _)| changes(begun)) {
            Some((begun, _)) => Err(format!(
                "a call that never returned cannot be followed: {}",
                begun.get(..60).unwrap_or(begun)
            )),
            None => Ok(()),
        }
    }

    fn inside(&self, path: &str) -> Option<PathBuf> {
        Path::new(path).strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    /// Follows one call, made when there were so many operations; whether it touched the folder.
    fn call(&mut self, call: &Call<'_>, before: usize) -> Result<bool, String> {
        match call.name {
            "open" => self.open(call, 0),
            "openat" => self.open(call, 1),
            "mkdir" => self.name(call, 0, Operation::Folder),
            "mkdirat" => self.name(call, 1, Operation::Folder),
            "unlink" | "rmdir" => self.remove(call, 0),
            "unlinkat" => self.remove(call, 1),
            "rename" => self.rename(call, 0, 1),
            "renameat" | "renameat2" => self.rename(call, 1, 3),
            _ => self.on_handle(call, before),
        }
    }

    fn open(&mut self, call: &Call<'_>, place: usize) -> Result<bool, String> {
        let path = call.text(place)?;
        let Some(path) = self.inside(&path) else { return Ok(false) };
        if call.returned < 0 {
            return Ok(true);
        }
        let flags: Vec<&str> = call.word(place + 1).split('|').collect();
        let known = self.names.get(&path).copied();
        let file = match known {
            Some(file) => file,
            None if flags.contains(&"O_CREAT") => {
                let rights = call.rights(place + 2);
                let file = self.files;
                self.files += 1;
                self.names.insert(path.clone(), file);
                self.operations.push(Operation::Create { path, file, rights });
                file
            }
            None => {
                self.handles.insert(call.returned, Handle::Folder(path));
                return Ok(true);
            }
        };
        if known.is_some() && flags.contains(&"O_TRUNC") {
            self.operations.push(Operation::Resize { file, length: 0 });
        }
        if flags.contains(&"O_APPEND") {
            return Err("a file opened to append cannot be followed".to_owned());
        }
        let may_read = !flags.contains(&"O_WRONLY");
        self.handles.insert(call.returned, Handle::File { file, offset: 0, may_read });
        Ok(true)
    }

    fn name(
        &mut self,
        call: &Call<'_>,
        place: usize,
        made: fn(PathBuf) -> Operation,
    ) -> Result<bool, String> {
        let Some(path) = self.inside(&call.text(place)?) else { return Ok(false) };
        if call.returned >= 0 {
            self.operations.push(made(path));
        }
        Ok(true)
    }

    fn remove(&mut self, call: &Call<'_>, place: usize) -> Result<bool, String> {
        let Some(path) = self.inside(&call.text(place)?) else { return Ok(false) };
        if call.returned >= 0 {
            self.names.remove(&path);
            self.operations.push(Operation::Remove(path));
        }
        Ok(true)
    }

    fn rename(&mut self, call: &Call<'_>, from: usize, to: usize) -> Result<bool, String> {
        let (from, to) = (self.inside(&call.text(from)?), self.inside(&call.text(to)?));
        let (Some(from), Some(to)) = (from, to) else { return Ok(false) };
        if call.returned >= 0 {
            let file = self.names.remove(&from).ok_or("a folder was renamed, which cannot be followed")?;
            self.names.insert(to.clone(), file);
            self.operations.push(Operation::Rename(from, to));
        }
        Ok(true)
    }

    fn on_handle(&mut self, call: &Call<'_>, before: usize) -> Result<bool, String> {
        // Memory that stands for no file is mapped with handle -1.
        let place = if call.name == "mmap" { 4 } else { 0 };
        let Ok(number) = call.number::<i64>(place) else {
            return Err(format!("{} cannot be followed", call.name));
        };
        let Some(handle) = self.handles.get_mut(&number) else { return Ok(false) };
        let worked = call.returned >= 0;
        match (call.name, handle) {
            ("close", _) => {
                self.handles.remove(&number);
                return Ok(true);
            }
            ("fcntl", handle) => {
                if worked && call.word(1).starts_with("F_DUPFD") {
                    let copy = handle.clone();
                    self.handles.insert(call.returned, copy);
                }
                return Ok(false);
            }
            ("read" | "pread64" | "lseek", Handle::File { may_read: true, .. }) => {}
            ("lseek", Handle::File { offset, .. }) if worked => {
                *offset = u64::try_from(call.returned).unwrap_or_default();
            }
            ("write" | "writev", Handle::Output) => {
                if worked {
                    let bytes = call.bytes(1)?;
                    self.say(&bytes);
                }
                return Ok(false);
            }
            ("write", Handle::File { file, offset, may_read: false }) if worked => {
                let mut bytes = call.bytes(1)?;
                bytes.truncate(usize::try_from(call.returned).unwrap_or_default());
                let (file, from) = (*file, *offset);
                *offset += bytes.len() as u64;
                self.operations.push(Operation::Write { file, offset: from, bytes });
            }
            ("pwrite64", Handle::File { file, .. }) if worked => {
                let mut bytes = call.bytes(1)?;
                bytes.truncate(usize::try_from(call.returned).unwrap_or_default());
                let offset = call.number(3)?;
                self.operations.push(Operation::Write { file: *file, offset, bytes });
            }
            ("ftruncate", Handle::File { file, .. }) if worked => {
                self.operations.push(Operation::Resize { file: *file, length: call.number(1)? });
            }
            ("fsync" | "fdatasync", Handle::File { file, .. }) if worked => {
                self.operations.push(Operation::SyncFile { file: *file, before });
            }
            ("fsync" | "fdatasync", Handle::Folder(path)) if worked => {
                self.operations.push(Operation::SyncFolder { folder: path.clone(), before });
            }
            ("mmap", Handle::File { file, .. }) => {
                let volatile = self
                    .names
                    .iter()
                    .any(|(path, at)| at == file && path.as_os_str().as_encoded_bytes().ends_with(b"-shm"));
                if !volatile && call.word(3).contains("MAP_SHARED") && call.word(2).contains("PROT_WRITE") {
                    return Err("a file was mapped for writing, which cannot be followed".to_owned());
                }
            }
            _ if !worked => {}
            (name, _) => return Err(format!("{name} on this file cannot be followed")),
        }
        Ok(true)
    }

    /// Only whole lines were given to anybody.
    fn say(&mut self, bytes: &[u8]) {
        self.said.extend_from_slice(bytes);
        while let Some(end) = self.said.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.said.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            self.operations.push(Operation::Said(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(trace: &str) -> Result<Vec<Operation>, String> {
        let mut follower = Follower::new(Path::new("/f"));
        follower.process(trace).map(|()| follower.operations)
    }

    const OPENED: &str = "7 openat(AT_FDCWD, \"\\x2f\\x66\\x2f\\x61\", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 3\n";

    #[test]
    fn what_another_thread_writes_while_a_file_is_synced_is_not_covered() {
        let trace = "7 fsync(3 <unfinished ...>\n8 pwrite64(3, \"\\x61\", 1, 0) = 1\n7 <... fsync resumed>) = 0\n\
                     8 pwrite64(3, \"\\x62\", 1, 1 <unfinished ...>\n7 fsync(3) = 0\n8 <... pwrite64 resumed>) = 1\n";
        let operations = followed(&format!("{OPENED}{trace}")).unwrap();
        let write = |offset, byte| Operation::Write { file: 0, offset, bytes: vec![byte] };
        let sync = |before| Operation::SyncFile { file: 0, before };
        assert_eq!(operations[1..], [write(0, b'a'), sync(1), sync(3), write(1, b'b')]);
    }

    #[test]
    fn a_change_that_never_returned_is_told() {
        let open_read = format!("{OPENED}8 read(3, <unfinished ...>\n7 +++ exited with 0 +++\n");
        assert!(followed(&open_read).is_ok());
        let open_write =
            format!("{OPENED}8 pwrite64(3, \"\\x61\", 1, 0 <unfinished ...>\n7 +++ exited with 0 +++\n");
        assert!(followed(&open_write).unwrap_err().contains("never returned"));
        assert!(followed("7 <... fsync resumed>) = 0\n").is_err());
    }
}
