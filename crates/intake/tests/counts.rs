//! Figures, dates and Arabic incidents, by sentences of our own: one for each way of saying it, and what must hold of any text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use std::sync::OnceLock;

use proptest::prelude::*;
use tables::{lexicons, slice, tables};
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Proposal};

/// On a Wednesday, 16 June 2021.
fn read(text: &str) -> Vec<Proposal> {
    let document = Document { name: "t", text, date: Day::parse("2021-06-16"), country: None };
    prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none()).proposals
}

fn bounds(text: &str, field: Field) -> Vec<String> {
    let all = read(text);
    let values = all.iter().flat_map(|p| p.fields.get(&field)).flatten();
    values.map(|v| v.bounds.unwrap().to_string()).collect()
}

fn words<'t>(text: &'t str, all: &[Proposal], field: Field) -> Vec<&'t str> {
    all.iter().flat_map(|p| p.fields.get(&field)).flatten().map(|v| slice(text, v)).collect()
}

/// Killed, wounded, as they are to be read from each sentence.
fn are(cases: &[(&str, &[&str], &[&str])]) {
    for (text, killed, wounded) in cases {
        assert_eq!(bounds(text, Field::Killed), *killed, "killed: {text}");
        assert_eq!(bounds(text, Field::Wounded), *wounded, "wounded: {text}");
    }
}

#[test]
fn english_says_the_dead_in_many_ways() {
    are(&[
        ("A rocket strike on Orvel left 12 dead and 30 injured.", &["12"], &["30"]),
        ("Shelling in Orvel resulted in the death of two farmers.", &["2"], &[]),
        ("The attack on Orvel claimed the lives of three farmers.", &["3"], &[]),
        ("The attack on Orvel claimed eleven lives.", &["11"], &[]),
        ("Two men were killed and one wounded by shelling in Orvel.", &["2"], &["1"]),
        ("Clashes near Orvel killed 7 army and militia fighters.", &["7"], &[]),
        ("Gunmen shot dead a man in Orvel.", &["1"], &[]),
        ("Three gunmen shot and killed a tax collector in Orvel.", &["1"], &[]),
        ("Gunmen assassinated with a rifle two guards in Orvel.", &["2"], &[]),
        ("A former sergeant was killed by a mine near Orvel.", &["1"], &[]),
        ("One of the guards was killed in the raid on Orvel.", &["1"], &[]),
        ("A doctor and his wife were killed by shelling in Orvel.", &["1", "1"], &[]),
        ("An 11-year-old boy was killed by shelling in Orvel.", &["1"], &[]),
        ("The bodies of four herders were found near Orvel after the attack.", &["4"], &[]),
        ("A dozen people died in the bombing of Orvel.", &["12"], &[]),
        ("Two dozen people died in the bombing of Orvel.", &["24"], &[]),
        ("Scores of people were killed in the bombing of Orvel.", &[">=40"], &[]),
        ("Between 5 and 7 people were killed by shelling in Orvel.", &["5-7"], &[]),
        ("Shelling in Orvel killed either 2 or 3 guards.", &["2-3"], &[]),
        ("Shelling of Orvel: 16 dead / 400+ injured.", &["16"], &[">=400"]),
        ("The toll of the shelling of Orvel rose from 12 to 27.", &["27"], &[]),
        ("Three of them were killed in the shelling of Orvel.", &["3"], &[]),
        ("Raiders hacked two herders to death in Orvel.", &["2"], &[]),
        ("The force lost 3 soldiers in clashes near Orvel.", &["3"], &[]),
        ("Man killed by shelling in Orvel.", &["1"], &[]),
        ("Clashes in Orvel. 5 fatalities.", &["5"], &[]),
    ]);
}

#[test]
fn nobody_hurt_is_said_and_not_guessed() {
    are(&[
        ("Shelling hit Orvel; there were no casualties.", &["0"], &["0"]),
        ("Shelling hit Orvel without causing any casualties.", &["0"], &["0"]),
        ("Shelling hit Orvel. Neither deaths nor injuries came of it.", &["0"], &["0"]),
        ("Shelling hit a school in Orvel; there are no reports of casualties.", &[], &[]),
        ("Shelling hit a school in Orvel; no further casualties are known.", &[], &[]),
        ("قصف مدفعي على بلدة الأورفل دون تسجيل إصابات.", &["0"], &["0"]),
        ("При обстреле Орвела жертв нет.", &["0"], &["0"]),
        ("Внаслідок обстрілу Орвела ніхто не постраждав.", &["0"], &["0"]),
    ]);
}

