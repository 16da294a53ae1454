//! Casualty bounds: what a source's words commit it to, as integers, never averaged.

use std::fmt;

/// How the source put it; the bounds already say what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qualifier {
    /// "14".
    Exactly,
    /// "14 to 27".
    Range,
    /// "more than 50": at least 51.
    MoreThan,
    /// "at least 16".
    AtLeast,
    /// "up to 5".
    AtMost,
    /// "dozens": at least 24, no upper bound.
    Dozens,
}

/// Inclusive bounds on a number of people; `max` is `None` when the source sets no upper bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounds {
    /// Fewest.
    pub min: u32,
    /// Most, when stated.
    pub max: Option<u32>,
    /// How it was put.
    pub qualifier: Qualifier,
}

/// Why bounds could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundsError {
    /// What was found, and what would be right.
    pub say: String,
}

impl fmt::Display for BoundsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say)
    }
}

impl std::error::Error for BoundsError {}

impl Bounds {
    /// Exactly `count`.
    #[must_use]
    pub fn exactly(count: u32) -> Self {
        Self { min: count, max: Some(count), qualifier: Qualifier::Exactly }
    }

    /// From `min` to `max`, both included; `None` when `max < min`.
    #[must_use]
    pub fn range(min: u32, max: u32) -> Option<Self> {
        let qualifier = if min == max { Qualifier::Exactly } else { Qualifier::Range };
        (min <= max).then_some(Self { min, max: Some(max), qualifier })
    }

    /// Reads `14`, `14-27`, `>50`, `>=16`, `<5`, `<=5`, `dozens`.
    ///
    /// # Errors
    /// When it is none of these, or the bounds cross.
    pub fn parse(text: &str) -> Result<Self, BoundsError> {
        let text = text.trim();
        let refuse = || BoundsError {
            say: format!("\"{text}\" is no count; write 14, 14-27, >50, >=16, <=5 or dozens"),
        };
        let number = |digits: &str| -> Result<u32, BoundsError> {
            let digits = digits.trim();
            // A leading sign would parse as a number; a count has none.
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(refuse());
            }
            digits.parse().map_err(|_| refuse())
        };
        if text == "dozens" {
            return Ok(Self { min: 24, max: None, qualifier: Qualifier::Dozens });
        }
        if let Some(rest) = text.strip_prefix(">=") {
            return Ok(Self { min: number(rest)?, max: None, qualifier: Qualifier::AtLeast });
        }
        if let Some(rest) = text.strip_prefix('>') {
            let min = number(rest)?.checked_add(1).ok_or_else(refuse)?;
            return Ok(Self { min, max: None, qualifier: Qualifier::MoreThan });
        }
        if let Some(rest) = text.strip_prefix("<=") {
            return Ok(Self { min: 0, max: Some(number(rest)?), qualifier: Qualifier::AtMost });
        }
        if let Some(rest) = text.strip_prefix('<') {
            let max = number(rest)?.checked_sub(1).ok_or_else(refuse)?;
            return Ok(Self { min: 0, max: Some(max), qualifier: Qualifier::AtMost });
        }
        if let Some((low, high)) = text.split_once('-') {
            return Self::range(number(low)?, number(high)?).ok_or_else(refuse);
        }
        Ok(Self::exactly(number(text)?))
    }

    /// Whether one number could satisfy both.
    #[must_use]
    pub fn compatible(self, other: Self) -> bool {
        self.min <= other.max.unwrap_or(u32::MAX) && other.min <= self.max.unwrap_or(u32::MAX)
    }

    /// Whether every number that satisfies `other` satisfies these.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        self.min <= other.min && other.max.unwrap_or(u32::MAX) <= self.max.unwrap_or(u32::MAX)
    }

    /// The smallest bounds that hold both: rival figures give a range, never a mean.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        let max = match (self.max, other.max) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        let min = self.min.min(other.min);
        let qualifier = match max {
            None => Qualifier::AtLeast,
            Some(m) if m == min => Qualifier::Exactly,
            Some(_) => Qualifier::Range,
        };
        Self { min, max, qualifier }
    }
}

impl fmt::Display for Bounds {
    /// As files write it; reading it back gives the same bounds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.qualifier, self.max) {
            (Qualifier::Dozens, _) => f.write_str("dozens"),
            (Qualifier::MoreThan, _) => write!(f, ">{}", self.min.saturating_sub(1)),
            (Qualifier::AtMost, Some(max)) if self.min == 0 => write!(f, "<={max}"),
            (_, None) => write!(f, ">={}", self.min),
            (_, Some(max)) if max == self.min => write!(f, "{max}"),
            (_, Some(max)) => write!(f, "{}-{max}", self.min),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_bind_as_the_field_reads_them() {
        assert_eq!(Bounds::parse(">60").unwrap().min, 61);
        assert_eq!(Bounds::parse("dozens").unwrap().min, 24);
        assert_eq!(Bounds::parse("14-27").unwrap().max, Some(27));
        for bad in ["", "many", "-3", "27-14", "1e3", "+4", "99999999999", "<0"] {
            assert!(Bounds::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn written_bounds_read_back(min in 0u32..5000, extra in proptest::option::of(0u32..5000)) {
            let bounds = match extra {
                Some(extra) => Bounds::range(min, min + extra).unwrap(),
                None => Bounds { min, max: None, qualifier: Qualifier::AtLeast },
            };
            let back = Bounds::parse(&bounds.to_string()).unwrap();
            prop_assert_eq!((back.min, back.max), (bounds.min, bounds.max));
        }

        #[test]
        fn hull_holds_both(a in 0u32..100, b in 0u32..100, c in 0u32..100, d in 0u32..100) {
            let (x, y) = (Bounds::range(a.min(b), a.max(b)).unwrap(), Bounds::range(c.min(d), c.max(d)).unwrap());
            let hull = x.hull(y);
            prop_assert!(hull.min <= x.min && hull.min <= y.min && hull.max >= x.max && hull.max >= y.max);
        }
    }
}
