//! A bundle: everything that a stranger needs to check one bulletin without us, without the store and without a network.
//!
//! ```text
//! bundle.json       which bulletin, and length and SHA-256 of every other file
//! checkpoint        the log as it was signed and cosigned; it covers the bulletin's entry
//! checkpoints/SIZE  the log's checkpoint that the bulletin's pages name
//! cosigned/SIZE     earlier cosigned checkpoints: by them new witnesses came to count, and no entry is older than it says
//! log.pub           the log's key: worth something only to whoever has it from elsewhere too
//! tile/…            entries and tree, as static files (C2SP tlog-tiles)
//! object/ab/abcd…   what entries refer to, by SHA-256
//! bulletin/NAME     the frozen files
//! ```
//!
//! A folder, or the same in one tape archive. No other name is read, so that none leads anywhere else.

#[cfg(test)]
mod every_byte;
mod files;
mod list;
mod log;
pub(crate) mod make;
mod replay;
mod tar;
pub(crate) mod verify;

use truceline_record::{Digest, TilePath};

use crate::bulletins::is_file_name;

/// The list of all files.
pub(crate) const LIST: &str = "bundle.json";

/// What a name in a bundle stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    List,
    Checkpoint,
    Cosigned(u64),
    CheckpointOver(u64),
    Key,
    Tile(TilePath),
    Object(Digest),
    Frozen(String),
}

impl Part {
    /// Its one name.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::List => LIST.to_owned(),
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Cosigned(size) => format!("cosigned/{size}"),
            Self::CheckpointOver(size) => format!("checkpoints/{size}"),
            Self::Key => "log.pub".to_owned(),
            Self::Tile(path) => path.to_string(),
            Self::Object(digest) => {
                let name = digest.to_string();
                format!("object/{}/{name}", name.get(..2).unwrap_or_default())
            }
            Self::Frozen(name) => format!("bulletin/{name}"),
        }
    }

    /// What a name stands for; `None` for any that no part has.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let read = match name.split_once('/') {
            None => match name {
                LIST => Self::List,
                "checkpoint" => Self::Checkpoint,
                "log.pub" => Self::Key,
                _ => return None,
            },
            Some(("cosigned", size)) => Self::Cosigned(size.parse().ok()?),
            Some(("checkpoints", size)) => Self::CheckpointOver(size.parse().ok()?),
            Some(("tile", _)) => Self::Tile(name.parse().ok()?),
            Some(("object", rest)) => Self::Object(rest.split_once('/')?.1.parse().ok()?),
            Some(("bulletin", file)) if is_file_name(file) => Self::Frozen(file.to_owned()),
            Some(_) => return None,
        };
        // What does not write back as itself is another spelling, and none is read.
        (read.name() == name).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_one_spelling_and_none_leads_out() {
        let digest = truceline_record::digest_of(b"x");
        for part in [
            Part::List,
            Part::Checkpoint,
            Part::Key,
            Part::Cosigned(7),
            Part::CheckpointOver(0),
            Part::Tile("tile/entries/x001/234.p/7".parse().unwrap()),
            Part::Object(digest),
            Part::Frozen("bulletin.ar.html".to_owned()),
        ] {
            assert_eq!(Part::parse(&part.name()), Some(part));
        }
        let object = Part::Object(digest).name();
        for wrong in [
            "",
            "/checkpoint",
            "./checkpoint",
            "../checkpoint",
            "checkpoint/",
            "cosigned/07",
            "cosigned/+7",
            "cosigned/../x",
            "checkpoints/x",
            "tile/../../etc/passwd",
            "bulletin/../x",
            "bulletin/a/b",
            "bulletin/.x",
            "bulletin/",
            "log.key",
            &object.to_uppercase(),
            &object.replacen("object/", "object/x", 1),
            &object.replacen("object/", "object//", 1),
        ] {
            assert_eq!(Part::parse(wrong), None, "{wrong}");
        }
    }
}
