//! Sealed names as the people around them would try them: the holder alone, the opener alone, yesterday's release, a name moved elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use truceline_record::{Digest, digest_of};
use truceline_seal::{Group, Holder, Release, SealError, new_holder, open, release, seal};
use zeroize::Zeroizing;

const NAME: &str = "Canary of Douma, 0999 123 456";
const LOG: &str = "truceline.local/test";

struct World {
    keys: Vec<Zeroizing<String>>,
    group: Group,
    opener: (Zeroizing<String>, String),
}

fn world(n: usize, open_by: u64) -> World {
    let drawn: Vec<_> = (0..n).map(|_| new_holder()).collect();
    let holders: Vec<Holder> = drawn
        .iter()
        .enumerate()
        .map(|(at, (_, public))| Holder { name: format!("holder {at}"), recipient: public.clone() })
        .collect();
    let group = Group::new(&holders, open_by).unwrap();
    World { keys: drawn.into_iter().map(|(key, _)| key).collect(), group, opener: new_holder() }
}

impl World {
    fn released(&self, sealed: &Value, request: &Digest, at: usize) -> Release {
        release(sealed, request, &self.keys[at], &self.opener.1).unwrap()
    }

    fn opened(&self, sealed: &Value, request: &Digest, releases: &[Release]) -> Result<String, SealError> {
        open(sealed, request, releases, &self.opener.0, LOG).map(|opened| opened.name.to_string())
    }
}

#[test]
fn any_two_of_three_open_and_one_does_not() {
    let world = world(3, 2);
    let sealed = seal(NAME, &world.group, LOG).unwrap();
    assert!(!sealed.to_string().contains("Canary"));
    let request = digest_of(b"request 1");
    let [a, b, c] = [0, 1, 2].map(|at| world.released(&sealed, &request, at));
    for pair in [[&a, &b], [&a, &c], [&c, &b]] {
        assert_eq!(world.opened(&sealed, &request, &pair.map(Clone::clone)).as_deref(), Ok(NAME));
    }
    let few = SealError::TooFew { have: 1, need: 2 };
    assert_eq!(world.opened(&sealed, &request, std::slice::from_ref(&a)), Err(few.clone()));
    // One holder who releases twice is one.
    let again = world.released(&sealed, &request, 0);
    assert_ne!(again, a);
    assert_eq!(world.opened(&sealed, &request, &[a.clone(), again, a]), Err(few));
}

#[test]
fn a_release_serves_its_own_request_alone() {
    let world = world(3, 2);
    let (one, two) = (seal(NAME, &world.group, LOG).unwrap(), seal("Other", &world.group, LOG).unwrap());
    let (first, second) = (digest_of(b"request 1"), digest_of(b"request 2"));
    let old = [world.released(&one, &first, 0), world.released(&one, &first, 1)];
    assert_eq!(world.opened(&one, &second, &old), Err(SealError::OtherRequest));
    // Shares of one name open no other.
    let mixed = [world.released(&one, &first, 0), world.released(&two, &first, 1)];
    assert_eq!(world.opened(&one, &first, &mixed), Err(SealError::OtherRequest));
    assert_eq!(world.opened(&two, &first, &old), Err(SealError::OtherRequest));
}

#[test]
fn nobody_but_its_holders_and_the_opener_gets_anywhere() {
    let world = world(2, 2);
    let sealed = seal(NAME, &world.group, LOG).unwrap();
    let request = digest_of(b"request");
    let (stranger, public) = new_holder();
    assert_eq!(release(&sealed, &request, &stranger, &public), Err(SealError::NotAHolder));
    let releases = [world.released(&sealed, &request, 0), world.released(&sealed, &request, 1)];
    let by = |secret: &str, log: &str| open(&sealed, &request, &releases, secret, log).map(|_| ());
    assert_eq!(by(&stranger, LOG), Err(SealError::Undecipherable));
    assert_eq!(by(&world.keys[0], LOG), Err(SealError::Undecipherable), "a holder is not the opener");
    assert_eq!(by(&world.opener.0, "truceline.local/other"), Err(SealError::Undecipherable));
    assert_eq!(by(&world.opener.0, LOG), Ok(()));
}

