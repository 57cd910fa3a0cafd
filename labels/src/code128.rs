//! Code 128 and GS1-128: which symbol characters, how wide, and how ZPL is told the same ones.
//!
//! The printer is not left to choose code sets (its automatic modes differ between models): the same
//! plan is drawn as bars and written as ZPL, so both give one symbol. Text under the bars is not drawn
//! here. Control characters (code set A) are refused, and so are `>`, `^` and `~`: ZPL has invocations
//! for them that not every interpreter knows. No label of ours needs any of these.

use crate::doc::{Area, Dmm, LabelError};

const CODE_C: u8 = 99;
const CODE_B: u8 = 100;
const FNC1: u8 = 102;
const START_B: u8 = 104;
const START_C: u8 = 105;
/// Widths of bars and spaces of the stop pattern.
const STOP: &str = "2331112";
/// Blank modules that a scanner needs on each side.
pub const QUIET_MODULES: usize = 10;
/// Thinnest bar that is still allowed, in 0.1 mm; two dots of a 203 dpi head.
const MODULE_MIN: f64 = 2.5;

/// What a symbol says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Printable ASCII but `>`, `^` and `~`.
    Text(String),
    /// Application identifiers with their values, in order.
    Gs1(Vec<(String, String)>),
}

impl Payload {
    /// One application identifier with its value.
    pub fn gs1(ai: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Gs1(vec![(ai.into(), value.into())])
    }

    /// What people read under the bars: `(00)…` for GS1, else the text.
    pub fn human_readable(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Gs1(elements) => {
                elements.iter().map(|(ai, value)| format!("({ai}) {value}")).collect()
            }
        }
    }

    /// The characters to encode; `None` is FNC1.
    fn units(&self) -> Vec<Option<char>> {
        match self {
            Self::Text(text) => text.chars().map(Some).collect(),
            Self::Gs1(elements) => {
                let mut units = vec![None];
                for (place, (ai, value)) in elements.iter().enumerate() {
                    units.extend(ai.chars().chain(value.chars()).map(Some));
                    // After the last element FNC1 would be noise; elsewhere it is never wrong.
                    if place + 1 < elements.len() {
                        units.push(None);
                    }
                }
                units
            }
        }
    }
}

/// A Code 128 symbol with its place on the label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code128 {
    area: Area,
    module_max: Dmm,
    symbols: Vec<u8>,
}

impl Code128 {
    /// A symbol as high as `area`, centred in it, quiet zones included, with bars of at most
    /// `module_max` (0.1 mm) a module.
    ///
    /// # Errors
    /// [`LabelError`] for a character outside printable ASCII or one of `>^~`, for nothing to encode,
    /// and when the bars would be thinner than 0.25 mm.
    pub fn new(area: Area, module_max: Dmm, payload: &Payload) -> Result<Self, LabelError> {
        let symbols = plan(&payload.units())?;
        let code = Self { area, module_max, symbols };
        let modules = code.modules() + 2 * QUIET_MODULES;
        if code.module_width() < MODULE_MIN {
            #[expect(clippy::cast_possible_truncation, reason = "a few thousand at most")]
            let needed = (modules as f64 * MODULE_MIN).ceil() as Dmm;
            return Err(LabelError::BarcodeTooWide { needed, available: area.width });
        }
        Ok(code)
    }

    /// How wide the symbol is with quiet zones at `module` (0.1 mm) a module.
    ///
    /// # Errors
    /// [`LabelError`] for characters that cannot be encoded.
    pub fn width_needed(payload: &Payload, module: Dmm) -> Result<Dmm, LabelError> {
        let symbols = plan(&payload.units())?;
        let modules = symbols.len() * 11 + STOP_MODULES + 2 * QUIET_MODULES;
        Ok(Dmm::try_from(modules).unwrap_or(Dmm::MAX).saturating_mul(module))
    }

    /// Where it stands, quiet zones included.
    pub fn area(&self) -> Area {
        self.area
    }

    /// Widest allowed module in 0.1 mm.
    pub(crate) fn module_max(&self) -> Dmm {
        self.module_max
    }

    /// Modules of the symbol without quiet zones.
    pub fn modules(&self) -> usize {
        self.symbols.len() * 11 + STOP_MODULES
    }

    /// Module width in 0.1 mm for a back end that is free to choose.
    pub fn module_width(&self) -> f64 {
        let modules = self.modules() + 2 * QUIET_MODULES;
        f64::from(self.module_max).min(f64::from(self.area.width) / modules as f64)
    }

    /// Bars as (first module, number of modules).
    pub fn bars(&self) -> Vec<(usize, usize)> {
        let widths = self.symbols.iter().map(|s| PATTERNS[usize::from(*s)]).chain([STOP]);
        let mut bars = Vec::new();
        let mut at = 0;
        for pattern in widths {
            for (place, digit) in pattern.bytes().enumerate() {
                let width = usize::from(digit - b'0');
                if place % 2 == 0 {
                    bars.push((at, width));
                }
                at += width;
            }
        }
        bars
    }

    /// The data for `^BC` in mode N, code set by code set; check and stop characters are the printer's.
    pub(crate) fn zpl_data(&self) -> String {
        let mut data = String::new();
        let mut in_c = self.symbols[0] == START_C;
        data.push_str(if in_c { ">;" } else { ">:" });
        for &symbol in &self.symbols[1..self.symbols.len() - 1] {
            match symbol {
                FNC1 => data.push_str(">8"),
                CODE_C if !in_c => {
                    in_c = true;
                    data.push_str(">5");
                }
                CODE_B if in_c => {
                    in_c = false;
                    data.push_str(">6");
                }
                pair if in_c => data.push_str(&format!("{pair:02}")),
                value => data.push(char::from(value + b' ')),
            }
        }
        data
    }
}

