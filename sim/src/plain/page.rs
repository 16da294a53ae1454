//! The written policy, read from the page that people read.

use std::collections::BTreeSet;

use truceline_casework::case::Role;

/// Who may do what in which phase, as `docs/authority.md` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    rows: BTreeSet<(String, String, String)>,
}

impl Page {
    /// Reads the table whose first heading is `action`: action, phases, roles, why.
    #[must_use]
    pub fn read(markdown: &str) -> Self {
        let table = markdown.lines().skip_while(|line| !line.starts_with("| action |")).skip(2);
        let mut rows = BTreeSet::new();
        for line in table.take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [action, phases, roles, _] = cells.as_slice() else { continue };
            for phase in phases.split(", ") {
                for role in roles.split(", ") {
                    rows.insert(((*action).to_owned(), phase.to_owned(), role.to_owned()));
                }
            }
        }
        Self { rows }
    }

    /// Whether the page lets somebody with that role do it.
    #[must_use]
    pub fn allows(&self, role: Role, action: &str, phase: &str) -> bool {
        self.rows.contains(&(action.to_owned(), phase.to_owned(), role.as_str().to_owned()))
    }
}
