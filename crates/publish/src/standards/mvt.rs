//! Mapbox Vector Tile 2.1, written: layers of features whose keys and values are said once a layer.
//!
//! The format is eleven fields of protocol buffers; crates that write it do so from floats, which the tile has none of.

use std::collections::BTreeMap;

/// Units of a tile's side.
pub(crate) const EXTENT: i64 = 4096;

/// A value of a feature.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Given {
    /// Text.
    Text(String),
    /// A count.
    Count(u64),
}

/// What a feature is drawn as, in units of the tile.
pub(crate) enum Drawn<'g> {
    /// One point.
    Point(i64, i64),
    /// Chains of at least two points.
    Chains(&'g [Vec<(i64, i64)>]),
    /// Rings of at least three points, an outer one before its holes.
    Rings(&'g [Vec<(i64, i64)>]),
}

/// A layer under way.
pub(crate) struct Layer<'v> {
    name: &'static str,
    features: Vec<u8>,
    keys: BTreeMap<&'static str, u64>,
    values: BTreeMap<&'v Given, u64>,
    /// Room for one feature, kept.
    tags: Vec<u8>,
    one: Vec<u8>,
    count: usize,
}

impl<'v> Layer<'v> {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            features: Vec::new(),
            keys: BTreeMap::new(),
            values: BTreeMap::new(),
            tags: Vec::new(),
            one: Vec::new(),
            count: 0,
        }
    }

    /// Adds a feature.
    pub(crate) fn add(&mut self, drawn: &Drawn<'_>, given: impl Iterator<Item = (&'static str, &'v Given)>) {
        self.tags.clear();
        for (key, value) in given {
            let next = self.keys.len() as u64;
            varint(&mut self.tags, *self.keys.entry(key).or_insert(next));
            let next = self.values.len() as u64;
            varint(&mut self.tags, *self.values.entry(value).or_insert(next));
        }
        let (kind, geometry) = commands(drawn);
        self.one.clear();
        field_bytes(&mut self.one, 2, &self.tags);
        field_number(&mut self.one, 3, kind);
        field_bytes(&mut self.one, 4, &geometry);
        field_bytes(&mut self.features, 2, &self.one);
        self.count += 1;
    }

    /// Puts it into a tile; a layer without features is none.
    pub(crate) fn put(self, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut out = Vec::with_capacity(self.features.len() + 4_096);
        field_number(&mut out, 15, 2);
        field_bytes(&mut out, 1, self.name.as_bytes());
        out.extend_from_slice(&self.features);
        let mut keys: Vec<(&&str, &u64)> = self.keys.iter().collect();
        keys.sort_by_key(|(_, n)| **n);
        for (key, _) in keys {
            field_bytes(&mut out, 3, key.as_bytes());
        }
        let mut values: Vec<(&&Given, &u64)> = self.values.iter().collect();
        values.sort_by_key(|(_, n)| **n);
        for (value, _) in values {
            let mut one = Vec::new();
            match value {
                Given::Text(text) => field_bytes(&mut one, 1, text.as_bytes()),
                Given::Count(count) => field_number(&mut one, 5, *count),
            }
            field_bytes(&mut out, 4, &one);
        }
        field_number(&mut out, 5, EXTENT.unsigned_abs());
        field_bytes(tile, 3, &out);
    }
}

/// The kind of a geometry and its commands.
fn commands(drawn: &Drawn<'_>) -> (u64, Vec<u8>) {
    let mut out = Vec::new();
    let mut at = (0, 0);
    match drawn {
        Drawn::Point(x, y) => {
            varint(&mut out, command(1, 1));
            step(&mut out, &mut at, (*x, *y));
            (1, out)
        }
        Drawn::Chains(chains) => {
            for chain in *chains {
                path(&mut out, &mut at, chain);
            }
            (2, out)
        }
        Drawn::Rings(rings) => {
            for ring in *rings {
                path(&mut out, &mut at, ring);
                varint(&mut out, command(7, 1));
            }
            (3, out)
        }
    }
}

/// Move to the first point, a line to each of the others.
fn path(out: &mut Vec<u8>, at: &mut (i64, i64), points: &[(i64, i64)]) {
    let Some((first, rest)) = points.split_first() else { return };
    varint(out, command(1, 1));
    step(out, at, *first);
    varint(out, command(2, rest.len() as u64));
    for point in rest {
        step(out, at, *point);
    }
}

fn command(id: u64, count: u64) -> u64 {
    (count << 3) | id
}

fn step(out: &mut Vec<u8>, at: &mut (i64, i64), to: (i64, i64)) {
    for by in [to.0 - at.0, to.1 - at.1] {
        varint(out, ((by << 1) ^ (by >> 63)).cast_unsigned());
    }
    *at = to;
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

fn field_number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn field_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    varint(out, (field << 3) | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the specification, 4.3.5.
    #[test]
    fn geometries_are_those_of_the_specification() {
        assert_eq!(commands(&Drawn::Point(25, 17)), (1, vec![9, 50, 34]));
        let line = [vec![(2, 2), (2, 10), (10, 10)]];
        assert_eq!(commands(&Drawn::Chains(&line)), (2, vec![9, 4, 4, 18, 0, 16, 16, 0]));
        let ring = [vec![(3, 6), (8, 12), (20, 34)]];
        assert_eq!(commands(&Drawn::Rings(&ring)), (3, vec![9, 6, 12, 18, 10, 12, 24, 44, 15]));
    }
}
