//! Procedures drawn at random, written out as an author would: only those that the reader of terms takes are tried.

use truceline_model::{Areas, Instant};
use truceline_sim::dice::Dice;
use truceline_terms::parse;

use super::scene::{Scene, actors, of};

const WHO: [&str; 9] = [
    "complainant",
    "respondent",
    "guarantor",
    "mission",
    "anybody",
    "russia",
    "united-states",
    "un-envoy",
    "opposition",
];

const ASKS: [&str; 8] = ["reply", "visit", "query", "referral", "remedy", "means", "notice", "follow-up"];
const ZONES: [&str; 4] = ["Asia/Damascus", "UTC", "Europe/Kyiv", "Australia/Lord_Howe"];
/// Days on which some of these zones change their clocks lie close.
const STARTS: [&str; 4] =
    ["2016-03-20T07:00:00Z", "2016-10-20T13:00:00Z", "2016-04-01T00:00:00Z", "2016-07-01T09:30:00Z"];

fn some(dice: &mut Dice, from: &[&str], most: usize) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for _ in 0..=dice.place(most) {
        let word = from[dice.place(from.len())].to_owned();
        if !all.contains(&word) {
            all.push(word);
        }
    }
    all
}

fn length(dice: &mut Dice) -> String {
    let number = 1 + dice.below(9);
    let unit = ["hours", "hours", "days", "days", "weeks", "working hours", "working days"][dice.place(7)];
    format!("{number} {unit}")
}

/// One step, of `count`; ends are `settled`, `out`, `back`, `closed`. `needy` needs means that were tried: nothing leads to it by itself.
fn step(dice: &mut Dice, n: usize, count: usize, needy: Option<usize>) -> String {
    let target = |dice: &mut Dice| match dice.place(count + 3) {
        place if place < count && place != n => format!("s{place}"),
        place => ["settled", "out", "back", "closed"][place % 4].to_owned(),
    };
    let next = if needy == Some(n + 1) { n + 2 } else { n + 1 };
    let ahead = |dice: &mut Dice| {
        if next < count && dice.chance(60) { format!("s{next}") } else { "closed".to_owned() }
    };
    let asks = if dice.chance(45) { "determination" } else { ASKS[dice.place(ASKS.len())] };
    let by = if dice.chance(50) {
        vec!["russia".to_owned(), "united-states".to_owned()]
    } else {
        some(dice, &WHO, 3)
    };
    let of = if n == 0 || dice.chance(50) {
        "opening".to_owned()
    } else {
        format!("s{}", if needy == Some(n - 1) && n > 1 { n - 2 } else { n - 1 })
    };
    let mut then = vec![ahead(dice)];
    for _ in 0..dice.place(4) {
        let one = target(dice);
        if !then.contains(&one) {
            then.push(one);
        }
    }
    let to_needy = format!("s{}", n + 1);
    if needy == Some(n + 1) && !then.contains(&to_needy) {
        then.push(to_needy);
    }
    if n + 1 == count {
        for end in ["settled", "out", "back", "closed"] {
            if !then.iter().any(|one| one == end) {
                then.push(end.to_owned());
            }
        }
    }
    // What puts a party out or takes it back is not for one of several; determining is for those who agree.
    let concurs = by.len() > 1 && dice.chance(65) || dice.chance(15);
    let may_each =
        !concurs && asks != "determination" && !then.iter().any(|one| one == "out" || one == "back");
    let each = if may_each && dice.chance(50) { " each" } else { "" };
    let silence = if next < count { format!("s{next}") } else { "closed".to_owned() };
    let mut text = format!(
        "step s{n} \"Step {n}\" asks {asks} by {}{each} within {} of {of} then {} silence {silence}",
        by.join(" "),
        length(dice),
        then.join(" ")
    );
    if concurs {
        text += &format!(" concur {} deadlock {}", by.join(" "), ahead(dice));
    }
    if dice.chance(50) {
        text += " recuse-when respondent";
        text += if dice.chance(30) { " complainant" } else { "" };
        if !concurs || dice.chance(50) {
            text +=
                &format!(" instead {}", some(dice, &["un-envoy", "mission", "united-states"], 2).join(" "));
        }
    }
    if needy == Some(n) {
        text += &format!(" needs {} means", 1 + dice.below(2));
    }
    if dice.chance(35) {
        text += &format!(" extendable {} extended-by {}", length(dice), some(dice, &WHO, 2).join(" "));
    }
    text
}

