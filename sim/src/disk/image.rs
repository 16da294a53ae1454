//! What is left of a folder after power was cut: everything that was synced, and of the rest what the dice leave.
//!
//! It supposes less than journaling file systems promise. Of what was not synced any 512-byte sector may be there or
//! not, whatever was written before or after it, and a sector may be torn; a file may have grown without its bytes,
//! and hold anything there; a name is there only if its folder was synced, whatever was done with the file; a rename
//! may have taken the old name away, or made the new one, or both, or neither. It does not suppose a disk that lies
//! about a sync, nor one that harms sectors which were not being written: against those stand `verify` and backups.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::operation::Operation;
use super::recorder::Recording;
use crate::dice::Dice;

/// Bytes that a disk writes at once, if all goes well.
const SECTOR: u64 = 512;

/// A power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// After so many operations.
    pub after: usize,
    /// What becomes of what was not synced.
    pub loss: Loss,
    /// Which of it: the same seed, the same bytes.
    pub seed: u64,
}

/// What becomes of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// All of it is lost.
    All,
    /// None of it is: what a killed process leaves.
    Nothing,
    /// It is there up to some operation, which is torn; what came later is lost.
    Later,
    /// So many sectors and names of a hundred are there, in no order.
    Scattered(u64),
    /// The same, and where a file grew without its bytes there is anything.
    Garbage(u64),
}

impl Cut {
    /// Draws a cut somewhere in a recording after `from` operations; every other one soon after a promise.
    #[must_use]
    pub fn drawn(recording: &Recording, from: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let all = recording.operations.len();
        let is_said = |at: &usize| matches!(recording.operations.get(*at), Some(Operation::Said(_)));
        let promises: Vec<usize> = (from..all).filter(is_said).collect();
        let after = match promises.get(dice.place(promises.len())) {
            Some(at) if dice.chance(50) => all.min(at + 1 + dice.place(8)),
            _ => from + dice.place(all + 1 - from),
        };
        let loss = match dice.below(8) {
            0 => Loss::All,
            1 => Loss::Nothing,
            2 | 3 => Loss::Later,
            4 | 5 => Loss::Scattered([10, 50, 90].get(dice.place(3)).copied().unwrap_or(50)),
            _ => Loss::Garbage([10, 50, 90].get(dice.place(3)).copied().unwrap_or(50)),
        };
        Self { after, loss, seed: dice.draw() }
    }
}

/// Files and folders as they are found when the machine is on again.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    folders: Vec<PathBuf>,
    files: Vec<(PathBuf, u32, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug)]
enum Named {
    File(usize),
    Folder,
}

#[derive(Clone, Copy)]
enum Change<'r> {
    Write(u64, &'r [u8]),
    Resize(u64),
}

#[derive(Default)]
struct File<'r> {
    rights: u32,
    durable: Vec<u8>,
    waiting: Vec<(usize, Change<'r>)>,
}

#[derive(Default)]
struct Disk<'r> {
    files: BTreeMap<usize, File<'r>>,
    names: BTreeMap<PathBuf, Named>,
    durable: BTreeMap<PathBuf, Named>,
    waiting: Vec<(usize, PathBuf, Option<Named>)>,
}

impl<'r> Disk<'r> {
    fn name(&mut self, order: usize, path: &Path, named: Option<Named>) {
        match named {
            Some(named) => self.names.insert(path.to_owned(), named),
            None => self.names.remove(path),
        };
        self.waiting.push((order, path.to_owned(), named));
    }

    fn change(&mut self, order: usize, file: usize, change: Change<'r>) {
        self.files.entry(file).or_default().waiting.push((order, change));
    }

    fn carry_out(&mut self, order: usize, operation: &'r Operation) {
        match operation {
            Operation::Create { path, file, rights } => {
                self.files.insert(*file, File { rights: *rights, ..File::default() });
                self.name(order, path, Some(Named::File(*file)));
            }
            Operation::Folder(path) => self.name(order, path, Some(Named::Folder)),
            Operation::Write { file, offset, bytes } => {
                self.change(order, *file, Change::Write(*offset, bytes));
            }
            Operation::Resize { file, length } => self.change(order, *file, Change::Resize(*length)),
            Operation::SyncFile { file, before } => {
                let file = self.files.entry(*file).or_default();
                let covered = |(order, _): &(usize, Change<'_>)| order < before;
                let (now, later) = core::mem::take(&mut file.waiting).into_iter().partition(covered);
                file.waiting = later;
                for (_, change) in now {
                    change.whole(&mut file.durable);
                }
            }
            Operation::SyncFolder { folder, before } => {
                let here = |order: usize, path: &Path| order < *before && path.parent() == Some(folder);
                let (now, later) = core::mem::take(&mut self.waiting)
                    .into_iter()
                    .partition(|(order, path, _)| here(*order, path));
                self.waiting = later;
                for change in now {
                    set(&mut self.durable, change);
                }
            }
            Operation::Rename(from, to) => {
                let named = self.names.get(from).copied();
                self.name(order, from, None);
                self.name(order, to, named);
            }
            Operation::Remove(path) => self.name(order, path, None),
            Operation::Said(_) => {}
        }
    }
}

fn set(names: &mut BTreeMap<PathBuf, Named>, (_, path, named): (usize, PathBuf, Option<Named>)) {
    match named {
        Some(named) => names.insert(path, named),
        None => names.remove(&path),
    };
}

impl Change<'_> {
    fn whole(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(offset, new) => write(bytes, offset, new, &mut |_| {}),
            Self::Resize(length) => bytes.resize(usize::try_from(length).unwrap_or_default(), 0),
        }
    }
}

