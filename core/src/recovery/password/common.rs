//! The passwords that are tried first.

/// 1,000 words that people choose most as a password or as most of one: runs and keyboard patterns, first names, teams,
/// animals, days and seasons, words of love, words for passwords and money, in English, in Chinese written in Latin
/// letters, and a few from other languages. Written down from general knowledge, not taken from a leak. Obscene words
/// are left out, though people choose them too: the list is open to read.
///
/// A word that is another one with digits or symbols around it is left out: the other one finds it. In order of their
/// bytes, each of 4 to 14 characters: a shorter one would be found in too many passwords.
const WORDS: &str = "\
    000000 010203 102030 111111a 111222 112233 121212 123123 123123a 123321 123456 123456789a 12345678a 1234567a \
    123456a 123456aa 123456abc 123456q 123456z 12345a 123654 123abc 123asd 123qwe 12qwaszx 1314520 142536 147258 \
    147852 159357 159753 1a2b3c 1a2b3c4d 1a2s3d 1a2s3d4f 1q2w 1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz 1qaz2wsx \
    1qaz2wsx3edc 201314 246810 2wsx3edc 321654 3edc4rfv 456123 5201314a 520520 584520 654321 666666 741852 777777 \
    789456 789789 888888 987654 999999 a000000 a111111 a112233 a123123 a1234 a1b2c3 a1b2c3d4 a1s2d3 a1s2d3f4 \
    a5201314 a666666 a888888 aa123123 aa123456 aaa111 aaaa aabbcc aabbccdd abc123 abcabc abccba abcd abcde abcdef \
    abcdefg abcdefgh abcdefghi abcdefghijkl access account acmilan admin administrator ahmed aini1314 alejandro \
    alex alexander alexandra alexis alipay amanda amazing amazon america amigos amor amore andrea andrei andrew \
    android angel angela angels anna annie anthony antonio anything apple apples april argentina army arsenal \
    as123456 asd123 asdasd asdf asdfg asdfgh asdfghjkl asdfghjklqwer asdfqwer asdfzxcv asdqwe asdzxc ashley august \
    australia autumn avatar avengers awesome azerty azertyuiop baba baby babyboy babygirl backup baidu bailey \
    banana bandit bank banking baobao baobei barbie barcelona barney baseball basketball batman bayern beach bear \
    beatles beautiful beauty beer beijing believe bella benjamin berlin bestfriend bigboss bigdog birthday \
    bismillah bitcoin black blackjack bless blessed blink182 blue bond007 bonjour boss boston boxing brandon brasil \
    brian brother brown buddha buddy bulldog bulls bunny buster butterfly c123456 california callofduty camaro \
    canada candy captain carlos cars cash celtics champion changeit changeme changethis charles charlie charlotte \
    cheese chelsea chenjie chenwei cherry chevy chicago chicken china chocolate christian christina christmas \
    christopher church ciao cobra cocacola coffee coke college computer contrasena cookie cool corazon corvette \
    cowboys crazy credit creditcard crypto crystal cupcake daisy dakota dallas dance danger daniel danielle \
    darkness darling david december default demo destiny developer diablo diamond diana diego disney doctor dodgers \
    doggie dollar dolphin dolphins donald doudou dragon dragonball dragons dream dreamer dreams duck eagle eagles \
    easter eduardo elizabeth emerald emily eminem emma emperor engineer england english enter eric estrella eternal \
    euro everything example extreme facai facebook faith falcon fall familia family father february fedcba feifei \
    fernando ferrari fire fireball firebird flamengo florida flower flowers football forever forget forgot fortnite \
    france francisco frank freddy freedom friday friend friends friendship funny fussball gabriel galatasaray \
    galaxy gamer gandalf garfield gege geheim general genius george germany ghost giants ginger gladiator goku gold \
    golden golf gongxifacai goodluck goodmorning google grace grandma green guest guitar hacker hallo halloween \
    handsome hanmeimei hannah happiness happy happybirthday happynewyear harley harry harrypotter haslo hassan hawk \
    heart heather heaven hello hellokitty helloworld hero history hockey hogwarts hola holiday holidays hollywood \
    homer honda honey hongkong hope horse houston huahua huawei hulk hunter hunting husky icecream iceman idontknow \
    ihateyou iloveme iloveu iloveyou india indonesia infinity inshallah instagram internet iphone ironman isabella \
    istanbul italy jackpot jackson jacob jaguar jake james jamesbond january japan jasmine jason jasper jennifer \
    jeremy jessica jesus jesuschrist jetaime jiejie jingdong john johnny joker jonathan jordan jorge jose joseph \
    joshua juan julia julian july june justin juventus kaixin karate karen katie kawasaki kelly kevin keyboard \
    killer kimberly king kingdom kings kiss kisses kitten kitty kittycat knight kobe korea krishna kuaile kungfu \
    l123456 ladybug lakers laogong laopo laoshi laptop laura lauren lawyer lebron legend lele lemon leonardo \
    letmein letsgo lijing lilei lina linda lingling linux lion lisa liuwei liuyang liverpool liwei lkjhgfdsa locked \
    login london longlong love lovely loveme lover loveyou lucas lucky lucy luis m123456 madison madonna maggie \
    magic mama manager manchester manuel manutd march marcus margaret maria marine mario mariposa martin master \
    mastermind matrix matthew maverick max123 meimei melissa melon mercedes mercury messi metal metallica mexico \
    miami michael michelle mickey microsoft miguel mima minecraft minnie mnbvcxz mobile mohammed mommy monday money \
    monica monkey moon moonlight morgan moscow motdepasse mother mouse muhammad music mustafa mustang myaccount \
    mylife mylove mypass mypassword mystery mywallet naruto natalya natasha nathan network newpassword newyear \
    newyork neymar nguyen nicholas nicolas nicole nihao ninja nintendo nirvana nothing november october oliver \
    olivia onepiece opensesame operator orange pakistan panda panther papa paradise paris parol pass passcode \
    passphrase passwd password passwords passwort patricia patrick paul payday payment payments paypal peace \
    peaches penguin pengyou pepper pepsi perfect peter phoenix phone pikachu pingan pink pirate platinum player \
    playstation please pokemon poker poland police pony porsche power precious pretty prince princesa princess \
    privet priya pumpkin puppy purple python q123456 q1w2 q1w2e3 q1w2e3r4 q1w2e3r4t5 qaz123 qazqaz qazwsx qazwsxedc \
    qazwsxedcrfv qazxsw qianbao qq123456 qq5201314 qqww1122 queen qwe123 qwe123asd qweasd qweasdzxc qweqwe qwer \
    qwer1234asdf qwerasdf qwert qwerty qwertyasdf qwertyu qwertyuiop qwertz rabbit racing rahasia rahul raiders \
    rain rainbow rangers raven realmadrid rebecca recovery redmi redsox remember richard robert robin rocket \
    rockets rockstar rocky romeo ronaldo root rose roses runner russia sadie salasana samantha sample samsung \
    samurai sandra santa sarah saturday sayang schatz school science scooter scorpion scott sebastian secret secure \
    security senha september sergey server service sesame shadow shakira shanghai shark sharon shenzhen shooter \
    sifre silver simba sister skateboard skater skywalker smile smiley smokey snake sniper snoopy snow snowball \
    snowboard snowman soccer software soldier soleil something sommer sonic sophia sophie spain sparky spartan \
    special spider spiderman spirit spongebob sports spring star starbucks starcraft stars startrek starwars \
    steelers stefan stephanie steven strawberry student sugar summer sunday sunflower sunset sunshine sunwukong \
    superman superstar superuser susan sweet sweetheart sweetie sweety system taiwan tanaka taobao taylor teacher \
    teamo teddy teddybear temp temporary tencent tennis tequiero test tester testing texas thailand thankyou thomas \
    thunder thursday tiantian tiffany tiger tigger timothy tinkerbell today together tokyo tommy tomorrow toor \
    topgun topsecret toyota transformers trojan truelove tuesday turkey turtle tweety twitter tyler unicorn \
    universe unknown unlock unlockme user username vader valentine vampire vanessa veronica victor victoria victory \
    vietnam vikings viper vladimir volleyball w123456 wachtwoord wallet walletlock wang123456 wangfang wangjing \
    wanglei wangwei wangyi warcraft warrior warriors water wechat wednesday weibo weixin welcome welkom wertyu \
    whatever whatsapp whiskey white william windows winner winter wizard woaibaba woaimama woaini woaiwojia \
    woaizhongguo wodemima wolf wsxedc wukong xbox xiaohong xiaolong xiaomi xiaoming xiaoyu xiexie xsw2zaq1 xyz123 \
    yahoo yamaha yangyang yankees yaoming yellow yoda youtube yuan z123456 zaq12wsx zaq1xsw2 zaqwsx zaqxsw zelda \
    zhangjie zhangjing zhangli zhangmin zhangwei zhifu zhifubao zhongguo zhoujielun zxc123 zxcasd zxcasdqwe zxcv \
    zxcvb zxcvbn zxcvbnm zxczxc zz123456";

