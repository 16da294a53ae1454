//! Takes an agreement's Markdown apart: headings, the prose under each, and the fenced `terms` blocks.
//!
//! Knows only as much of Markdown as that: ATX headings, fences of backticks or tildes, block quotes. Never renders.

use truceline_model::Span;

use crate::diagnostic::Diagnostic;

/// One fenced `terms` block with the prose that it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block<'a> {
    /// The heading it stands under.
    pub(crate) heading: String,
    /// The prose since the heading or the block before, without quotes.
    pub(crate) prose: String,
    /// Block-quoted prose: which paragraph of the published text is restated.
    pub(crate) quoted: Option<String>,
    /// The text of the block.
    pub(crate) text: &'a str,
    /// Where the text begins in the file.
    pub(crate) offset: usize,
}

/// A span from byte offsets of the file, which is at most a few megabytes.
pub(crate) fn span(start: usize, end: usize) -> Span {
    let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span { start: narrow(start), end: narrow(end) }
}

#[derive(Default)]
struct Prose {
    text: String,
    quoted: String,
}

impl Prose {
    fn line(&mut self, line: &str) {
        let line = line.trim();
        let (into, line) = match line.strip_prefix('>') {
            Some(rest) => (&mut self.quoted, rest.trim()),
            None => (&mut self.text, line),
        };
        if line.is_empty() {
            if !into.is_empty() && !into.ends_with('\n') {
                into.push('\n');
            }
        } else {
            if !into.is_empty() && !into.ends_with('\n') {
                into.push(' ');
            }
            into.push_str(line);
        }
    }

    fn take(&mut self) -> (String, Option<String>) {
        let text = std::mem::take(&mut self.text).trim().to_owned();
        let quoted = std::mem::take(&mut self.quoted).trim().to_owned();
        (text, if quoted.is_empty() { None } else { Some(quoted) })
    }
}

/// The blocks of the file, in order. A fence that is never closed is an error and its block is left out.
pub(crate) fn blocks<'a>(markdown: &'a str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Block<'a>> {
    let mut found = Vec::new();
    let mut heading = String::new();
    let mut prose = Prose::default();
    let mut fence: Option<(char, usize, bool, usize, usize)> = None;
    let mut at = 0;
    for raw in markdown.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end();
        if let Some((mark, length, ours, opened, begins)) = fence {
            if closes(line, mark, length) {
                fence = None;
                if ours {
                    let (text, quoted) = prose.take();
                    let body = markdown.get(begins..start).unwrap_or_default();
                    let heading = heading.clone();
                    found.push(Block { heading, prose: text, quoted, text: body, offset: begins });
                }
            } else {
                fence = Some((mark, length, ours, opened, begins));
            }
            continue;
        }
        if let Some((mark, length, info)) = opens(line) {
            fence = Some((mark, length, info == "terms", start, at));
        } else if let Some(title) = title(line) {
            heading = title.to_owned();
            prose = Prose::default();
        } else {
            prose.line(line);
        }
    }
    if let Some((_, _, true, opened, begins)) = fence {
        let here = span(opened, begins.min(markdown.len()));
        diagnostics.push(
            Diagnostic::error("unclosed-block", here, "this block of terms is never closed")
                .help("end it with a line of three backticks: ```"),
        );
    }
    found
}

fn opens(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| *c == '`' || *c == '~')?;
    let rest = line.trim_start_matches(mark);
    let length = line.len() - rest.len();
    if length < 3 { None } else { Some((mark, length, rest.trim())) }
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    let line = line.trim();
    line.len() >= length && line.chars().all(|c| c == mark)
}

fn title(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let depth = line.len() - rest.len();
    if (1..=6).contains(&depth) && rest.starts_with(' ') { Some(rest.trim()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_belongs_to_the_block_below_it() {
        let text = "# A\nintro\n\n## Fire\nStop all\nattacks.\n\n> Annex, 1(b)\n\n```terms\nclause fire\n```\nafter\n";
        let mut bad = Vec::new();
        let found = blocks(text, &mut bad);
        assert!(bad.is_empty());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].heading, "Fire");
        assert_eq!(found[0].prose, "Stop all attacks.");
        assert_eq!(found[0].quoted.as_deref(), Some("Annex, 1(b)"));
        assert_eq!(&text[found[0].offset..found[0].offset + 11], "clause fire");
    }

    #[test]
    fn other_fences_are_left_alone_and_an_open_one_is_said() {
        let mut bad = Vec::new();
        assert!(blocks("```sh\n# no heading\n```\n", &mut bad).is_empty() && bad.is_empty());
        assert!(blocks("```terms\nclause x\n", &mut bad).is_empty());
        assert_eq!(bad[0].code, "unclosed-block");
    }
}
