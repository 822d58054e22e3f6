//! CRC-32 of ISO-HDLC (zlib, PNG, Parquet pages) without multiplication or tables, in the way of Chorba (K. Russell
//! 2024, arXiv:2412.16398).
//!
//! The remainder of a message stays the same when multiples of the generator are added to it. One with few terms,
//! 1 + x¹⁴⁵ + x¹⁸³ + x²¹¹ + x³⁰⁰ (in the order of the bits of the message), clears a word of 64 bits at the price of some
//! shifts of it that are added to the words two to five behind. What is left of the message, its last words, goes the
//! usual way, by a table. Words are taken in pairs, which the compiler turns into SIMD.

const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Remainders of all bytes.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = remainder >> 1 ^ if remainder & 1 == 1 { POLYNOMIAL } else { 0 };
            bit += 1;
        }
        table[byte] = remainder;
        byte += 1;
    }
    table
};

/// Words, or parts of them, that follow each other.
type Pair = [u64; 2];

const PAIR_BYTES: usize = 16;

/// Pairs behind a cleared one that its shifts are added to.
const BEHIND: usize = 3;

pub fn crc32(bytes: &[u8]) -> u32 {
    let cleared = (bytes.len() / PAIR_BYTES).saturating_sub(BEHIND) * PAIR_BYTES;
    if cleared == 0 {
        return !by_table(u32::MAX, bytes);
    }
    // To be added to the next pairs; and to pairs that begin a word earlier, with the second word of the last one.
    let (mut even, mut odd) = ([[u64::from(u32::MAX), 0], [0, 0]], [[0, 0]; 3]);
    for pair in bytes[..cleared].chunks_exact(PAIR_BYTES) {
        let words = xor(xor(read(pair), even[0]), [odd[0][1], odd[1][0]]);
        even = [xor(even[1], xor(left(words, 17), left(words, 55))), xor(right(words, 45), left(words, 44))];
        odd = [
            odd[1],
            xor(odd[2], xor(xor(right(words, 47), right(words, 9)), left(words, 19))),
            right(words, 20),
        ];
    }
    let added = [
        even[0][0] ^ odd[0][1],
        even[0][1] ^ odd[1][0],
        even[1][0] ^ odd[1][1],
        even[1][1] ^ odd[2][0],
        odd[2][1],
    ];
    let mut rest = [0; (BEHIND + 1) * PAIR_BYTES];
    let rest = &mut rest[..bytes.len() - cleared];
    rest.copy_from_slice(&bytes[cleared..]);
    for (byte, added) in rest.iter_mut().zip(added.into_iter().flat_map(u64::to_le_bytes)) {
        *byte ^= added;
    }
    !by_table(0, rest)
}

fn by_table(remainder: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(remainder, |crc, byte| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)])
}

#[inline(always)]
fn read(pair: &[u8]) -> Pair {
    let word = |at: usize| u64::from_le_bytes(pair[at..at + 8].try_into().expect("eight bytes"));
    [word(0), word(8)]
}

#[inline(always)]
fn xor(a: Pair, b: Pair) -> Pair {
    [a[0] ^ b[0], a[1] ^ b[1]]
}

#[inline(always)]
fn left(a: Pair, bits: u32) -> Pair {
    [a[0] << bits, a[1] << bits]
}

#[inline(always)]
fn right(a: Pair, bits: u32) -> Pair {
    [a[0] >> bits, a[1] >> bits]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_is_that_of_the_catalogue_of_crcs() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn every_length_is_as_by_the_table() {
        let bytes: Vec<u8> = (0..5000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for start in 0..20 {
            for end in (start..400).chain([1000, 4095, 4096, 4999, 5000]) {
                assert_eq!(
                    crc32(&bytes[start..end]),
                    !by_table(u32::MAX, &bytes[start..end]),
                    "{start}..{end}"
                );
            }
        }
        assert_eq!(crc32(&[0; 1000]), !by_table(u32::MAX, &[0; 1000]));
        assert_eq!(crc32(&[255; 1000]), !by_table(u32::MAX, &[255; 1000]));
    }
}
