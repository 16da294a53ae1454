//! How often the disk syncs in a second: what no durable writer who waits for each of his entries can exceed.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;
use crate::figure::{Pace, us};

/// Bytes of one write: a page.
const PAGE: usize = 4096;

/// Pages of the file that is written over and over.
const PAGES: usize = 2048;

/// Writes a page over an old one and syncs it, again and again, as a database does with its log.
pub(crate) fn over(folder: &Path, time: Duration) -> Result<Pace> {
    let mut file = File::create(folder.join("over"))?;
    for _ in 0..PAGES {
        file.write_all(&[1; PAGE])?;
    }
    file.sync_all()?;
    measure(&mut file, time, |file, count| {
        if count % PAGES == 0 {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&[2; PAGE])?;
        file.sync_data()
    })
}

/// Writes a page at the end of a file and syncs it, again and again.
pub(crate) fn longer(folder: &Path, time: Duration) -> Result<Pace> {
    let mut file = File::create(folder.join("longer"))?;
    measure(&mut file, time, |file, _| {
        file.write_all(&[3; PAGE])?;
        file.sync_all()
    })
}

fn measure(
    file: &mut File,
    time: Duration,
    mut once: impl FnMut(&mut File, usize) -> std::io::Result<()>,
) -> Result<Pace> {
    let start = Instant::now();
    let mut each = Vec::new();
    while start.elapsed() < time {
        let begun = Instant::now();
        once(file, each.len())?;
        each.push(us(begun.elapsed()));
    }
    Ok(Pace::of(each, start.elapsed()))
}
