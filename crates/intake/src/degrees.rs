//! Degrees as people write them, decimal or in minutes and seconds, to whole ten-millionths of a degree.
//!
//! `36.17594`, `36.17594N`, `36°28'36"N`, `37° 3'46.23`, whatever the marks for minutes and seconds. No float on the way.

use truceline_model::Point;

/// Reads one coordinate; `limit` is 90 for latitude and 180 for longitude, whose letters are N, S and E, W.
///
/// # Errors
/// In words: no number of degrees, or beyond `limit`.
pub fn read(text: &str, limit: i32) -> Result<i32, String> {
    let text = text.trim();
    let (positive, negative) = if limit == 90 { ('N', 'S') } else { ('E', 'W') };
    let last = text.chars().last().map(|c| c.to_ascii_uppercase());
    let (bare, south) = match last {
        Some(c) if c == positive || c == negative => {
            let mut chars = text.chars();
            chars.next_back();
            (chars.as_str().trim(), c == negative)
        }
        _ => (text, false),
    };
    let sign = |units: i32| if south { -units } else { units };
    let Some((degrees, rest)) = bare.split_once('°') else {
        return Point::parse_degrees(bare, limit).map(sign);
    };
    let units = sexagesimal(degrees.trim(), rest.trim()).filter(|n| *n <= limit.unsigned_abs() * 10_000_000);
    let units = units.and_then(|n| i32::try_from(n).ok()).ok_or_else(|| {
        format!("\"{text}\" is no number of degrees; write a decimal like 36.17594, or 36°10'33\"{positive}")
    })?;
    Ok(sign(units))
}

/// Degrees, minutes and seconds in ten-millionths of a degree, rounded down.
fn sexagesimal(degrees: &str, rest: &str) -> Option<u32> {
    let plain = rest.replace("''", "\"");
    let mark = |c: char| matches!(c, '\'' | '′' | '’' | '"' | '″' | '”' | '´');
    let mut parts = plain.split(mark).map(str::trim);
    let minutes = whole(parts.next().filter(|m| !m.is_empty()).unwrap_or("0"), 60)?;
    let (seconds, hundredths) = match parts.next().filter(|s| !s.is_empty()) {
        None => (0, 0),
        Some(text) => {
            let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
            if !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let two: String = fraction.chars().chain("00".chars()).take(2).collect();
            (whole(seconds, 60)?, whole(&two, 100)?)
        }
    };
    if parts.any(|part| !part.is_empty()) {
        return None;
    }
    let degrees = whole(degrees, 181)?;
    // One hundredth of a second is 10⁷ / 360 000 units.
    let hundredths = (u64::from(minutes) * 60 + u64::from(seconds)) * 100 + u64::from(hundredths);
    u32::try_from(u64::from(degrees) * 10_000_000 + hundredths * 10_000_000 / 360_000).ok()
}

fn whole(text: &str, below: u32) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().filter(|n| *n < below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_degrees() {
        for (text, limit, units) in [
            ("36.17594", 90, 361_759_400),
            ("35.7874449N", 90, 357_874_449),
            ("36°28'36N", 90, 364_766_666),
            ("37°5′50″E", 180, 370_972_222),
            ("37° 3'46.23", 180, 370_628_416),
            ("36°00'00\"S", 90, -360_000_000),
            ("36°", 90, 360_000_000),
        ] {
            assert_eq!(read(text, limit), Ok(units), "{text}");
        }
        for (text, limit) in
            [("4239.00416", 180), ("91°0'0\"N", 90), ("36°61'0\"", 90), ("36°1'2\"3\"", 90), ("x", 90)]
        {
            assert!(read(text, limit).is_err(), "{text}");
        }
        assert!(read("37°5'50\"E", 90).is_err());
    }
}
