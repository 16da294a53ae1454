//! Wordings held against one another: how much of what is surprising they share, and whether one is a near copy of the other.
//!
//! Sees marks only, never a word. What two texts share speaks for one event as far as it is seldom said; near copies are one
//! account through several mouths. Integers only; the order of the two never shows.

use std::cmp::Ordering;

use truceline_model::{Mark, Wording};

/// So many marks are needed before two wordings can be called near copies: short ones agree by chance.
pub(crate) const COPY_MARKS: usize = 12;
/// Of the shorter one's marks, near copies share so many in a hundred.
const COPY_SHARE: u64 = 80;

/// The surprise of what both hold, in thousandths of a doubling.
pub(crate) fn shared(a: &[Mark], b: &[Mark]) -> u64 {
    let mut sum = 0;
    meet(a, b, |mark| sum += u64::from(mark.surprise));
    sum
}

/// How large a part of the marks of two texts both hold, in hundredths: of each mark the square of its surprise counts, and the part
/// is taken of the mean of both texts. One text's every word in another of four times its size is a half.
pub(crate) fn part_shared(a: &[Mark], b: &[Mark]) -> u64 {
    let square = |mark: &Mark| u64::from(mark.surprise) * u64::from(mark.surprise);
    let all = |marks: &[Mark]| marks.iter().map(square).sum::<u64>();
    let mut both = 0;
    meet(a, b, |mark| both += square(&mark));
    // The root of a product of two sums is the product of their roots; rounded down alike whichever comes first.
    let mean = all(a).isqrt() * all(b).isqrt();
    (both * 100).checked_div(mean).unwrap_or(0)
}

fn meet(a: &[Mark], b: &[Mark], mut both: impl FnMut(Mark)) {
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        match x.hash.cmp(&y.hash) {
            Ordering::Less => drop(left.next()),
            Ordering::Greater => drop(right.next()),
            Ordering::Equal => {
                both(Mark { hash: x.hash, surprise: x.surprise.min(y.surprise) });
                left.next();
                right.next();
            }
        }
    }
}

/// Whether one is the other with a few words changed.
pub(crate) fn near_copies(a: &Wording, b: &Wording) -> bool {
    let (few, many) = (a.words().len().min(b.words().len()), a.words().len().max(b.words().len()));
    // A round-up that holds a whole short report is no copy of it.
    if few < COPY_MARKS || few * 2 < many {
        return false;
    }
    let mut both: u64 = 0;
    meet(a.words(), b.words(), |_| both += 1);
    both * 100 >= u64::try_from(few).unwrap_or(u64::MAX).saturating_mul(COPY_SHARE)
}

/// So many prints are taken of a wording.
const PRINTS: u64 = 6;

/// Numbers of which two near copies nearly always share one, and others hardly ever: the least of the marks under six mixings. With one
/// word of forty changed, one print in ten differs; with a fifth of the words changed, one in three: one pair in seven hundred shares
/// none. None of a short wording.
pub(crate) fn prints(wording: &Wording) -> Vec<u64> {
    let marks = wording.words();
    if marks.len() < COPY_MARKS {
        return Vec::new();
    }
    let least = |salt: u64| marks.iter().map(|mark| mix(u64::from(mark.hash) ^ mix(salt))).min().unwrap_or(0);
    (1..=PRINTS).map(|salt| least(salt) ^ salt).collect()
}

/// A number of a whole wording: equal for the same marks. 0 without words, never 0 with them.
pub(crate) fn gist(wording: Option<&Wording>) -> u64 {
    let Some(wording) = wording else { return 0 };
    let all = wording.words().iter().chain(wording.names());
    all.fold(1, |sum, mark| mix(sum ^ u64::from(mark.hash))) | 1
}

/// A mark of a name that is no word of a text: of a page that two may show.
pub(crate) fn mark_of(name: &str) -> u32 {
    let all = name.bytes().fold(1, |sum, byte| mix(sum ^ u64::from(byte)));
    u32::try_from(all >> 32).unwrap_or_default()
}

/// A mixing of bits (SplitMix64's): every bit of the one moves every bit of the other.
fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(words: impl IntoIterator<Item = u32>) -> Wording {
        Wording::new(words.into_iter().map(|hash| Mark { hash, surprise: 2000 }).collect(), Vec::new())
    }

    #[test]
    fn what_is_shared_adds_up_either_way() {
        let (a, b) = (wording([1, 5, 9]), wording([5, 9, 12]));
        assert_eq!((shared(a.words(), b.words()), shared(b.words(), a.words())), (4000, 4000));
        assert_eq!(shared(a.words(), &[]), 0);
    }

    #[test]
    fn the_part_that_is_shared_does_not_grow_with_length() {
        let (short, long) = (wording(0..10), wording(0..40));
        let part = |a: &Wording, b: &Wording| part_shared(a.words(), b.words());
        assert_eq!((part(&short, &long), part(&long, &short), part(&long, &long)), (50, 50, 100));
        assert_eq!(part_shared(long.words(), &[]), 0);
    }

    #[test]
    fn a_changed_word_leaves_a_copy_and_a_round_up_is_none() {
        let told = wording(0..20);
        assert!(near_copies(&told, &wording((0..19).chain([77]))));
        assert!(!near_copies(&told, &wording(10..30)));
        assert!(!near_copies(&told, &wording(0..60)), "holds it among much else");
        assert!(!near_copies(&wording(0..5), &wording(0..5)), "too short to tell");
    }

    #[test]
    fn near_copies_share_a_print_and_others_none() {
        let share = |a: &Wording, b: &Wording| prints(a).iter().any(|p| prints(b).contains(p));
        let told = wording(0..40);
        let one = |n: u32| wording((0..40).filter(|w| *w != n % 40).chain([1000 + n]));
        assert_eq!((0..2000).filter(|n| !share(&told, &one(*n))).count(), 0);
        let fifth = |n: u32| wording((0..40).filter(|w| w % 5 != n % 5).chain(1000 + 8 * n..1008 + 8 * n));
        assert!((0..2000).filter(|n| !share(&told, &fifth(*n))).count() < 40);
        let other = |n: u32| wording(5000 + 40 * n..5040 + 40 * n);
        assert_eq!((0..2000).filter(|n| share(&told, &other(*n))).count(), 0);
        assert!(prints(&wording(0..5)).is_empty(), "too short to tell");
    }
}
