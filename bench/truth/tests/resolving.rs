//! Party strings, acts and targets, most of them made up: the resolver has to place what it has never seen.
#![allow(clippy::unwrap_used, clippy::panic)]

use truceline_truth::agreement::Agreement;
use truceline_truth::coded::Signatory::{No, Unclear, Yes};
use truceline_truth::docs::{FOLDERS, root};
use truceline_truth::resolve::{Resolver, Who};
use truceline_truth::tables::Tables;
use truceline_truth::targets::read;

fn agreement() -> Agreement {
    Agreement::read(&root().join("agreements").join(FOLDERS[1])).unwrap()
}

/// `actor+actor?<commander?`: `?` is open.
fn shown(all: &[Who]) -> String {
    let one = |who: &Who| {
        let actors: Vec<&str> = who.actors.iter().map(truceline_model::ActorId::as_str).collect();
        let open = if who.open { "?" } else { "" };
        let commander = who.commander.as_ref().map(|id| format!("<{id}")).unwrap_or_default();
        let commander_open = if who.commander_open { "?" } else { "" };
        format!("{}{open}{commander}{commander_open}", actors.join("+"))
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn party_strings_resolve() {
    let (agreement, tables) = (agreement(), Tables::shipped().unwrap());
    let resolver = Resolver::new(&agreement.actors, &tables);
    let cases = [
        ("SSPDF", Yes, "sspdf"),
        ("SPLA-IG", Yes, "sspdf"),
        ("Government Forces", Yes, "government-forces"),
        ("SPLM/A-IO", Unclear, "splm-io?"),
        ("SPLA-IO (RM) soldiers", Yes, "splm-io"),
        ("Government (NSS/SSPDF)", Yes, "government-side"),
        ("NSS/SSPDF", Yes, "government-forces"),
        ("police (SSNPS)", Yes, "police"),
        ("Government of South Sudan (ITGoNU)", Yes, "government-side"),
        ("state government (Lakes)", Yes, "state-government"),
        ("county commissioner", Yes, "county-authority"),
        ("county commissioner (SPLM/A-IO)", Yes, "splm-io"),
        ("SSPDF and SPLM/A-IO", Yes, "sspdf, splm-io"),
        ("SPLM/A-IO or NAS", Yes, "nas+splm-io?"),
        ("SPLM/A-IO-aligned forces", Unclear, "affiliated-group<splm-io?"),
        ("SPLM/A-IO-affiliated forces", Yes, "affiliated-group<splm-io"),
        ("youths affiliated with the Government", No, "armed-youth<government-side"),
        ("Arrow Boys (allied to SPLM/A-IO)", Unclear, "community-militia<splm-io?"),
        ("SSPDF and allied militia", Yes, "sspdf, community-militia<sspdf"),
        ("SSPDF with armed youth", Yes, "sspdf, armed-youth"),
        ("forces of Maj Gen Somebody", Unclear, "unnamed-commander-forces?"),
        ("forces of Maj Gen Somebody (SPLM/A-IO)", Yes, "splm-io"),
        ("forces loyal to Gen Somebody", No, "unnamed-commander-forces?"),
        ("SPLM/A-IO defectors", No, "splm-io-defectors"),
        ("former SPLA soldiers", No, "former-soldiers"),
        ("SPLM/A-IO defectors who joined SSPDF", Unclear, "splm-io-defectors<sspdf?"),
        ("unknown", Unclear, "unidentified?"),
        ("unknown (SPLA soldiers accused)", Unclear, "sspdf?"),
        ("armed men in uniform", Unclear, "uniformed-men?"),
        ("unknown armed group", Unclear, "unknown-armed-group?"),
        ("armed youth from a county", No, "armed-youth"),
        ("armed youth from a county", Unclear, "armed-youth?"),
        ("armed group of the hills", No, "non-signatory-group"),
        ("opposition forces", Unclear, "opposition-unspecified?"),
        ("White Army", No, "white-army"),
    ];
    let faults: Vec<String> = cases
        .into_iter()
        .map(|(text, signatory, wanted)| (text, wanted, shown(&resolver.resolve(text, signatory))))
        .filter(|(_, wanted, found)| wanted != found)
        .map(|(text, wanted, found)| format!("{text}: expected {wanted}, found {found}"))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn targets_are_read() {
    let (agreement, tables) = (agreement(), Tables::shipped().unwrap());
    let resolver = Resolver::new(&agreement.actors, &tables);
    let cases = [
        ("civilians", "civilians"),
        ("young women", "women"),
        ("government forces", "government-forces of government-forces"),
        ("opposition forces", "armed-opposition-forces of armed-opposition"),
        ("SPLM/A-IO positions", "armed-forces of splm-io"),
        ("SPLM/A-IO area", "- on splm-io"),
        ("NSS convoy", "government-forces of nss"),
        ("soldiers", "armed-forces"),
        ("NGO vehicle", "aid-convoy"),
        ("IDP camp", "camp"),
        ("huts and grain stores", "residential-area"),
        ("a thing without a word", "-"),
    ];
    for (text, wanted) in cases {
        let struck = read(text, &resolver, &tables);
        let mut found = struck.target.unwrap_or_else(|| "-".to_owned());
        found += &struck.whose.map(|id| format!(" of {id}")).unwrap_or_default();
        found += &struck.ground.map(|id| format!(" on {id}")).unwrap_or_default();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn acts_are_read_by_code_by_word_and_by_stems() {
    let tables = Tables::shipped().unwrap();
    let cases = [
        ("attack", "attack"),
        ("sexual_violence", "sexual-violence"),
        ("mine_laying", "mine-laying"),
        ("other:beating of traders", "torture"),
        ("other:killing of a soldier", "killing"),
        ("other:forced eviction", "forced-displacement"),
        ("other:refusal to release detainees", "failure-to-release"),
        ("other:something else again", "other"),
    ];
    for (coded, wanted) in cases {
        assert_eq!(tables.act(coded).act, wanted, "{coded}");
    }
}

#[test]
fn a_claim_needs_a_fact_without_a_no() {
    let tables = Tables::shipped().unwrap();
    assert_eq!(tables.claims("movement-of-forces", "The movement was authorised"), ["movement-authorised"]);
    assert!(tables.claims("movement-of-forces", "The movement was not authorised").is_empty());
    assert!(tables.claims("detention", "They were held without a warrant").is_empty());
    assert!(tables.claims("looting", "The movement was authorised").is_empty());
}
