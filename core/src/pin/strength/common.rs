//! The PINs that people choose most, except those that another rule already forbids.
//!
//! Most of them were written down from general knowledge; each group names the kind of source. Then they were compared
//! with the public counts (see `most_used.rs`, which only tests read). PINs were added here if they are among the first
//! hundred of a count and were not yet refused, or among the first two hundred and matched no rule at all. A test
//! checks that every group is sorted and holds no PIN that another rule forbids.
//!
//! Each group is one text: a table of strings would add an address and a length to the library for each of them.

/// Whether many people choose this PIN.
pub(super) fn is_common(pin: &[u8]) -> bool {
    let spelled = |word: &str| word.len() == pin.len() && word.bytes().map(key_of).eq(pin.iter().copied());
    TABLES.iter().any(|table| entries(table).any(|entry| entry.as_bytes() == pin))
        || entries(WORDS).any(spelled)
        || is_recent_year(pin)
}

/// The PINs or words of a group.
pub(super) fn entries(group: &str) -> impl Iterator<Item = &str> {
    group.split_ascii_whitespace()
}

/// Whether the PIN is a year from 1940 to 2029: in these years, most people now alive were or will be born or married.
/// They stand out as a block in every published count of four-digit PINs, so all of them are refused, not only the best
/// known.
pub(super) fn is_recent_year(pin: &[u8]) -> bool {
    matches!(pin, [b'1', b'9', b'4'..=b'9', _] | [b'2', b'0', b'0'..=b'2', _])
}

/// The key that carries a letter on a telephone keypad.
pub(super) fn key_of(letter: u8) -> u8 {
    match letter {
        b'a'..=b'c' => b'2',
        b'd'..=b'f' => b'3',
        b'g'..=b'i' => b'4',
        b'j'..=b'l' => b'5',
        b'm'..=b'o' => b'6',
        b'p'..=b's' => b'7',
        b't'..=b'v' => b'8',
        _ => b'9', // w to z
    }
}

pub(super) const TABLES: [&str; 10] =
    [HABITS, COUNTING, SHAPES, CONSTANTS, FAMOUS_DAYS, CHINESE, OTHER_CULTURES, FICTION, COUNTED, LONG];

/// Words and short first names that people spell with the letters on the keys, as they do for telephone numbers and
/// voicemail boxes. Many of the names are in Amitay's count.
pub(super) const WORDS: &str = "\
    adam alex angel baby bank card cash cody cool dragon duck family fish friend gold hate hello help \
    iloveyou jake jesus john josh kick king kiss life love lover loveyou lucky magic master matt mike money \
    monkey mother nick open pass password pink prince princess rock ryan secret sexy star summer sunshine super \
    wolf";

/// PINs that take the least effort: round numbers, one digit that differs, a run or a palindrome with a small change.
/// They are near the top of every count of surveyed or leaked PINs and numeric passwords, in whatever country.
const HABITS: &str = "\
    0001 0002 0003 0005 0007 0009 0010 001234 0070 0100 1000 1001 100200 1011 1110 1112 1113 1120 1121 112345 \
    1124 1200 1211 121234 1221 122333 12300 12321 12340 123400 123412 123434 123450 123451 123455 12345679 \
    123457 123458 123459 123465 1331 1500 2112 2500 3000 4000 5000 6000 7000 787898 8000 9000";

/// Counting in other ways than by one: by twos, by tens, in pairs. From the same counts.
const COUNTING: &str = "\
    0102 013579 0369 1020 1213 1223 1230 1233 1235 1245 1324 132456 135246 13572468 135790 1357911 1423 1425 \
    1526 181920 246135 246810 2468101 24681357 975310";

/// Keypad patterns that are not lines: around the corners and edges, zigzags, the number block of a computer. From
/// studies that asked people how they chose their PIN.
const SHAPES: &str = "\
    0147 014789 0741 0963 1346 1379 13792468 13795 137955 1397 139713 1470 1472 1590 159263 1598 1739 1793 \
    179317 1937 2356 24681379 2486 248624 24865 2684 268426 2846 3179 3570 3690 3971 4268 4862 6248 6842 7139 \
    7410 7530 7931 8246 8426 8520 8624 9317 9510 9630 9713 9731";

/// Digits of pi, e, the golden ratio, square roots and physical constants; powers of two. People know them from school.
const CONSTANTS: &str = "\
    1024 1048576 1123 11235 112358 1123581 11235813 141421 142857 1618 16180 161803 1618033 16180339 1729 1732 \
    173205 2048 2718 27182 271828 2718281 27182818 299792 3141 314159 3141592 31415926 31416 3142 4096 65536 \
    8192";

/// Famous days: Christmas, New Year's Eve, Valentine's Day and the like, with day and month in either order. They are
/// the most frequent dates in published counts of four-digit PINs.
const FAMOUS_DAYS: &str = "\
    01012000 0104 0105 0214 0308 0401 0501 0601 0704 0714 0803 0911 091101 09112001 1031 1109 110901 11092001 \
    1224 1225 1231 12311999 123199 1402 1407 2412 2512 3110 3112 31121999 311299";

/// Digits that sound like words in Chinese (520 'I love you', 1314 'a lifetime', 168 'wealth all the way'), service
/// numbers and historic days. Known from analyses of leaked numeric passwords, and from the sums in red envelopes.
const CHINESE: &str = "\
    0520 0521 10086 110119 110120 119110 119120 12306 1314 131400 131420 131421 131452 1314520 13145200 1314521 \
    1668 1680 1688 168888 1886 1888 19491001 20080808 201314 201413 3344520 3344521 3721 5168 5188 518888 5200 \
    5201 52013 520131 5201314 52013140 5203344 521131 5211314 521314 584520 584521 6668 7758 7758258 7758521 \
    8668 8688 8868 888168 8886 9188 9420 95533 95588";

/// Digits that sound like words, bring luck or recall history in other cultures: Korea (1004), Japan (4649), Germany
/// (4711), Turkey (1907, 1453), India (786), pagers (143 'I love you', by the number of letters), emergency numbers,
/// years from history books. Known from numeric passwords and from digits in user names.
const OTHER_CULTURES: &str = "\
    0110 0112 0119 0420 0666 0721 0777 0786 0815 0840 1004 100500 1066 114514 1192 1337 143444 143445 143637 \
    1453 1492 1776 1789 1812 1822 1897 1899 1902 1903 1905 1907 1908 1914 1917 1918 1923 1939 4126 4200 42069 \
    4649 4711 5963 69420 7942 90210";

/// Numbers that a song, film, book or game made famous (867-5309, 1701, 24601, 4 8 15 16 23 42), and words that a
/// calculator shows upside down.
const FICTION: &str = "\
    0042 0451 1138 1701 2187 24601 4815 481516 5150 5309 5318008 8008 80085 8675 8675309";

/// PINs near the top of a public count, for no reason that we know.
const COUNTED: &str = "0907 1023 1029 1318 2848 3425";

/// PINs of nine digits and more that belong to the groups above.
const LONG: &str = "\
    12345678900 12345678910 1314520520 135792468 1357924680 2468013579 246813579 271828182 2718281828 \
    271828182845 314159265 3141592653 31415926535 314159265358 4815162342 5201314520 5845201314";
