//! The cells of one row: ranges of the row's text, or of text that was made because the row spells it
//! otherwise (escapes, doubled quotes). Reused from row to row.

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell {
    /// Not there.
    #[default]
    Absent,
    /// A range of the row.
    Row(u32, u32),
    /// A range of what was made.
    Made(u32, u32),
}

/// The cells of a row.
#[derive(Debug, Default)]
pub struct Cells {
    list: Vec<Cell>,
    made: String,
}

impl Cells {
    /// Forgets the last row, and has `count` cells that are absent.
    pub fn reset(&mut self, count: usize) {
        self.list.clear();
        self.list.resize(count, Cell::Absent);
        self.made.clear();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Appends a range of the row.
    pub fn push(&mut self, from: usize, to: usize) {
        self.list.push(Cell::Row(narrow(from), narrow(to)));
    }

    /// Appends a text that `write` makes.
    pub fn push_made(&mut self, write: impl FnOnce(&mut String)) {
        let cell = self.make(write);
        self.list.push(cell);
    }

    /// Sets a cell to a range of the row.
    pub fn set(&mut self, index: usize, from: usize, to: usize) {
        self.list[index] = Cell::Row(narrow(from), narrow(to));
    }

    /// Sets a cell to a text that `write` makes.
    pub fn set_made(&mut self, index: usize, write: impl FnOnce(&mut String)) {
        self.list[index] = self.make(write);
    }

    /// Whether a cell is there.
    pub fn is_set(&self, index: usize) -> bool {
        self.list[index] != Cell::Absent
    }

    fn make(&mut self, write: impl FnOnce(&mut String)) -> Cell {
        let from = self.made.len();
        write(&mut self.made);
        Cell::Made(narrow(from), narrow(self.made.len()))
    }

    /// The cells of a row with this text.
    pub fn view<'a>(&'a self, row: &'a str) -> View<'a> {
        View { cells: self, row }
    }
}

/// Rows are far below 4 GiB; see [`Limits`](super::limits::Limits).
fn narrow(position: usize) -> u32 {
    u32::try_from(position).expect("a row is at most 64 MiB")
}

/// The cells of a row beside its text.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    cells: &'a Cells,
    row: &'a str,
}

impl<'a> View<'a> {
    /// A cell without blanks around it; `None` when it is absent or empty.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&'a str> {
        let text = match *self.cells.list.get(index)? {
            Cell::Absent => return None,
            Cell::Row(from, to) => &self.row[from as usize..to as usize],
            Cell::Made(from, to) => &self.cells.made[from as usize..to as usize],
        };
        let text = text.trim_ascii();
        (!text.is_empty()).then_some(text)
    }
}
