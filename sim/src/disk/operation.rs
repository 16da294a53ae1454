//! What a process did to a folder: system calls followed to files, names and syncs.
//!
//! It follows one process after another on the same folder, each with one thread. What it cannot follow (a
//! file mapped for writing, a copy inside the kernel, a second thread) is an error.

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
    SyncFile(usize),
    /// The names in a folder made durable.
    SyncFolder(PathBuf),
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
        let mut thread = "";
        for line in trace.lines() {
            let of = line.split_once(' ').map_or("", |(thread, _)| thread);
            if !thread.is_empty() && of != thread {
                return Err("the process had several threads; only one can be followed".to_owned());
            }
            thread = of;
            let Some(call) = Call::parse(line)? else { continue };
            let here = self.call(&call)?;
            self.calls.push(Counted { name: call.name.to_owned(), here });
        }
        Ok(())
    }

    fn inside(&self, path: &str) -> Option<PathBuf> {
        Path::new(path).strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    /// Follows one call; whether it touched the folder.
    fn call(&mut self, call: &Call<'_>) -> Result<bool, String> {
        match call.name {
            "open" => self.open(call, 0),
            "openat" => self.open(call, 1),
            "mkdir" => self.name(call, 0, Operation::Folder),
            "mkdirat" => self.name(call, 1, Operation::Folder),
            "unlink" | "rmdir" => self.remove(call, 0),
            "unlinkat" => self.remove(call, 1),
            "rename" => self.rename(call, 0, 1),
            "renameat" | "renameat2" => self.rename(call, 1, 3),
            _ => self.on_handle(call),
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

    fn on_handle(&mut self, call: &Call<'_>) -> Result<bool, String> {
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
                self.operations.push(Operation::SyncFile(*file));
            }
            ("fsync" | "fdatasync", Handle::Folder(path)) if worked => {
                self.operations.push(Operation::SyncFolder(path.clone()));
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
