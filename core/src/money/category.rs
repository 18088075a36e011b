//! What is sold, in the groups in which a person looks at spending.

/// A group of merchant category codes (ISO 18245). The groups are our own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Food to take home.
    Groceries,
    /// Restaurants, bars and fast food.
    Dining,
    /// Getting about: trains, buses, taxis, fuel, tolls, parking.
    Transport,
    /// Airlines, hotels, car rental, travel agencies.
    Travel,
    /// Doctors, hospitals, pharmacies.
    Health,
    /// Films, games, sport, music.
    Entertainment,
    /// Schools and courses.
    Education,
    /// Telephone, energy, insurance, taxes.
    Bills,
    /// Cash, and what is as good as cash.
    Cash,
    /// Other shops.
    Shopping,
    /// Anything else, and payments without a code.
    Other,
}

/// The ranges of codes, in ascending order, each with its group. What stands in no range is [`Category::Other`].
const RANGES: [(u16, u16, Category); 40] = [
    (3000, 3999, Category::Travel),
    (4011, 4112, Category::Transport),
    (4121, 4121, Category::Transport),
    (4131, 4131, Category::Transport),
    (4411, 4411, Category::Travel),
    (4511, 4582, Category::Travel),
    (4722, 4723, Category::Travel),
    (4784, 4789, Category::Transport),
    (4812, 4816, Category::Bills),
    (4829, 4829, Category::Cash),
    (4899, 4900, Category::Bills),
    (5122, 5122, Category::Health),
    (5200, 5399, Category::Shopping),
    (5411, 5499, Category::Groceries),
    (5511, 5533, Category::Shopping),
    (5541, 5542, Category::Transport),
    (5551, 5734, Category::Shopping),
    (5735, 5735, Category::Entertainment),
    (5811, 5814, Category::Dining),
    (5815, 5818, Category::Entertainment),
    (5912, 5912, Category::Health),
    (5921, 5921, Category::Groceries),
    (5931, 5974, Category::Shopping),
    (5975, 5977, Category::Health),
    (5978, 5999, Category::Shopping),
    (6010, 6012, Category::Cash),
    (6051, 6051, Category::Cash),
    (6300, 6381, Category::Bills),
    (6529, 6540, Category::Cash),
    (7011, 7033, Category::Travel),
    (7512, 7519, Category::Travel),
    (7523, 7549, Category::Transport),
    (7800, 7802, Category::Entertainment),
    (7829, 7841, Category::Entertainment),
    (7911, 7999, Category::Entertainment),
    (8011, 8099, Category::Health),
    (8211, 8299, Category::Education),
    (8351, 8351, Category::Education),
    (9211, 9223, Category::Bills),
    (9311, 9399, Category::Bills),
];

impl Category {
    /// All groups.
    pub const ALL: [Self; 11] = [
        Self::Groceries,
        Self::Dining,
        Self::Transport,
        Self::Travel,
        Self::Health,
        Self::Entertainment,
        Self::Education,
        Self::Bills,
        Self::Cash,
        Self::Shopping,
        Self::Other,
    ];

    /// The group of a code.
    pub fn of(mcc: Option<u16>) -> Self {
        let is_in = |(from, to, _): &&(u16, u16, Self)| mcc.is_some_and(|code| (*from..=*to).contains(&code));
        RANGES.iter().find(is_in).map_or(Self::Other, |(.., group)| *group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_one_group() {
        for (mcc, group) in [
            (None, Category::Other),
            (Some(0), Category::Other),
            (Some(3_012), Category::Travel),
            (Some(4_121), Category::Transport),
            (Some(5_411), Category::Groceries),
            (Some(5_462), Category::Groceries),
            (Some(5_541), Category::Transport),
            (Some(5_812), Category::Dining),
            (Some(5_912), Category::Health),
            (Some(5_942), Category::Shopping),
            (Some(6_011), Category::Cash),
            (Some(7_832), Category::Entertainment),
            (Some(8_220), Category::Education),
            (Some(9_999), Category::Other),
        ] {
            assert_eq!(Category::of(mcc), group, "{mcc:?}");
        }
        let mut before = 0;
        for (from, to, _) in RANGES {
            assert!(before < from && from <= to, "{from} comes after {before}");
            before = to;
        }
    }
}