/// Writes; `fill` gets what lies between the old end and the new bytes.
fn write(bytes: &mut Vec<u8>, offset: u64, new: &[u8], fill: &mut dyn FnMut(&mut [u8])) {
    let from = usize::try_from(offset).unwrap_or_default();
    let (old, end) = (bytes.len(), from + new.len());
    if old < end {
        bytes.resize(end, 0);
    }
    if let Some(gap) = bytes.get_mut(old..from) {
        fill(gap);
    }
    if let Some(place) = bytes.get_mut(from..end) {
        place.copy_from_slice(new);
    }
}

/// What survives, drawn.
struct Survival {
    loss: Loss,
    /// The operation that was being carried out when power was cut.
    torn: usize,
    dice: Dice,
}

impl Survival {
    fn survives(&mut self, order: usize) -> bool {
        match self.loss {
            Loss::All => false,
            Loss::Nothing => true,
            Loss::Later => order < self.torn,
            Loss::Scattered(percent) | Loss::Garbage(percent) => self.dice.chance(percent),
        }
    }

    fn apply(&mut self, bytes: &mut Vec<u8>, order: usize, change: Change<'_>) {
        let (offset, new) = match change {
            Change::Write(offset, new) => (offset, new),
            Change::Resize(_) => {
                if self.survives(order) {
                    change.whole(bytes);
                }
                return;
            }
        };
        match self.loss {
            Loss::Later if order == self.torn => {
                let part = self.dice.place(new.len() + 1);
                write(bytes, offset, new.get(..part).unwrap_or_default(), &mut |_| {});
            }
            Loss::Scattered(_) | Loss::Garbage(_) => {
                // A file may be as long as was written to it while none of the bytes are there.
                if self.dice.chance(20) {
                    let end = usize::try_from(offset).unwrap_or_default() + new.len();
                    let old = bytes.len().min(end);
                    bytes.resize(bytes.len().max(end), 0);
                    self.fill(bytes.get_mut(old..end).unwrap_or_default());
                }
                for piece in sectors(offset, new.len()) {
                    if self.survives(order) {
                        self.sector(bytes, offset, new, piece);
                    }
                }
            }
            _ => {
                if self.survives(order) {
                    change.whole(bytes);
                }
            }
        }
    }

    fn sector(&mut self, bytes: &mut Vec<u8>, offset: u64, new: &[u8], mut piece: Range<usize>) {
        if self.dice.chance(5) {
            piece.end = piece.start + self.dice.place(piece.len());
        }
        let at = offset + piece.start as u64;
        let part = new.get(piece).unwrap_or_default();
        write(bytes, at, part, &mut |gap| self.fill(gap));
    }

    fn fill(&mut self, gap: &mut [u8]) {
        if matches!(self.loss, Loss::Garbage(_)) {
            for eight in gap.chunks_mut(8) {
                let drawn = self.dice.draw().to_le_bytes();
                eight.iter_mut().zip(drawn).for_each(|(byte, any)| *byte = any);
            }
        }
    }
}

/// A write in pieces that end where sectors end.
fn sectors(offset: u64, length: usize) -> impl Iterator<Item = Range<usize>> {
    let first = usize::try_from(SECTOR - offset % SECTOR).unwrap_or(length);
    let step = usize::try_from(SECTOR).unwrap_or(length);
    let ends = std::iter::successors(Some(first), move |end| (*end < length).then_some(end + step));
    let mut from = 0;
    ends.map(move |end| {
        let piece = from..end.min(length);
        from = piece.end;
        piece
    })
}

impl Image {
    /// What a power cut leaves.
    #[must_use]
    pub fn after(recording: &Recording, cut: Cut) -> Self {
        let mut disk = Disk::default();
        for (order, operation) in recording.operations.iter().take(cut.after).enumerate() {
            disk.carry_out(order, operation);
        }
        let waiting: Vec<usize> = disk
            .waiting
            .iter()
            .map(|(order, ..)| *order)
            .chain(disk.files.values().flat_map(|file| file.waiting.iter().map(|(order, _)| *order)))
            .collect();
        let mut dice = Dice::new(cut.seed);
        let torn = waiting.get(dice.place(waiting.len())).copied().unwrap_or_default();
        let mut survival = Survival { loss: cut.loss, torn, dice };
        let mut names = disk.durable;
        for change in disk.waiting {
            if survival.survives(change.0) {
                set(&mut names, change);
            }
        }
        let mut image = Self { folders: Vec::new(), files: Vec::new() };
        for (path, named) in &names {
            let above = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
            let reached = above.into_iter().all(|above| matches!(names.get(above), Some(Named::Folder)));
            match named {
                _ if !reached => {}
                Named::Folder => image.folders.push(path.clone()),
                Named::File(_) if path.as_os_str().as_encoded_bytes().ends_with(b"-shm") => {
                    image.files.extend(shared_memory(path, &mut survival.dice));
                }
                Named::File(file) => {
                    let Some(file) = disk.files.get(file) else { continue };
                    let mut bytes = file.durable.clone();
                    for (order, change) in &file.waiting {
                        survival.apply(&mut bytes, *order, *change);
                    }
                    image.files.push((path.clone(), file.rights, bytes));
                }
            }
        }
        image
    }