fn agreement(dice: &mut Dice) -> String {
    let count = 2 + dice.place(5);
    let mut text = format!(
        "# Drawn\n\n```terms\nagreement drawn\ntitle \"Drawn\"\nzone \"{}\"\nin-force from \"2016-02-27T00:00\"\n",
        ZONES[dice.place(4)]
    );
    text += "reading plain \"As written\"\n\
        party government-side whose-forces-are government-forces\n\
        party opposition whose-forces-are armed-opposition-forces\n\
        guarantor russia answers-for government-side\nguarantor united-states answers-for opposition\n\
        working-hours from \"08:00\" until \"16:00\" on sun mon tue wed thu\nholiday \"2016-03-21\"\n\
        gravity minor \"Minor\"\ngravity serious \"Serious\"\npersistence over 30 days determined-from 2\n```\n\n";
    text += "## Course\n\n```terms\nprocedure course \"Course\"\n";
    if dice.chance(40) {
        text += "takes fire\n";
    }
    if dice.chance(50) {
        text += &format!(
            "opened-by {}\n",
            some(dice, &["parties", "public", "mission", "russia", "opposition"], 4).join(" ")
        );
    }
    if dice.chance(50) {
        text += "opened-when persistent unmet\n";
    }
    if dice.chance(70) {
        text += &format!(
            "withdrawn-by {} then gone\n",
            some(dice, &["complainant", "complainant", "mission", "russia"], 2).join(" ")
        );
    }
    let has_withdrawal = text.contains("withdrawn-by");
    let needy = dice.chance(35).then(|| 1 + dice.place(count - 1));
    for n in 0..count {
        text += &step(dice, n, count, needy);
        text += "\n";
    }
    let reopens = |dice: &mut Dice| {
        if dice.chance(60) { format!(" reopens s{}", dice.place(count)) } else { String::new() }
    };
    text += &format!("final settled \"Settled\"{}\n", reopens(dice));
    text += &format!("final out \"Out\" excluding respondent{}\n", reopens(dice));
    text += &format!("final back \"Back\" readmitting respondent{}\n", reopens(dice));
    text += &format!("final closed \"Closed\"{}\n", reopens(dice));
    if has_withdrawal {
        text += &format!("final gone \"Withdrawn\"{}\n", reopens(dice));
    }
    text += "```\n\n";
    for clause in ["fire", "aid"] {
        text += &format!(
            "## The clause on {clause}\n\n```terms\nclause {clause} \"Clause\"\nbinds opposition\nforbids shelling with any-weapon\n```\n\n"
        );
    }
    text
}

/// So many scenes that the reader takes, and how many it did not take on the way.
pub fn scenes(seed: u64, many: usize) -> (Vec<Scene>, u32) {
    let mut dice = Dice::new(seed);
    let (actors, areas) = (actors(), Areas::default());
    let (mut all, mut refused) = (Vec::new(), 0);
    while all.len() < many {
        let text = agreement(&mut dice);
        let start = Instant::parse(STARTS[dice.place(4)]).unwrap();
        match parse(&text, &actors, &areas).terms {
            Some(terms) => {
                let mut scene = of(&format!("drawn {} of {seed}", all.len()), &terms, &actors, start);
                scene.actors.push("un-envoy".into());
                let drawn = scene.clone();
                all.push(if dice.chance(30) { drawn.that_changes(14 + dice.below(30)) } else { drawn });
            }
            None => refused += 1,
        }
        assert!(refused < 50_000, "nothing that was drawn is sound, like\n{text}");
    }
    (all, refused)
}