#[test]
fn a_sealed_name_shows_neither_its_length_nor_that_it_was_sealed_before() {
    let world = world(3, 2);
    let of = |name: &str| seal(name, &world.group, LOG).unwrap();
    // The shares are of random keys, and age pads its files at random: of all parts only the box could tell.
    let length = |name: &str| of(name)["box"].as_str().unwrap().len();
    assert_eq!(length("A"), length(&"A".repeat(400)));
    assert_ne!(of("A")["box"], of("A")["box"]);
    assert_eq!(seal("", &world.group, LOG), Err(SealError::Name));
    assert_eq!(seal(&"A".repeat(401), &world.group, LOG), Err(SealError::Name));
}

#[test]
fn a_group_in_which_one_person_could_open_is_refused() {
    let holder = |name: &str, recipient: &str| Holder { name: name.into(), recipient: recipient.into() };
    let (one, two) = (new_holder().1, new_holder().1);
    let refused = |holders: &[Holder], open_by: u64| Group::new(holders, open_by).is_err();
    assert!(refused(&[holder("a", &one), holder("b", &two)], 1));
    assert!(refused(&[holder("a", &one), holder("b", &one)], 2), "one key twice");
    assert!(refused(&[holder("a", &one), holder("a", &two)], 2), "one name twice");
    assert!(refused(&[holder("a", &one)], 2));
    assert!(refused(&[holder("a", &one), holder("b", "age1nonsense")], 2));
    assert!(!refused(&[holder("a", &one), holder("b", &two)], 2));
}

#[test]
fn hostile_sealed_names_and_releases_are_refused_without_a_panic() {
    let world = world(2, 2);
    let sealed = seal(NAME, &world.group, LOG).unwrap();
    let request = digest_of(b"request");
    let releases = [world.released(&sealed, &request, 0), world.released(&sealed, &request, 1)];
    for (path, value) in [
        ("/v", Value::from(2)),
        ("/open_by", Value::from(1)),
        ("/open_by", Value::from(u64::MAX)),
        ("/box", Value::from("AAAA")),
        ("/box", Value::Null),
        ("/shares", Value::from("x")),
        ("/shares/0/share", Value::from("!")),
        ("/shares/1/check", Value::from("00")),
    ] {
        let mut wrong = sealed.clone();
        *wrong.pointer_mut(path).unwrap() = value;
        assert!(
            open(&wrong, &request, &releases, &world.opener.0, LOG).is_err()
                || release(&wrong, &request, &world.keys[0], &world.opener.1).is_err(),
            "{path}"
        );
    }
    let false_one = Release { release: "AAAA".into(), ..releases[0].clone() };
    assert_eq!(world.opened(&sealed, &request, &[false_one]), Err(SealError::Undecipherable));
}

/// Whoever can put a release into the log could otherwise keep a source closed for good.
#[test]
fn a_false_release_keeps_no_true_ones_from_opening() {
    let world = world(3, 2);
    let sealed = seal(NAME, &world.group, LOG).unwrap();
    let (request, other) = (digest_of(b"request"), digest_of(b"other"));
    let [a, b] = [0, 1].map(|at| world.released(&sealed, &request, at));
    let elsewhere = world.released(&sealed, &other, 2);
    let cut = Release { release: a.release[..40].to_owned(), ..a.clone() };
    let foreign = Release { release: new_release_for_a_stranger(&world, &sealed, &request), ..b.clone() };
    for false_one in [&elsewhere, &cut, &foreign] {
        for releases in [[false_one, &a, &b], [&a, false_one, &b], [&a, &b, false_one]] {
            assert_eq!(world.opened(&sealed, &request, &releases.map(Clone::clone)).as_deref(), Ok(NAME));
        }
        assert!(world.opened(&sealed, &request, &[a.clone(), false_one.clone()]).is_err());
    }
}

fn new_release_for_a_stranger(world: &World, sealed: &Value, request: &Digest) -> String {
    release(sealed, request, &world.keys[1], &new_holder().1).unwrap().release
}

#[test]
fn what_could_be_no_release_is_told_without_opening_it() {
    let world = world(2, 2);
    let sealed = seal(NAME, &world.group, LOG).unwrap();
    let good = world.released(&sealed, &digest_of(b"request"), 0);
    assert_eq!(good.check(&sealed), Ok(()));
    let with = |holder: &str, release: &str| Release { holder: holder.into(), release: release.into() };
    assert_eq!(with("holder 7", &good.release).check(&sealed), Err(SealError::NotAHolder));
    for release in ["", "!", "QUJD", &good.release[2..], &"A".repeat(10_000)] {
        assert!(with("holder 0", release).check(&sealed).is_err(), "{release}");
    }
}
