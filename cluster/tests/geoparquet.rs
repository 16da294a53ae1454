//! What other engines read: incidents as GeoParquet by geopandas, findings as a table by pyarrow, both by an implementation that is
//! not ours.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod made;
mod running;

use std::process::Command;

use running::{Bench, mission, said};
use truceline_cluster::mission::{Mission, files_of};

/// Reads both folders and prints what it found.
const READER: &str = r#"
import json, sys
import geopandas, pyarrow.dataset, shapely
incidents, findings = sys.argv[1:]
frame = geopandas.read_parquet(incidents)
assert frame.crs.to_epsg() == 4326 or frame.crs.to_string() == "OGC:CRS84", frame.crs
assert set(frame.columns) >= {"agreement", "month", "earliest", "latest", "acts", "json"}, frame.columns
frame = frame.sort_values("row")
for at in ("earliest", "latest"):
    assert str(frame[at].dtype.tz) == "UTC", frame[at].dtype
assert ((frame["month"] == "unknown") == frame["earliest"].isna()).all()
known = frame[frame["month"] != "unknown"]
assert (known["earliest"].dt.strftime("%Y-%m") == known["month"].astype(str)).all()
table = pyarrow.dataset.dataset(findings, partitioning="hive").to_table()
lines = [json.loads(line) for line in table["line"].to_pylist()]
for column in ("incident", "version", "clause", "reading", "outcome"):
    assert [line[column] for line in lines] == table[column].to_pylist(), column
for geometry, text, acts in zip(frame.geometry, frame["json"], frame["acts"]):
    incident = json.loads(text)
    given = {(float(p["value"]["lon"]), float(p["value"]["lat"])) for p in incident["place"] if "lon" in p["value"]}
    found = set() if geometry is None else set(map(tuple, shapely.get_coordinates(geometry)))
    assert given == found, (given, found)
    assert [act["value"] for act in incident["act"]] == list(acts), acts
kinds = sorted({geometry.geom_type for geometry in frame.geometry if geometry is not None})
print(len(frame), len(set(frame["month"])), table.num_rows, " ".join(kinds))
"#;

#[test]
fn incidents_and_findings_are_read_by_others() {
    let Some(python) = std::env::var_os("TRUCELINE_PYTHON") else {
        assert!(
            std::env::var_os("TRUCELINE_REQUIRE_PYTHON").is_none(),
            "TRUCELINE_PYTHON must name a Python with geopandas and pyarrow"
        );
        return;
    };
    let bench = Bench::new();
    let read = Mission::read(&files_of(&mission("syria-2016")).unwrap()).unwrap();
    bench.export("syria-2016", &made::incidents(&read, 500, 11));
    said(&bench.judging(false, "found").output().unwrap());
    let mut reader = Command::new(python);
    reader.args(["-c", READER]).arg(bench.path("incidents")).arg(bench.path("found"));
    let told = said(&reader.output().unwrap());
    let months = 37;
    assert_eq!(
        told.trim(),
        format!("500 {months} {} MultiPoint Point", 500 * read.findings_an_incident()),
        "incidents, months and unknown, findings, kinds of geometry"
    );
}
