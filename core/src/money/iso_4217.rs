//! The currencies of ISO 4217, with their minor units.

/// Number of decimals, and the codes of the currencies that have so many, in alphabetical order. ISO 4217, list one, as of
/// November 2026, without the codes that have no minor unit: metals, units of account, and codes for tests.
const BY_DECIMALS: [(u32, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF \
        CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
        HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU \
        MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR \
        SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED \
        VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// How many decimals the currency has: 2 if its minor unit is a hundredth. `None`: it is not in the list.
pub(super) fn decimals(code: &[u8; 3]) -> Option<u32> {
    let names = |codes: &str| codes.as_bytes().split(|byte| *byte == b' ').any(|other| other == code);
    BY_DECIMALS.into_iter().find(|(_, codes)| names(codes)).map(|(decimals, _)| decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_in_order() {
        let codes = |(_, codes): (u32, &'static str)| codes.split(' ').collect::<Vec<_>>();
        assert!(BY_DECIMALS.into_iter().all(|of| codes(of).is_sorted()));
        let mut all: Vec<_> = BY_DECIMALS.into_iter().flat_map(codes).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((all.len(), count), (count, 165));
        assert!(all.iter().all(|code| code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase())));
    }

    #[test]
    fn the_decimals_of_some() {
        for (code, expected) in [
            (b"EUR", Some(2)),
            (b"JPY", Some(0)),
            (b"ISK", Some(0)),
            (b"KWD", Some(3)),
            (b"CLF", Some(4)),
            (b"XCG", Some(2)),
            (b"ANG", None),
            (b"XAU", None),
            (b"AAA", None),
            (b"ED ", None),
        ] {
            assert_eq!(decimals(code), expected, "{}", code.escape_ascii());
        }
    }
}
