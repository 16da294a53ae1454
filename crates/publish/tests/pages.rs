//! The pages as readers get them.

mod support;

use support::World;
use truceline_publish::{Lang, Links, bulletin};

#[test]
fn same_view_same_bytes() {
    let world = World::new();
    for lang in Lang::ALL {
        assert_eq!(bulletin(&world.view(), lang, Links::Static), bulletin(&world.view(), lang, Links::Static));
    }
}

/// Writes the pages where `TRUCELINE_PAGES` says, to be looked at.
#[test]
fn pages_to_look_at() {
    let Some(dir) = std::env::var_os("TRUCELINE_PAGES") else { return };
    let world = World::crowded(if std::env::var_os("TRUCELINE_CROWD").is_some() { 850 } else { 12 });
    for lang in Lang::ALL {
        let path = std::path::Path::new(&dir).join(truceline_publish::file_name(lang));
        std::fs::write(path, bulletin(&world.view(), lang, Links::Static)).unwrap();
    }
}