/// Whether the text is nothing but a word of the list, once or several times, with digits and symbols before, between
/// and after.
pub(super) fn is_common(text: &str) -> bool {
    WORDS.split_ascii_whitespace().any(|word| is_decorated(text, word))
}

/// Whether the text is nothing but `word`, once or several times, with digits and symbols before, between and after.
fn is_decorated(text: &str, word: &str) -> bool {
    let mut rest = text;
    while let Some(after) = after_first(rest, word) {
        if !after.contains(char::is_alphabetic) {
            return true;
        }
        rest = after;
    }
    false
}

/// What follows the first `word` in the text. Only digits and symbols may stand before it.
fn after_first<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let end_of_decoration = text.find(char::is_alphabetic).unwrap_or(text.len());
    let places = text.char_indices().map(|(place, _)| place).take_while(|place| *place <= end_of_decoration);
    places.filter_map(|place| text.get(place..)).find_map(|text| strip_word(text, word))
}

/// The text without `word` at its beginning.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut letters = text.chars();
    word.chars().all(|listed| letters.next().is_some_and(|typed| stands_for(typed, listed))).then_some(letters.as_str())
}

/// Whether a character that was typed is the one in the list, or a usual replacement for it.
fn stands_for(typed: char, listed: char) -> bool {
    let replacements = match listed {
        'a' => "4@",
        'e' => "3",
        'i' => "1!",
        'l' => "1",
        'o' => "0",
        's' => "5$",
        't' => "7",
        // The symbol on the digit's key, on a keyboard for English or Chinese.
        '1' => "!",
        '2' => "@",
        '3' => "#",
        '4' => "$",
        '5' => "%",
        '6' => "^",
        '7' => "&",
        '8' => "*",
        '9' => "(",
        '0' => ")",
        _ => "",
    };
    typed.eq_ignore_ascii_case(&listed) || replacements.contains(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_a_thousand_words_in_order() {
        let words: Vec<_> = WORDS.split_ascii_whitespace().collect();
        assert_eq!(words.len(), 1_000);
        assert!(words.is_sorted_by(|one, next| one < next), "sorted, and each once");
        let is_folded = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        for word in words {
            assert!((4..=14).contains(&word.len()) && word.bytes().all(is_folded), "{word}");
        }
    }

    #[test]
    fn no_word_is_found_by_another_one() {
        let others = |word| WORDS.split_ascii_whitespace().filter(move |other| *other != word);
        for word in WORDS.split_ascii_whitespace() {
            assert_eq!(others(word).find(|other| is_decorated(word, other)), None, "{word}");
        }
    }
}
