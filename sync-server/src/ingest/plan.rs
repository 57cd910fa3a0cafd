//! A profile made ready: formats parsed, and every field bound to a cell of the format's rows.

use super::{
    cells::View,
    date::{DateFormat, Zone},
    field::Field,
    mapping::{Column, Mapping},
    profile::Profile,
    record::Text,
    stopped::Why,
    validate::Problem,
};

const _: () = assert!(Field::COUNT <= 32, "Binding has a bit for each field");

/// A profile that has no problems.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it was made from.
    pub profile: Profile,
    /// The formats of dates.
    pub dates: Vec<DateFormat>,
    /// Where local times are local.
    pub zone: Zone,
}

/// Where a field's value stands in a row.
#[derive(Debug, Clone, Default)]
enum Bound {
    #[default]
    Nowhere,
    Constant(String),
    Cell(usize, Option<String>),
    Joined(Vec<usize>, String, Option<String>),
}

/// Where each field's value stands in a row.
#[derive(Debug, Clone, Default)]
pub struct Binding {
    of: [Bound; Field::COUNT],
    /// A bit for each field that stands somewhere: most do not, and are asked for in every row.
    somewhere: u32,
}

impl Plan {
    /// Makes a profile ready.
    ///
    /// # Errors
    /// Its [`Problem`]s, when it has any.
    pub fn new(profile: &Profile) -> Result<Self, Vec<Problem>> {
        let problems = profile.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let formats = &profile.dates.formats;
        Ok(Self {
            dates: formats.iter().filter_map(|format| DateFormat::of(format)).collect(),
            zone: Zone::of(&profile.dates.zone).expect("a profile without problems"),
            profile: profile.clone(),
        })
    }

    /// Binds every mapped field to the cells that `find` names.
    ///
    /// # Errors
    /// Those of `find`; a missing column may be missing when its mapping says so.
    pub fn bind(
        &self,
        mut find: impl FnMut(&Column) -> Result<usize, Why>,
    ) -> Result<Binding, Why> {
        let mut binding = Binding::default();
        for (field, mapping) in &self.profile.fields.0 {
            let default = mapping.default.clone();
            let bound = match bind(mapping, &mut find) {
                Err(Why::MissingColumn(_)) if mapping.optional => {
                    default.map_or(Bound::Nowhere, Bound::Constant)
                }
                bound => bound?,
            };
            binding.set(*field, bound);
        }
        Ok(binding)
    }
}

impl Binding {
    /// Each of the fields in a cell of its own, in their order.
    #[must_use]
    pub fn of_fields(fields: impl Iterator<Item = Field>) -> Self {
        let mut binding = Self::default();
        for (cell, field) in fields.enumerate() {
            binding.set(field, Bound::Cell(cell, None));
        }
        binding
    }

    fn set(&mut self, field: Field, bound: Bound) {
        if !matches!(bound, Bound::Nowhere) {
            self.somewhere |= 1 << field.index();
        }
        self.of[field.index()] = bound;
    }
}

fn bind(
    mapping: &Mapping,
    find: &mut impl FnMut(&Column) -> Result<usize, Why>,
) -> Result<Bound, Why> {
    let default = mapping.default.clone();
    if let Some(constant) = &mapping.constant {
        return Ok(Bound::Constant(constant.clone()));
    }
    if let Some(column) = &mapping.column {
        return Ok(Bound::Cell(find(column)?, default));
    }
    let cells = mapping.columns.iter().map(find).collect::<Result<_, _>>()?;
    Ok(Bound::Joined(cells, mapping.join.clone(), default))
}

/// What one row says, by field and not yet translated.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    /// How to translate.
    pub plan: &'a Plan,
    binding: &'a Binding,
    cells: View<'a>,
}

impl<'a> Fields<'a> {
    /// The cells of a row, as the binding reads them.
    pub fn new(plan: &'a Plan, binding: &'a Binding, cells: View<'a>) -> Self {
        Self { plan, binding, cells }
    }

    /// A field's text; `None` when nothing is said.
    #[inline]
    pub fn text(&self, field: Field) -> Option<Text<'a>> {
        if self.binding.somewhere & (1 << field.index()) == 0 {
            return None;
        }
        match &self.binding.of[field.index()] {
            Bound::Cell(cell, None) => self.cells.get(*cell).map(Text::Borrowed),
            bound => self.text_of(bound),
        }
    }

    fn text_of(&self, bound: &'a Bound) -> Option<Text<'a>> {
        let (found, default) = match bound {
            Bound::Nowhere => return None,
            Bound::Constant(constant) => return Some(Text::Borrowed(constant)),
            Bound::Cell(cell, default) => (self.cells.get(*cell).map(Text::Borrowed), default),
            Bound::Joined(cells, join, default) => (self.joined(cells, join), default),
        };
        found.or_else(|| default.as_deref().map(Text::Borrowed))
    }

    fn joined(&self, cells: &[usize], join: &str) -> Option<Text<'a>> {
        let parts = cells.iter().map(|cell| self.cells.get(*cell));
        Some(Text::Owned(parts.collect::<Option<Vec<_>>>()?.join(join)))
    }

    /// Every field that says something, for the list of refused rows.
    pub fn said(&self) -> Vec<(Field, String)> {
        let text = |field| Some((field, self.text(field)?.into_owned()));
        Field::ALL.into_iter().filter_map(text).collect()
    }
}