#[test]
fn what_is_no_figure_of_the_dead() {
    are(&[
        ("Shelling in Orvel killed and wounded 20 people.", &[], &[]),
        ("More than 20 casualties were reported after the shelling of Orvel.", &[], &[]),
        ("Several people were killed by shelling in Orvel.", &[], &[]),
        ("Gunmen tried to kill two guards in Orvel.", &[], &[]),
        ("The 5th Corps shelled Orvel; some were killed.", &[], &[]),
        ("Raiders took 12 hostages and claimed three villages near Orvel.", &[], &[]),
        (
            "At least 5 people, including 3 girls and an old man, were killed by shelling in Orvel.",
            &[">=5"],
            &[],
        ),
        ("Two people, including one guard and one driver, were killed by shelling in Orvel.", &["2"], &[]),
        ("More than 30 people were killed in Orvel; two medics were among the dead.", &[">30"], &[]),
        ("تسبب القصف على الأورفل بسقوط 7 مدنيين بين قتيل وجريح.", &[], &[]),
        ("أدى قصف الأورفل إلى مقتل وإصابة 9 مدنيين.", &[], &[]),
    ]);
}

#[test]
fn a_convention_is_no_count() {
    let text = "Clashes near Orvel. Fatalities of unknown size, coded at 14, are divided: Orvel 9, Tamar 5.";
    assert_eq!(bounds(text, Field::Killed), ["14", "9", "5"]);
    let all = read(text);
    let hedges: Vec<_> = all.iter().flat_map(|p| p.fields.get(&Field::Hedge)).flatten().collect();
    assert!(hedges.iter().any(|h| h.norm.as_deref() == Some("assumed")), "{hedges:?}");
}

#[test]
fn arabic_counts_by_figure_singular_and_dual() {
    are(&[
        ("استشهاد مدني وإصابة ثلاثة أطفال بقصف مدفعي على قرية الأورفل.", &["1"], &["3"]),
        ("شهيد و3 جرحى بغارة على بلدة الأورفل.", &["1"], &["3"]),
        ("ارتقاء شهيدين بقصف على بلدة الأورفل.", &["2"], &[]),
        ("مقتل طفلين وجرح امرأة بانفجار لغم في الأورفل.", &["2"], &["1"]),
        ("قصف الأورفل أودى بحياة ٥ أشخاص.", &["5"], &[]),
        ("غارة على الأورفل راح ضحيتها خمسة مدنيين.", &["5"], &[]),
        ("لقي سبعة أشخاص حتفهم في قصف الأورفل.", &["7"], &[]),
        ("ارتفعت حصيلة القتلى في قصف الأورفل إلى 23 شخصاً.", &["23"], &[]),
        ("أوقع القصف ١٤ قتيلاً على الأقل في بلدة الأورفل.", &[">=14"], &[]),
        ("قُتل أكثر من خمسة وعشرين شخصاً بقصف الأورفل.", &[">25"], &[]),
        ("قتل رجل وزوجته بقصف على بلدة الأورفل.", &["1", "1"], &[]),
        ("مقتل مدنيين اثنين بقصف على بلدة الأورفل.", &["2"], &[]),
        ("سقط عشرات الجرحى وقُتل ما لا يقل عن 12 شخصاً في قصف الأورفل.", &[">=12"], &["dozens"]),
        ("5 شهداء بينهم طفلان وامرأة بقصف على بلدة الأورفل.", &["5"], &[]),
    ]);
}

#[test]
fn russian_and_ukrainian_count_too() {
    are(&[
        ("При обстреле Орвела погибли не менее 14 человек, ещё 52 ранены.", &[">=14"], &["52"]),
        ("При обстреле Орвела погибли от 5 до 7 мирных жителей.", &["5-7"], &[]),
        ("В Орвеле убит мирный житель и ранены двое детей.", &["1"], &["2"]),
        ("Число погибших при обстреле Орвела выросло с 12 до 38.", &["38"], &[]),
        ("Обстрел Орвела унёс жизни троих человек.", &["3"], &[]),
        ("Внаслідок обстрілу Орвела загинули понад 40 людей.", &[">40"], &[]),
        ("Внаслідок обстрілу Орвела загинув чоловік, двоє дітей поранені.", &["1"], &["2"]),
    ]);
}

#[test]
fn days_in_four_languages() {
    for (text, said, day) in [
        ("Shelling hit a school in Orvel on 3/4/2016.", "3/4/2016", None),
        ("Shelling hit a school in Orvel on 06/15/2021.", "06/15/2021", Some("2021-06-15")),
        ("Shelling hit a school in Orvel on the evening of 3 May.", "evening of 3 May", Some("2021-05-03")),
        (
            "Shelling hit a school in Orvel today, Wednesday, 16 June.",
            "today, Wednesday, 16 June",
            Some("2021-06-16"),
        ),
        (
            "قصف مدفعي على مدرسة في بلدة الأورفل اليوم الأربعاء 16 حزيران.",
            "اليوم الأربعاء 16 حزيران",
            Some("2021-06-16"),
        ),
        ("قصف مدفعي على مدرسة في بلدة الأورفل مساء الخميس.", "مساء الخميس", Some("2021-06-10")),
        ("قصف مدفعي على مدرسة في بلدة الأورفل قبل ثلاثة أيام.", "قبل ثلاثة أيام", Some("2021-06-13")),
        ("قصف مدفعي على مدرسة في بلدة الأورفل صباح أمس.", "صباح أمس", Some("2021-06-15")),
        ("Обстрел школы в Орвеле 03.04.2016, погибли двое.", "03.04.2016", Some("2016-04-03")),
        ("Накануне при обстреле школы в Орвеле погибли двое.", "Накануне", Some("2021-06-15")),
        ("Учора внаслідок обстрілу Орвела загинули двоє.", "Учора", Some("2021-06-15")),
    ] {
        let all = read(text);
        let value = all.iter().flat_map(|p| p.fields.get(&Field::When)).flatten().next().expect(text);
        assert_eq!((slice(text, value), value.norm.as_deref()), (said, day), "{text}");
    }
}

