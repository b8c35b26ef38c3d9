//! The festivals that merchants plan around.

use crate::promotions::domain::festivals::rule::Festival;
use crate::promotions::domain::festivals::rule::HijriVariant;
use crate::promotions::domain::festivals::rule::LunarCalendar;
use crate::promotions::domain::festivals::rule::Rule;
use crate::promotions::domain::festivals::rule::SolarTerm;
use crate::promotions::domain::festivals::rule::Tradition;
use crate::promotions::domain::festivals::tables;
use chrono::Weekday;

/// The festival with this id.
pub fn find(id: &str) -> Option<&'static Festival> {
    CATALOGUE.iter().find(|festival| festival.id == id)
}

/// Every festival, in order of kind.
pub static CATALOGUE: &[Festival] = &[
    sure("new_year", "New Year's Day", "元旦", on(1, 1)),
    sure("valentines_day", "Valentine's Day", "情人节", on(2, 14)),
    sure("womens_day", "Women's Day", "妇女节(女神节)", on(3, 8)),
    sure("white_day", "White Day", "白色情人节", on(3, 14)),
    sure(
        "consumer_rights_day",
        "Consumer Rights Day",
        "消费者权益日",
        on(3, 15),
    ),
    sure("labour_day", "Labour Day", "劳动节", on(5, 1)),
    sure("youth_day", "Youth Day", "青年节", on(5, 4)),
    sure("five_twenty", "520 Love Day", "520网络情人节", on(5, 20)),
    sure("childrens_day", "Children's Day", "儿童节", on(6, 1)),
    sure(
        "six_eighteen",
        "618 Shopping Festival",
        "618购物节",
        on(6, 18),
    ),
    sure("back_to_school", "Back to School", "开学季", on(9, 1)),
    sure("nine_nine", "9.9 Sale", "99大促", on(9, 9)),
    sure("teachers_day", "Teachers' Day", "教师节", on(9, 10)),
    sure("national_day", "National Day", "国庆节", on(10, 1)),
    sure("ten_ten", "10.10 Sale", "10.10大促", on(10, 10)),
    sure("halloween", "Halloween", "万圣夜", on(10, 31)),
    sure("double_eleven", "Double Eleven", "双十一", on(11, 11)),
    sure("double_twelve", "Double Twelve", "双十二", on(12, 12)),
    sure("christmas_eve", "Christmas Eve", "平安夜", on(12, 24)),
    sure("christmas", "Christmas Day", "圣诞节", on(12, 25)),
    sure("boxing_day", "Boxing Day", "节礼日", on(12, 26)),
    sure("year_end", "New Year Countdown", "跨年", on(12, 31)),
    sure("leap_day", "Leap Day Sale", "闰日特卖", on(2, 29)),
    sure(
        "mothers_day",
        "Mother's Day",
        "母亲节",
        weekday(5, Weekday::Sun, 2),
    ),
    sure(
        "fathers_day",
        "Father's Day",
        "父亲节",
        weekday(6, Weekday::Sun, 3),
    ),
    sure(
        "labor_day_us",
        "Labor Day (US)",
        "美国劳动节",
        weekday(9, Weekday::Mon, 1),
    ),
    sure(
        "thanksgiving_us",
        "Thanksgiving (US)",
        "感恩节",
        weekday(11, Weekday::Thu, 4),
    ),
    sure(
        "memorial_day_us",
        "Memorial Day (US)",
        "阵亡将士纪念日",
        weekday(5, Weekday::Mon, -1),
    ),
    sure(
        "black_friday",
        "Black Friday",
        "黑色星期五",
        after("thanksgiving_us", 1),
    ),
    sure(
        "small_business_saturday",
        "Small Business Saturday",
        "小企业星期六",
        after("thanksgiving_us", 2),
    ),
    sure(
        "cyber_monday",
        "Cyber Monday",
        "网络星期一",
        after("thanksgiving_us", 4),
    ),
    sure("spring_festival", "Spring Festival", "春节", lunar(1, 1)),
    sure(
        "new_years_eve_lunar",
        "Lunar New Year's Eve",
        "除夕",
        Rule::LunarYearEnd,
    ),
    sure(
        "god_of_wealth",
        "God of Wealth Day",
        "迎财神(正月初五)",
        lunar(1, 5),
    ),
    sure("lantern", "Lantern Festival", "元宵节", lunar(1, 15)),
    sure(
        "longtaitou",
        "Dragon Raises its Head",
        "龙抬头",
        lunar(2, 2),
    ),
    sure("shangsi", "Shangsi", "上巳节", lunar(3, 3)),
    sure("dragon_boat", "Dragon Boat Festival", "端午节", lunar(5, 5)),
    sure("qixi", "Qixi", "七夕节", lunar(7, 7)),
    sure("zhongyuan", "Zhongyuan", "中元节", lunar(7, 15)),
    sure("mid_autumn", "Mid-Autumn Festival", "中秋节", lunar(8, 15)),
    sure("double_ninth", "Double Ninth", "重阳节", lunar(9, 9)),
    sure("laba", "Laba", "腊八节", lunar(12, 8)),
    sure(
        "little_new_year_north",
        "Little New Year (north)",
        "小年(北方)",
        lunar(12, 23),
    ),
    sure(
        "little_new_year_south",
        "Little New Year (south)",
        "小年(南方)",
        lunar(12, 24),
    ),
    sure("lichun", "Start of Spring", "立春", term(SolarTerm::Lichun)),
    sure("qingming", "Qingming", "清明节", term(SolarTerm::Qingming)),
    sure("liqiu", "Start of Autumn", "立秋", term(SolarTerm::Liqiu)),
    sure(
        "dongzhi",
        "Winter Solstice",
        "冬至",
        term(SolarTerm::Dongzhi),
    ),
    sure(
        "good_friday",
        "Good Friday",
        "耶稣受难日",
        easter(Tradition::Western, -2),
    ),
    sure(
        "easter",
        "Easter Sunday",
        "复活节",
        easter(Tradition::Western, 0),
    ),
    sure(
        "mothering_sunday_uk",
        "Mothering Sunday (UK)",
        "英国母亲节",
        easter(Tradition::Western, -21),
    ),
    sure(
        "easter_orthodox",
        "Orthodox Easter",
        "东正教复活节",
        easter(Tradition::Orthodox, 0),
    ),
    provisional("ramadan_start", "Ramadan begins", "斋月开始", hijri(9, 1)),
    provisional("eid_al_fitr", "Eid al-Fitr", "开斋节", hijri(10, 1)),
    provisional("eid_al_adha", "Eid al-Adha", "古尔邦节", hijri(12, 10)),
    provisional(
        "diwali",
        "Diwali",
        "排灯节",
        Rule::Table {
            dates: &tables::DIWALI,
        },
    ),
];

