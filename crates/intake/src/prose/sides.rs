//! Both sides of a clash: who fought whom is told by "between", "with", "against", "exchanged"; both took part, none is its target.

use super::Field;
use super::frames::Frame;
use super::incidents::Act;
use super::lexicon::Tag;
use super::nouns::{Sort, over};
use super::page::Page;
use super::tokens::Class;

impl Frame<'_, '_> {
    /// Both sides of a clash: "between A and B", "A clashed with B", "A and B exchanged fire".
    pub(super) fn sides(&mut self, act: &Act) {
        let page = self.page;
        let end = self.group.sentence.1;
        if !act.noun || exchanged(page, act.tag) {
            let verb = if act.noun { exchange(page, act.tag).unwrap_or(act.tag.from) } else { act.tag.from };
            for phrase in self.subjects(verb) {
                if matches!(phrase.sort, Sort::Force | Sort::People) && !phrase.owner {
                    self.put(Field::Actor, phrase.from, phrase.to, None);
                }
            }
        }
        let lead = (act.tag.to..end.min(act.tag.to + 14))
            .find(|at| page.token(*at).any(&["between", "with", "against", "among", "involving"]));
        let from = if act.noun { lead } else { lead.or(Some(act.tag.to)) };
        let Some(from) = from else { return };
        let mut at = from;
        while at < end.min(from + 45) {
            if let Some(mention) = page.mention_from(at).filter(|m| m.acts() && m.to <= end) {
                let (from, to) = (mention.from, mention.to);
                self.mentioned(from, to);
                at = to;
                continue;
            }
            if let Some(phrase) = over(&self.all, at).filter(|p| p.from == at).copied() {
                let own = page.mentions_in(phrase.from, phrase.to).any(super::entities::Mention::acts);
                if !own && matches!(phrase.sort, Sort::Force | Sort::People) && !phrase.owner {
                    self.put(Field::Actor, phrase.from, phrase.to, None);
                }
                at = if own { at + 1 } else { phrase.to };
                continue;
            }
            let token = page.token(at);
            if token.any(&["backed", "supported", "aided", "assisted", "led"]) {
                // Who stands behind a side is no side.
                at = (at..end)
                    .find(|i| {
                        page.token(*i).class == Class::Comma || page.token(*i).any(&["against", "with"])
                    })
                    .unwrap_or(end);
                continue;
            }
            let ends = token.any(&[
                "in", "near", "on", "at", "outside", "around", "when", "after", "amid", "along", "during",
                "over", "inside",
            ]) || matches!(token.class, Class::Semicolon | Class::Stop);
            if ends && at > from {
                break;
            }
            at += 1;
        }
    }

    /// An actor that is a mention, with what the registry says of it.
    fn mentioned(&mut self, from: usize, to: usize) {
        let page = self.page;
        let Some(mention) = page.mention_from(from) else { return };
        let value = mention.value(page);
        self.put(Field::Actor, from, to, None);
        if let Some(own) =
            self.fields.get_mut(&Field::Actor).and_then(|all| all.iter_mut().find(|v| v.span == value.span))
        {
            *own = value;
        }
    }
}

/// Where "exchanged" stands before an act, if it does.
fn exchange(page: &Page<'_>, tag: Tag) -> Option<usize> {
    (tag.from.saturating_sub(6)..tag.from)
        .rev()
        .find(|at| page.token(*at).any(&["exchanged", "exchange", "traded", "exchanging"]))
}

/// "Exchanged artillery fire": done by both sides.
pub(super) fn exchanged(page: &Page<'_>, tag: Tag) -> bool {
    exchange(page, tag).is_some() || page.token(tag.to).any(&["exchange", "exchanges"])
}
