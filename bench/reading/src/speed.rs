//! Articles a second on one core: the seeds again and again, reading and writing the line, tables and gazetteer already loaded.

use serde_json::json;

use crate::Result;
use crate::options::{Options, root};
use crate::reader::{Clock, Reader, text};
use crate::report::Report;

/// How long it goes on, in nanoseconds on the core.
const FOR: u64 = 5_000_000_000;

/// Measures.
///
/// # Errors
/// When texts or tables cannot be read.
pub fn measure(options: &Options) -> Result<Report> {
    let folder = options.data.join("seeds");
    let labels = folder.join("seeds_gold.json");
    if !labels.exists() {
        return Ok(Report::Skipped(format!("no articles at {}", folder.display())));
    }
    let gold = truceline_score::gold(&text(&labels)?, truceline_score::Limits::default())?;
    let mut articles = Vec::new();
    for document in gold.documents {
        let text = text(&folder.join(&document.name))?;
        articles.push((document.name, text, document.reference_date));
    }
    let loading = Clock::start();
    let mut reader = Reader::for_job(options, Some(&root().join("agreements/syria-2016")))?;
    let loading = loading.ns();
    let country = options.country.as_deref();
    let (clock, mut read, mut bytes, mut first) = (Clock::start(), 0_u64, 0_u64, true);
    let mut round = Vec::new();
    while clock.ns() < FOR {
        for (name, text, date) in &articles {
            let line = reader.line(name, text, date.as_deref(), country);
            read = read.saturating_add(1);
            bytes = bytes.saturating_add(u64::try_from(text.len()).unwrap_or(0));
            // The same text gives the same bytes, always; a speed at which that fails is no speed.
            if first {
                round.push(line);
            } else if !round.contains(&line) {
                return Err(format!("{name}: another reading of the same text").into());
            }
        }
        first = false;
    }
    let (ns, wall) = (clock.ns().max(1), clock.wall_ns().max(1));
    let per_second = |ns: u64| u64::try_from(u128::from(read) * 1_000_000_000 / u128::from(ns)).unwrap_or(0);
    let kib = u64::try_from(u128::from(bytes) * 1_000_000_000 / u128::from(ns) / 1024).unwrap_or(0);
    let mean = bytes.checked_div(read).unwrap_or(0);
    let micro = (ns / 1000).checked_div(read).unwrap_or(0);
    let text = format!(
        "{} articles a second on one core ({} on the wall), {micro} us an article of {mean} bytes, {kib} KiB a second; {read} read; \
         tables, gazetteer and mission loaded in {} ms\n",
        per_second(ns),
        per_second(wall),
        loading / 1_000_000
    );
    let json = json!({ "articles_a_second": per_second(ns), "articles_a_second_on_the_wall": per_second(wall),
        "microseconds_an_article": micro, "mean_bytes": mean, "kib_a_second": kib, "read": read, "loading_ms": loading / 1_000_000 });
    Ok(Report::Done { text, json })
}
