//! A database on another machine, over TLS: what is spoken to, and what is not. The other machine is an address of this one's loopback, under a
//! name that only a certificate gives it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::Path;

use common::authority::Authority;
use common::server::Server;
use common::{AT, ORIGIN, rows};
use truceline_store::{Postgres, Store};

const NAME: &str = "db.example";

/// An authority that gives certificates for that name and for another.
fn authority() -> Authority {
    Authority::new(&[("named", &format!("DNS:{NAME}")), ("other", "DNS:other.example")])
}

/// The database under its name on that address.
fn far(database: &str, address: &str, name: &str, authority: &Authority) -> Postgres {
    Postgres {
        address: format!("host={name} hostaddr={address} user=truceline dbname={database}"),
        quorum: 0,
        patience_s: 20,
        project_each: false,
        authority: Some(authority.certificate()),
    }
}

fn refused(dir: &Path, place: &Postgres) -> String {
    let error = Store::create_in(dir, ORIGIN, [7; 32], place).map(drop).expect_err("refused").to_string();
    assert!(!error.contains("user=truceline"), "{error}");
    error
}

#[test]
fn a_database_elsewhere_is_spoken_to_encrypted_and_under_its_name_alone() {
    let Some(server) = Server::start() else { return };
    let (authority, stranger) = (authority(), authority());
    let address = server.listen(&authority.give("named"));
    let database = server.database();
    let place = far(&database, &address, NAME, &authority);
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create_in(dir.path(), ORIGIN, [7; 32], &place).unwrap();
    store.append(&rows(0..20)).unwrap();
    let encrypted = "SELECT count(*) || ' ' || min(version) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'truceline' AND ssl";
    assert_eq!(server.psql("postgres", encrypted), "1 TLSv1.3");
    let root = store.checkpoint(AT).unwrap().root;
    drop(store);
    // The folder knows by itself how to get there, for reading and for writing.
    let reading = Store::open_read_only(dir.path()).unwrap();
    assert_eq!(reading.last_checkpoint().unwrap().unwrap().root, root);
    drop(reading);
    assert_eq!(Store::open(dir.path()).unwrap().len().unwrap(), 20);

    let elsewhere = tempfile::tempdir().unwrap();
    let empty = server.database();
    let tried = |place: &Postgres| refused(elsewhere.path(), place);
    // An authority that did not sign, though it has the same name.
    let unknown = tried(&far(&empty, &address, NAME, &stranger));
    assert!(unknown.contains("certificate"), "{unknown}");
    // The authority's certificate for another name.
    let other_name = tried(&far(&empty, &address, "db2.example", &authority));
    assert!(other_name.contains("certificate"), "{other_name}");
    server.present(&authority.give("other"));
    let other_name = tried(&far(&empty, &address, NAME, &authority));
    assert!(other_name.contains("certificate"), "{other_name}");
    assert!(Store::open(dir.path()).is_err(), "also where it was spoken to before");
    // Who sits on the line and says that the server has no TLS is not spoken to either.
    server.set("ssl=off\n");
    server.reload();
    let clear = tried(&far(&empty, &address, NAME, &authority));
    assert!(clear.contains("does not support TLS"), "{clear}");
    assert_eq!(server.psql(&empty, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'truceline%'"), "0");
    // And back under its own certificate it is the same record.
    server.set("ssl=on\n");
    server.present(&authority.give("named"));
    let mut store = Store::open(dir.path()).unwrap();
    store.append(&rows(20..30)).unwrap();
    assert_eq!(store.verify().unwrap().entries, 30);
}

/// Primary and standbys on three machines: each link encrypted and under the primary's name.
#[test]
fn a_quorum_of_standbys_follows_over_tls() {
    let Some(primary) = Server::start() else { return };
    let authority = authority();
    // Copied while the primary has no address, or they would open on that one.
    let standbys = ["s1", "s2"].map(|name| primary.standby(name));
    let address = primary.listen(&authority.give("named"));
    let trusted = primary.keep("authority.pem", &authority.certificate());
    let from = format!("{NAME} hostaddr={address} sslmode=verify-full sslrootcert={trusted}");
    for (standby, name) in standbys.iter().zip(["s1", "s2"]) {
        standby.follow_through(&from, name);
    }
    primary.wait_for(1, "s1, s2");
    let followed = "SELECT count(*) FROM pg_stat_replication JOIN pg_stat_ssl USING (pid) WHERE ssl AND sync_state = 'quorum'";
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while primary.psql("postgres", followed) != "2" {
        assert!(std::time::Instant::now() < until, "standbys do not follow over TLS");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let database = primary.database();
    let place = Postgres { quorum: 1, ..far(&database, &address, NAME, &authority) };
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create_in(dir.path(), ORIGIN, [7; 32], &place).unwrap();
    store.append(&rows(0..50)).unwrap();
    let root = store.checkpoint(AT).unwrap().root;
    drop(store);
    // The primary is lost; the standby that has most answers under the name from its own machine.
    primary.kill();
    let [one, two] = &standbys;
    let received = |standby: &Server| {
        standby.psql("postgres", "SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn").parse::<u64>().unwrap()
    };
    let (next, behind, behind_name) =
        if received(one) >= received(two) { (one, two, "s2") } else { (two, one, "s1") };
    next.promote();
    let address = next.listen(&authority.give("named"));
    let from = format!("{NAME} hostaddr={address} sslmode=verify-full sslrootcert={trusted}");
    behind.follow_through(&from, behind_name);
    next.wait_for(1, "s1, s2");
    let moved = Postgres { quorum: 1, ..far(&database, &address, NAME, &authority) };
    let file = dir.path().join("postgres");
    let text = fs::read_to_string(&file).unwrap().replace(&place.address, &moved.address);
    fs::write(&file, text).unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!((store.len().unwrap(), store.verify().unwrap().root), (50, root));
    store.append(&rows(50..60)).unwrap();
    assert_eq!(store.verify().unwrap().entries, 60);
}
