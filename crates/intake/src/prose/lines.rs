//! Where a line of a text ends because its writer ended it, and not because it was full.
//!
//! Notes, logs and posts put one thing on a line and no full stop behind it; wires and hard-wrapped mail break lines in the middle of
//! a sentence. A line was ended on purpose when the next one begins like an entry, when the next word would still have fitted on
//! it, or when it is longer than any width that people wrap to. Nothing is cut here; sentences only learn where they may end.

use super::tokens::{Class, Token};

/// Widest line that is taken for wrapped text.
const WRAP_LIMIT: usize = 100;
/// Narrowest line that is taken for wrapped text.
const WRAP_LEAST: usize = 44;

/// For each token, whether it begins a line that is one on purpose.
pub(crate) fn begun(tokens: &[Token]) -> Vec<bool> {
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut first = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.breaks > 0 && at > 0 {
            lines.push((first, at));
            first = at;
        }
    }
    lines.push((first, tokens.len()));
    let width = |(from, to): (usize, usize)| {
        let (a, b) =
            (tokens.get(from).map_or(0, |t| t.start), tokens.get(to.wrapping_sub(1)).map_or(0, |t| t.end));
        // Letters beside ASCII take two bytes.
        let wide = tokens.get(from).is_some_and(|t| !t.fold.is_ascii());
        b.saturating_sub(a) / if wide { 2 } else { 1 }
    };
    // A text most of which stands in lines wider than any wrapping has one line to a paragraph: each was ended on purpose.
    let sum =
        |keep: &dyn Fn(usize) -> bool| lines.iter().map(|l| width(*l)).filter(|w| keep(*w)).sum::<usize>();
    let free = sum(&|w| w > WRAP_LIMIT + 20) > sum(&|w| (WRAP_LEAST..=WRAP_LIMIT).contains(&w));
    let widest = lines.iter().map(|line| width(*line)).filter(|w| *w <= WRAP_LIMIT).max().unwrap_or(0);
    let mut out = vec![false; tokens.len()];
    for pair in lines.windows(2) {
        let [before, (from, to)] = pair else { continue };
        let length = width(*before);
        let word = tokens.get(*from).map_or(0, |t| t.end - t.start);
        // A line that ends without a mark was full a little earlier than the widest one: one line may stick out.
        let mark = tokens.get(from.wrapping_sub(1)).is_none_or(|t| !t.word());
        let slack = if mark { 0 } else { 8 };
        let full = (WRAP_LEAST..=WRAP_LIMIT).contains(&length) && length + 1 + word + slack > widest;
        if (!full || free || entry(tokens, *from, *to))
            && let Some(slot) = out.get_mut(*from)
        {
            *slot = true;
        }
    }
    out
}

/// Whether a line begins like an entry: a bullet, a number of a list, a stamp in brackets, `#`, or "Place:".
fn entry(tokens: &[Token], from: usize, to: usize) -> bool {
    let class = |at: usize| tokens.get(at).map(|t| t.class);
    let mark = matches!(class(from), Some(Class::Dash | Class::Other | Class::ParenOpen));
    let listed = class(from) == Some(Class::Number)
        && class(from + 1) == Some(Class::ParenClose)
        && tokens.get(from + 1).is_some_and(|t| t.glued);
    let header = (from + 1..to.min(from + 5)).find(|at| class(*at) == Some(Class::Colon));
    let words = header.is_some_and(|colon| (from..colon).all(|at| class(at) == Some(Class::Word)));
    mark || listed || words
}
