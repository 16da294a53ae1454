//! A desk whose store is in PostgreSQL: what others read there is in step with every act, whoever else writes in between.
#![cfg(unix)]

use crate::common::{good, text};
use crate::room::Room;
use crate::server::Server;

#[test]
fn what_others_read_is_in_step_with_every_act_at_the_desk() {
    let Some(server) = Server::start() else { return };
    let database = server.database();
    let room = Room::on(&server.place(&database, 0).address);
    let sql = |sql: &str| server.psql(&database, sql);
    let stands = || sql("SELECT behind, entries > 0 FROM truceline.derived_now");
    assert_eq!(stands(), "0|t");
    let desk = room.desk();
    for n in 1..4 {
        // By the desk, which goes on from what it derived; and by a command beside it, which begins from nothing.
        desk.open("operator", "public", &format!("i-{n}"));
        assert_eq!(stands(), "0|t", "after case {n}");
        assert_eq!(sql("SELECT count(*) FROM truceline.cases"), n.to_string());
        let file = room.dir.path().join(format!("{n}.csv"));
        let row = format!(
            "k{n},event,2016-03-09,agency-{n},shelling,2016-03-0{n}T10:00/2016-03-0{n}T11:00,{}.0,37.1,100",
            33 + n
        );
        std::fs::write(&file, format!("id,kind,known,source,act,when,lat,lon,within_m\n{row}\n")).unwrap();
        good(&["import", &text(&file), "--store", &room.store()]);
        assert_eq!(stands(), "0|t", "after import {n}");
        assert_eq!(sql("SELECT count(*) FROM truceline.incidents"), n.to_string());
    }
    desk.open("operator", "public", "i-9");
    // Derived from nothing once more it is the same: no row is written again.
    let rows = "SELECT string_agg(r.of || r.id || encode(digest, 'hex') || xmin::text, ' ' ORDER BY r.of, r.id) FROM truceline.derived_rows r";
    let before = sql(rows);
    assert!(before.contains("cases") && before.contains("incidents"), "{before}");
    good(&["project", "--store", &room.store()]);
    assert_eq!(sql(rows), before);
}