#[test]
fn arabic_tells_who_behind_the_act() {
    for (text, actor, target) in [
        (
            "استهدفت قوات النظام بقذائف المدفعية منازل المدنيين في بلدة الأورفل.",
            "قوات النظام",
            "منازل المدنيين",
        ),
        ("قصف مدفعي لقوات النظام على مدرسة في بلدة الأورفل.", "لقوات النظام", "مدرسة"),
        ("غارات روسية على سوق في بلدة الأورفل.", "روسية", "سوق"),
        ("غارات جوية شنتها طائرات حربية روسية على مخيم قرب بلدة الأورفل.", "طائرات حربية روسية", "مخيم"),
        ("قصف من قبل الجيش التركي استهدف مواقع قسد في قرية الأورفل.", "الجيش التركي", "مواقع قسد"),
    ] {
        let all = read(text);
        assert_eq!(words(text, &all, Field::Actor).first(), Some(&actor), "{text}");
        assert_eq!(words(text, &all, Field::Target).first(), Some(&target), "{text}");
    }
    let text = "قصفت طائرات حربية بلدة الأورفل.";
    let all = read(text);
    assert_eq!(all[0].sub, "air_strike");
    assert_eq!(words(text, &all, Field::Where), ["بلدة الأورفل"]);
    let denied = "قالت قسد إن قواتها لم تقصف مدرسة في بلدة الأورفل.";
    assert!(read(denied).iter().all(|p| p.sub != "shelling"), "{denied}");
}

/// Words of the tables of numbers, by language.
fn number_words() -> &'static Vec<String> {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut all = Vec::new();
        for (_, bytes) in tables().iter().filter(|(name, _)| name.ends_with("numbers.csv")) {
            for line in std::str::from_utf8(bytes).unwrap().lines().skip(1) {
                let words = line.split(',').next().unwrap_or_default();
                all.extend(words.split(['|', '/', ' ']).map(|w| w.trim_end_matches('*').to_lowercase()));
            }
        }
        all.retain(|w| !w.is_empty());
        all
    })
}

fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "killed",
        "wounded",
        "people",
        "were",
        "and",
        "at least",
        "children",
        "of them",
        "dead",
        "toll",
        "fatalities",
        "coded as",
        "unknown",
        "bodies of",
        "found",
        "dozens of",
        "in Orvel",
        ",",
        ".",
        "between",
        "three",
        "a man",
        "including",
        "shelling",
        "split",
        "on 3 May",
        "2019",
        "aged",
        "قتل",
        "شهداء",
        "مدنيين",
        "وإصابة",
        "طفلين",
        "على الأقل",
        "погибли",
        "человек",
        "не менее",
        "от",
        "до",
        "ранены",
        "загинули",
    ]);
    prop_oneof![4 => words.prop_map(str::to_owned), 1 => (0_u32..3000).prop_map(|n| n.to_string())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A figure above two stands in its span, in digits or in a word of the tables; smaller ones may be said by a noun.
    #[test]
    fn no_figure_without_its_words(pieces in prop::collection::vec(piece(), 1..30)) {
        let text = pieces.join(" ");
        for proposal in read(&text) {
            for value in [Field::Killed, Field::Wounded].iter().flat_map(|f| proposal.fields.get(f)).flatten() {
                let said = slice(&text, value).to_lowercase();
                let bounds = value.bounds.expect("a figure has bounds");
                if bounds.min > 2 || bounds.max.is_some_and(|max| max > 2) {
                    let digits = said.chars().any(char::is_numeric);
                    prop_assert!(digits || number_words().iter().any(|w| said.contains(w)), "{said:?} in {text:?}");
                }
                if let Some(number) = said.split(|c: char| !c.is_ascii_digit()).filter(|d| !d.is_empty()).max_by_key(|d| d.len())
                    && bounds.max == Some(bounds.min) && bounds.min > 2 && !said.contains(' ')
                {
                    prop_assert_eq!(number, bounds.min.to_string(), "{}", text);
                }
            }
        }
    }
}