    /// Writes it under a folder, which is made.
    ///
    /// # Errors
    /// When that folder cannot be written.
    pub fn lay(&self, under: &Path) -> io::Result<()> {
        fs::create_dir_all(under)?;
        for folder in &self.folders {
            fs::create_dir_all(under.join(folder))?;
        }
        for (path, rights, bytes) in &self.files {
            let path = under.join(path);
            fs::write(&path, bytes)?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&path, fs::Permissions::from_mode(*rights))?;
            }
            let _ = rights;
        }
        Ok(())
    }
}

/// SQLite's memory shared between processes is a mapped file: after a power cut it is gone, or empty, or anything.
fn shared_memory(path: &Path, dice: &mut Dice) -> Option<(PathBuf, u32, Vec<u8>)> {
    let bytes = match dice.below(3) {
        0 => return None,
        1 => Vec::new(),
        _ => (0..4096).flat_map(|_| dice.draw().to_le_bytes()).collect(),
    };
    Some((path.to_owned(), 0o644, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_of(offset: u64, bytes: &[u8]) -> Operation {
        Operation::Write { file: 0, offset, bytes: bytes.to_vec() }
    }

    fn recording(operations: &[Operation]) -> Recording {
        Recording { operations: operations.to_vec() }
    }

    fn sync_names(before: usize) -> Operation {
        Operation::SyncFolder { folder: PathBuf::new(), before }
    }

    fn create() -> Operation {
        Operation::Create { path: "a".into(), file: 0, rights: 0o644 }
    }

    #[test]
    fn what_is_synced_stays_whatever_the_dice_say() {
        let whole =
            [create(), write_of(0, &[7; 3000]), Operation::SyncFile { file: 0, before: 2 }, sync_names(3)];
        let mut more = whole.to_vec();
        more.push(write_of(3000, &[8; 3000]));
        for seed in 0..200 {
            for loss in [Loss::All, Loss::Later, Loss::Scattered(50), Loss::Garbage(10)] {
                let image = Image::after(&recording(&more), Cut { after: 5, loss, seed });
                assert_eq!(image.files[0].2.get(..3000), Some(&[7_u8; 3000][..]));
            }
        }
        let without = recording(&whole).without(|done| matches!(done, Operation::SyncFolder { .. }));
        assert!(Image::after(&without, Cut { after: 3, loss: Loss::All, seed: 1 }).files.is_empty());
    }

    /// Another thread wrote while the sync was under way: it may have missed that.
    #[test]
    fn a_sync_covers_what_was_written_before_it_was_called() {
        let operations = [
            create(),
            sync_names(1),
            write_of(0, &[7; 600]),
            write_of(600, &[8; 600]),
            Operation::SyncFile { file: 0, before: 3 },
        ];
        let image = Image::after(&recording(&operations), Cut { after: 5, loss: Loss::All, seed: 1 });
        assert_eq!(image.files[0].2, [7; 600]);
    }

    #[test]
    fn what_is_not_synced_comes_in_pieces() {
        let synced_name = [create(), sync_names(1), write_of(100, &[8; 2000])];
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let image =
                Image::after(&recording(&synced_name), Cut { after: 3, loss: Loss::Scattered(50), seed });
            seen.insert(image.files[0].2.clone());
        }
        assert!(seen.len() > 12, "{} states", seen.len());
        assert!(seen.contains(&Vec::new()) || seen.iter().any(|bytes| bytes.iter().all(|byte| *byte == 0)));
        assert_eq!(
            sectors(100, 2000).collect::<Vec<_>>(),
            [0..412, 412..924, 924..1436, 1436..1948, 1948..2000]
        );
        assert_eq!(sectors(512, 512).collect::<Vec<_>>(), vec![0..512]);
    }

    #[test]
    fn a_rename_is_two_changes() {
        let renamed = [create(), sync_names(1), Operation::Rename("a".into(), "b".into())];
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let cut = Cut { after: 3, loss: Loss::Scattered(50), seed };
            let image = Image::after(&recording(&renamed), cut);
            seen.insert(image.files.iter().map(|(path, ..)| path.clone()).collect::<Vec<_>>());
        }
        assert_eq!(seen.len(), 4, "{seen:?}");
    }
}
