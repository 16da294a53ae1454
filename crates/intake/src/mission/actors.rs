//! `actors.csv`: parties, umbrellas and their members by date.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::area::fold;
use truceline_model::{Actor, ActorId, ActorKind, Actors, Interval, Membership, Zone};

use super::{MissionFault, Table, by_language, parts, text, window};
use crate::nearest::did_you_mean;
use crate::refusal::{Fault, quote};

const KINDS: [(&str, ActorKind); 6] = [
    ("party", ActorKind::Party),
    ("umbrella", ActorKind::Umbrella),
    ("group", ActorKind::Group),
    ("state", ActorKind::State),
    ("force", ActorKind::Force),
    ("unspecified", ActorKind::Unspecified),
];

/// Reads `actors.csv`: `id,kind,side,member_of,name_en,name_ar,name_ru,aliases,note,source`.
///
/// `member_of` is `id`, or `id@from/to` with bare days local to `zone`, either end left out when it is open; several are
/// parted by `;`. `side`, `note` and `source` are for people and are not read.
///
/// # Errors
/// Every fault: an id twice, a kind that is none, a membership of nobody, a name that two actors bear.
pub fn actors(bytes: &[u8], zone: &Zone) -> Result<Actors, Vec<MissionFault>> {
    let mut table = Table::read("actors.csv", bytes, &["id", "kind", "member_of", "name_en", "aliases"]);
    let rows = std::mem::take(&mut table.rows);
    let (mut all, mut seen, mut names) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    for (row, cells) in &rows {
        let Some(id) = table.id(*row, cells, &mut seen) else { continue };
        let word = text(cells, "kind");
        let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word) else {
            let words = KINDS.map(|(name, _)| name);
            let say = format!("a kind is one of {}{}", words.join(", "), did_you_mean(word, words));
            table.cell_fault(Fault::Word, *row, "kind", word, say);
            continue;
        };
        let member_of = memberships(&mut table, *row, text(cells, "member_of"), zone);
        let actor = Actor {
            id: ActorId::new(&id),
            kind: *kind,
            member_of,
            names: by_language(cells, "name"),
            aliases: parts(text(cells, "aliases")).map(str::to_owned).collect(),
        };
        unshared(&mut table, *row, &actor, &mut names);
        all.push(actor);
    }
    for ((row, cells), id) in rows.iter().flat_map(|r| parts(text(&r.1, "member_of")).map(move |p| (r, p))) {
        let id = id.split('@').next().unwrap_or_default();
        if !seen.contains(id) {
            let say = format!(
                "{} is no id of this file{}",
                quote(id),
                did_you_mean(id, seen.iter().map(String::as_str))
            );
            table.cell_fault(Fault::Id, *row, "member_of", text(cells, "member_of"), say);
        }
    }
    table.finish(Actors::new(all))
}

fn memberships(table: &mut Table, row: u64, cell: &str, zone: &Zone) -> Vec<Membership> {
    let mut out = Vec::new();
    for part in parts(cell) {
        let (of, during) = match part.split_once('@') {
            None => (part, Ok(Interval::ALWAYS)),
            Some((of, span)) => {
                let (from, to) = span.split_once('/').unwrap_or((span, ""));
                (of, window(zone, from.trim(), to.trim()))
            }
        };
        match during {
            Ok(during) => out.push(Membership { of: ActorId::new(of.trim()), during }),
            Err(error) => table.cell_fault(Fault::Date, row, "member_of", part, error.say),
        }
    }
    out
}

/// A name that two actors bear would give one the other's deeds.
fn unshared(table: &mut Table, row: u64, actor: &Actor, names: &mut BTreeMap<String, ActorId>) {
    let own: BTreeSet<(String, &String)> =
        actor.names.values().chain(&actor.aliases).map(|name| (fold(name), name)).collect();
    for (folded, name) in own {
        match names.get(&folded) {
            Some(other) if *other != actor.id => {
                let say =
                    format!("{other} bears the name {} already; a name belongs to one actor", quote(name));
                table.cell_fault(Fault::Id, row, "aliases", name, say);
            }
            _ => {
                names.insert(folded, actor.id.clone());
            }
        }
    }
}
