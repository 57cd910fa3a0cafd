//! One JSON object into cells: the values at the paths that a plan maps, numbers exactly as written.
//! Everything else in the object is checked and passed by.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    cells::Cells,
    mapping::Column,
    plan::{Binding, Plan},
    refused::{Code, Refusal},
    stopped::Why,
};

/// The paths that are read, as a tree of keys.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    top: Node,
    count: usize,
}

#[derive(Debug, Clone, Default)]
struct Node {
    key: String,
    cell: Option<usize>,
    children: Vec<Node>,
}

impl Paths {
    /// The paths of a plan, and where its fields stand among their cells.
    ///
    /// # Errors
    /// [`Why::MissingColumn`] for a place, which an object does not have.
    pub fn of(plan: &Plan) -> Result<(Self, Binding), Why> {
        let mut paths = Self::default();
        let binding = plan.bind(|column| match column {
            Column::Name(name) => Ok(paths.add(name)),
            Column::Place(place) => Err(Why::MissingColumn(place.to_string())),
        })?;
        Ok((paths, binding))
    }

    fn add(&mut self, path: &str) -> usize {
        let mut node = &mut self.top;
        for key in path.split('.') {
            let known = node.children.iter().position(|child| child.key == key);
            let at = known.unwrap_or_else(|| {
                node.children.push(Node { key: key.to_owned(), ..Node::default() });
                node.children.len() - 1
            });
            node = &mut node.children[at];
        }
        *node.cell.get_or_insert_with(|| {
            self.count += 1;
            self.count - 1
        })
    }

    /// Reads an object into the cells.
    ///
    /// # Errors
    /// [`Refusal`]: it is no object, or a value is not one.
    pub fn read(&self, text: &str, cells: &mut Cells) -> Result<(), Refusal> {
        cells.reset(self.count);
        let mut refusal = None;
        let mut json = serde_json::Deserializer::from_str(text);
        let object =
            Object { node: &self.top, cells, start: text.as_ptr() as usize, refusal: &mut refusal };
        let read = object.deserialize(&mut json).and_then(|()| json.end());
        match (refusal, read) {
            (Some(refusal), _) => Err(refusal),
            (None, Err(error)) => Err(malformed(&error)),
            (None, Ok(())) => Ok(()),
        }
    }
}

fn malformed(error: &serde_json::Error) -> Refusal {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "breaks off",
        serde_json::error::Category::Data => "is no object of a row",
        _ => "is not JSON",
    };
    Refusal::row(Code::Malformed, format!("the row {what}, at column {}", error.column()))
}

struct Object<'n, 'c> {
    node: &'n Node,
    cells: &'c mut Cells,
    /// Address of the row's text, to tell where in it a value stands.
    start: usize,
    refusal: &'c mut Option<Refusal>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut hint = 0;
        while let Some(child) = map.next_key_seed(Key { node: self.node, hint })? {
            let Some(at) = child else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            hint = at + 1;
            let value: &'de RawValue = map.next_value()?;
            self.take(&self.node.children[at], value.get()).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

impl Object<'_, '_> {
    /// Takes a value; an error when the reading of the row is over.
    fn take(&mut self, node: &Node, value: &str) -> Result<(), serde_json::Error> {
        match (value.as_bytes()[0], node.cell) {
            (b'n', _) => {}
            (b'{', _) if !node.children.is_empty() => {
                let (start, cells) = (self.start, &mut *self.cells);
                let inner = Object { node, cells, start, refusal: self.refusal };
                inner.deserialize(&mut serde_json::Deserializer::from_str(value))?;
            }
            (b'{' | b'[', _) | (_, None) => {
                let message = format!("{} is not what is needed there", node.key);
                self.refusal.get_or_insert_with(|| Refusal::row(Code::NotAValue, message));
            }
            (_, Some(cell)) if self.cells.is_set(cell) => {
                let message = format!("{} stands there twice", node.key);
                self.refusal.get_or_insert_with(|| Refusal::row(Code::DuplicateField, message));
            }
            (b'"', Some(cell)) if value.contains('\\') => {
                let text: String = serde_json::from_str(value)?;
                self.cells.set_made(cell, |made| made.push_str(&text));
            }
            (first, Some(cell)) => {
                let from = value.as_ptr() as usize - self.start;
                let quotes = usize::from(first == b'"');
                self.cells.set(cell, from + quotes, from + value.len() - quotes);
            }
        }
        Ok(())
    }
}

/// Finds the child that a key names; keys mostly come in the same order.
struct Key<'n> {
    node: &'n Node,
    hint: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<usize>, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Option<usize>, E> {
        let children = &self.node.children;
        if children.get(self.hint).is_some_and(|child| child.key == key) {
            return Ok(Some(self.hint));
        }
        Ok(children.iter().position(|child| child.key == key))
    }
}
