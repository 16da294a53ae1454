//! Publishing: from a frozen view of the record to the bulletin in English, Arabic and Russian, its pages, GeoJSON,
//! findings and incident lines.
//!
//! Same view, same bytes. Reads no clock, file or environment; decides nothing: outcomes, ranges, states and comparisons
//! come in the view and are only put into words. The words are the machine's: it finds (*prohibited*, *not prohibited*,
//! *not covered*, *undetermined*) and leaves determinations to the people whom the agreement names.
#![forbid(unsafe_code)]

mod asides;
mod bulletin;
mod clauses;
mod difference;
mod dossier;
mod duties;
mod explanation;
mod findings;
mod geojson;
mod incident;
mod incident_file;
mod lang;
mod links;
mod list;
mod map;
mod matrix;
mod page;
mod paper;
mod patterns;
mod plainly;
pub mod protect;
mod publication;
mod questions;
mod rivals;
mod safe;
mod screen;
pub mod standards;
mod status;
mod timeline;
mod told;
mod truce;
pub mod view;
mod vocabulary;
mod words;

pub use bulletin::{bulletin, clause_page, explanation_page, incident_page, status_page};
pub use difference::{Parting, parting};
pub use dossier::{
    DossierProof, Given, Inclusion, dossier_file_name, dossier_json, dossier_page, referral_page,
};
pub use duties::{duties_file_name, duties_page};
pub use explanation::{Explanation, Node, Part, explanation, explanations};
pub use findings::{SOFTWARE, finding_line, findings_jsonl, inputs_digest};
pub use geojson::{incident_features, incidents_geojson};
pub use incident_file::incident_json;
pub use lang::Lang;
pub use links::{Links, file_name};
pub use page::content_policy;
pub use paper::{Paper, paper};
pub use plainly::{ClauseWords, Saying, clause_words, condition_words};
pub use publication::{PublicationView, with_publication, without_publication};
pub use questions::step_words;
pub use safe::clean;
pub use screen::Screen;
pub use told::Teller;
pub use view::{Summary, View};
pub use vocabulary::vocabulary;
