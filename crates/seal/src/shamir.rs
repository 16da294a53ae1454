//! Secret sharing (Shamir 1979) over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1: any `k` shares give the secret back, fewer
//! tell nothing of it, whatever their holders can compute.
//!
//! Written here because what is published either looks products up in tables, so that a secret byte chooses the memory read, or brings files,
//! threads and a format of its own. No branch and no address here depends on a secret byte. Tests hold it against
//! a crate that is not ours, both ways. Shares carry no check of their own: the caller keeps a digest of each.

use zeroize::Zeroizing;

/// Bytes of a secret.
pub(crate) const SECRET: usize = 32;
/// A share: the place at which the polynomials were evaluated (never 0), and their values.
pub(crate) type Share = Zeroizing<[u8; SECRET + 1]>;

/// Product in the field, in as many steps whatever the factors are.
fn times(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (a, 0_u8);
    for bit in 0..8 {
        // All ones where the bit is set.
        let taken = 0_u8.wrapping_sub((b >> bit) & 1);
        product ^= a & taken;
        let carried = 0_u8.wrapping_sub(a >> 7);
        a = (a << 1) ^ (carried & 0x1d);
    }
    product
}

/// The inverse of anything but 0: its 254th power.
fn inverse(a: u8) -> u8 {
    let mut power = a;
    let mut product = 1;
    for _ in 0..7 {
        power = times(power, power);
        product = times(product, power);
    }
    product
}

/// Splits a secret among `n` holders at the places 1 to `n`. `coefficients` holds `k - 1` rows of random bytes, drawn for this alone.
pub(crate) fn split(
    secret: &Zeroizing<[u8; SECRET]>,
    coefficients: &[Zeroizing<[u8; SECRET]>],
    n: u8,
) -> Vec<Share> {
    let share = |x: u8| {
        let mut share = Zeroizing::new([0_u8; SECRET + 1]);
        for (place, out) in share.iter_mut().enumerate() {
            let Some(at) = place.checked_sub(1) else {
                *out = x;
                continue;
            };
            let byte = |row: &Zeroizing<[u8; SECRET]>| row.get(at).copied().unwrap_or_default();
            // Horner's rule, the highest power first.
            let high = coefficients.iter().rev().fold(0, |sum, row| times(sum ^ byte(row), x));
            *out = high ^ byte(secret);
        }
        share
    };
    (1..=n).map(share).collect()
}

/// The secret that these shares give, at the place 0. The caller has seen to it that their places differ and that there are enough: fewer give
/// a wrong secret and no error.
pub(crate) fn combine(shares: &[Share]) -> Zeroizing<[u8; SECRET]> {
    let mut secret = Zeroizing::new([0_u8; SECRET]);
    for share in shares {
        let [x, values @ ..] = &**share;
        let others = shares.iter().map(|other| other[0]).filter(|other| other != x);
        // Places are public: branching on them tells nothing.
        let weight = others.fold(1, |product, other| times(product, times(other, inverse(other ^ x))));
        for (out, value) in secret.iter_mut().zip(values) {
            *out ^= times(weight, *value);
        }
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(k: u8, seed: u8) -> Vec<Zeroizing<[u8; SECRET]>> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(73).wrapping_add(41);
            state
        };
        (1..k).map(|_| Zeroizing::new(std::array::from_fn(|_| next()))).collect()
    }

    #[test]
    fn every_element_but_zero_has_its_inverse() {
        assert!((1..=255).all(|a| times(a, inverse(a)) == 1));
        for (a, b, c) in [(3, 7, 200), (255, 254, 1), (0, 9, 9)] {
            assert_eq!(times(a, b ^ c), times(a, b) ^ times(a, c));
            assert_eq!(times(times(a, b), c), times(a, times(b, c)));
        }
    }

    #[test]
    fn any_k_shares_give_the_secret_and_fewer_give_another() {
        let secret = Zeroizing::new(std::array::from_fn(|at| at as u8));
        for (k, n) in [(2_u8, 2_u8), (2, 3), (3, 5), (5, 5)] {
            let shares = split(&secret, &rows(k, 5), n);
            for mask in 0_u32..1 << n {
                let some: Vec<Share> = shares
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| mask >> at & 1 == 1)
                    .map(|(_, s)| s.clone())
                    .collect();
                assert_eq!(combine(&some) == secret, some.len() >= usize::from(k), "{k} of {n}, {mask:b}");
            }
        }
    }

    /// One share fits every secret: for each there is a polynomial through both, so that the share tells nothing.
    #[test]
    fn one_share_of_two_fits_every_secret() {
        let fixed = split(&Zeroizing::new([7; SECRET]), &rows(2, 1), 2);
        for guess in 0..=255_u8 {
            let slope = times(fixed[0][1] ^ guess, inverse(1));
            let row = Zeroizing::new([slope; SECRET]);
            assert_eq!(split(&Zeroizing::new([guess; SECRET]), &[row], 2)[0][1], fixed[0][1]);
        }
    }

    #[test]
    fn shares_of_ours_open_elsewhere_and_theirs_here() {
        let secret = Zeroizing::new(std::array::from_fn(|at| (at * 7 + 3) as u8));
        let sharks = blahaj::Sharks(3);
        let ours = split(&secret, &rows(3, 9), 5);
        let theirs: Vec<blahaj::Share> =
            ours[1..4].iter().map(|share| blahaj::Share::try_from(&share[..]).unwrap()).collect();
        assert_eq!(sharks.recover(&theirs).unwrap(), secret.to_vec());
        let dealt: Vec<Share> = sharks
            .dealer(&secret[..])
            .take(3)
            .map(|share| Zeroizing::new(Vec::from(&share).try_into().unwrap()))
            .collect();
        assert_eq!(combine(&dealt), secret);
    }
}