/// Modules of the stop pattern.
const STOP_MODULES: usize = 13;

/// What code set B has and every ZPL interpreter reads alike.
fn can_encode(c: char) -> bool {
    (' '..='~').contains(&c) && !matches!(c, '>' | '^' | '~')
}

/// The shortest row of symbol characters for `units`, from start to check character.
fn plan(units: &[Option<char>]) -> Result<Vec<u8>, LabelError> {
    if units.iter().all(Option::is_none) {
        return Err(LabelError::BarcodeEmpty);
    }
    if let Some(bad) = units.iter().flatten().find(|c| !can_encode(**c)) {
        return Err(LabelError::BarcodeCharacter(*bad));
    }
    let costs = costs(units);
    let mut in_c = costs[0][1] <= costs[0][0];
    let mut symbols = vec![if in_c { START_C } else { START_B }];
    let mut at = 0;
    while at < units.len() {
        let (step, value) = step(units, at, in_c);
        let stay = value.and_then(|_| costs[at + step][usize::from(in_c)].checked_add(1));
        match value {
            Some(value) if stay == Some(costs[at][usize::from(in_c)]) => {
                symbols.push(value);
                at += step;
            }
            _ => {
                in_c = !in_c;
                symbols.push(if in_c { CODE_C } else { CODE_B });
            }
        }
    }
    symbols.push(check_symbol(&symbols));
    Ok(symbols)
}

/// Symbol characters still needed from each place, in code set B and in code set C.
fn costs(units: &[Option<char>]) -> Vec<[usize; 2]> {
    let mut costs = vec![[0, 0]; units.len() + 1];
    for at in (0..units.len()).rev() {
        let stay = |in_c: bool| {
            let (length, value) = step(units, at, in_c);
            value.map_or(usize::MAX - 1, |_| 1 + costs[at + length][usize::from(in_c)])
        };
        let (b, c) = (stay(false), stay(true));
        costs[at] = [b.min(c + 1), c.min(b + 1)];
    }
    costs
}

/// How many units one symbol character takes at `at` in the given code set, and its value.
fn step(units: &[Option<char>], at: usize, in_c: bool) -> (usize, Option<u8>) {
    let digit = |place: usize| {
        units
            .get(place)
            .copied()
            .flatten()
            .and_then(|c| c.to_digit(10))
            .and_then(|d| u8::try_from(d).ok())
    };
    match units[at] {
        None => (1, Some(FNC1)),
        Some(_) if in_c => match (digit(at), digit(at + 1)) {
            (Some(tens), Some(ones)) => (2, Some(tens * 10 + ones)),
            _ => (1, None),
        },
        Some(c) => (1, u8::try_from(c).ok().map(|byte| byte - b' ')),
    }
}

fn check_symbol(symbols: &[u8]) -> u8 {
    let sum: usize =
        symbols.iter().enumerate().map(|(place, symbol)| place.max(1) * usize::from(*symbol)).sum();
    u8::try_from(sum % 103).expect("a remainder of 103 fits a byte")
}

/// Widths of bars and spaces of symbol characters 0 to 105 (ISO/IEC 15417).
const PATTERNS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn zpl(payload: &Payload) -> String {
        Code128::new(Area::new(0, 0, 10_000, 100), 5, payload).unwrap().zpl_data()
    }

    #[test]
    fn even_digits_stay_in_set_c() {
        let sscc = Payload::gs1("00", "009520001234567897");
        assert_eq!(zpl(&sscc), ">;>800009520001234567897");
        let code = Code128::new(Area::new(0, 0, 900, 320), 5, &sscc).unwrap();
        assert_eq!(code.modules(), 11 * (1 + 1 + 10 + 1) + 13);
    }

    #[test]
    fn an_odd_digit_goes_to_set_b_instead_of_being_lost() {
        assert_eq!(zpl(&Payload::gs1("420", "1010")), ">;>8420101>60");
        assert_eq!(zpl(&Payload::Text("123".into())), ">;12>63");
        assert_eq!(zpl(&Payload::gs1("420", "K1A0B1")), ">;>842>60K1A0B1");
    }

    #[test]
    fn separators_stand_between_elements_only() {
        let two = Payload::Gs1(vec![("10".into(), "AB".into()), ("21".into(), "12".into())]);
        assert_eq!(zpl(&two), ">;>810>6AB>8>52112");
        assert_eq!(two.human_readable(), "(10) AB(21) 12");
    }

    #[test]
    fn what_cannot_be_encoded_or_fit_is_refused() {
        let area = Area::new(0, 0, 200, 100);
        let refuse = |text: &str| Code128::new(area, 5, &Payload::Text(text.into()));
        assert_eq!(refuse("é"), Err(LabelError::BarcodeCharacter('é')));
        for special in ['>', '^', '~'] {
            let text = String::from(special);
            assert_eq!(refuse(&text), Err(LabelError::BarcodeCharacter(special)));
        }
        assert_eq!(refuse("a\u{1d}"), Err(LabelError::BarcodeCharacter('\u{1d}')));
        assert_eq!(refuse(""), Err(LabelError::BarcodeEmpty));
        assert!(matches!(refuse("ABCDEFGHIJ"), Err(LabelError::BarcodeTooWide { .. })));
    }

    #[test]
    fn bars_cover_the_symbol() {
        let code = Code128::new(Area::new(0, 0, 900, 100), 5, &Payload::Text("A".into())).unwrap();
        let bars = code.bars();
        assert_eq!(bars.first(), Some(&(0, 2)));
        let (start, width) = bars[bars.len() - 1];
        assert_eq!(start + width, code.modules());
    }
}