const fn sure(
    id: &'static str,
    name_en: &'static str,
    name_zh: &'static str,
    rule: Rule,
) -> Festival {
    Festival {
        id,
        name_en,
        name_zh,
        rule,
        provisional: false,
    }
}

const fn provisional(
    id: &'static str,
    name_en: &'static str,
    name_zh: &'static str,
    rule: Rule,
) -> Festival {
    Festival {
        id,
        name_en,
        name_zh,
        rule,
        provisional: true,
    }
}

const fn on(month: u32, day: u32) -> Rule {
    Rule::Gregorian { month, day }
}

const fn weekday(month: u32, weekday: Weekday, n: i8) -> Rule {
    Rule::NthWeekday { month, weekday, n }
}

const fn after(of: &'static str, days: i64) -> Rule {
    Rule::Offset { of, days }
}

const fn lunar(month: u8, day: u8) -> Rule {
    Rule::Lunar {
        calendar: LunarCalendar::Chinese,
        month,
        day,
    }
}

const fn term(term: SolarTerm) -> Rule {
    Rule::SolarTerm { term }
}

const fn easter(tradition: Tradition, days: i64) -> Rule {
    Rule::Easter { tradition, days }
}

const fn hijri(month: u8, day: u8) -> Rule {
    Rule::Hijri {
        variant: HijriVariant::UmmAlQura,
        month,
        day,
    }
}
