//! What was counted or measured: `"amounts": {"lorries": 540}`, with bounds and with origins.
//!
//! A figure is read as bounds and never completed: a count without an upper bound stays without one.

use std::collections::BTreeMap;

use truceline_model::{Alternatives, Bounds, MeasureId, Qualifier};

use super::values::Line;
use crate::json::{Node, Value};
use crate::nearest::did_you_mean;
use crate::refusal::Fault;

impl Line<'_> {
    /// `{"lorries": …}`: a number, bounds, or a list of these with their origins; and `amounts_open` by measure.
    pub(super) fn amounts(&mut self, root: &Node) -> BTreeMap<MeasureId, Alternatives<Bounds>> {
        let mut out: BTreeMap<MeasureId, Alternatives<Bounds>> = BTreeMap::new();
        for key in ["amounts", "amounts_open"] {
            for (name, node) in self.pairs(root, key) {
                let id = MeasureId::new(&name);
                if let Some(declared) = self.context.measures.filter(|declared| !declared.contains(&id)) {
                    let near = did_you_mean(&name, declared.iter().map(MeasureId::as_str));
                    let say = format!("the terms declare no such measure{near}");
                    self.refuse(Fault::Word, &format!("{key}.{name}"), &node, say);
                }
                let inner = if key == "amounts" { "amount" } else { "amount_open" };
                let one = Node { span: node.span, value: Value::Object(vec![(inner.to_owned(), node)]) };
                let given = self.attribute(&one, "amount", |line, node| line.amount(node));
                let all = out.entry(id).or_default();
                given.iter().for_each(|(bounds, from)| from.iter().for_each(|o| all.add(*bounds, o.clone())));
                given.open_origins().iter().for_each(|origin| all.leave_open(origin.clone()));
            }
        }
        out
    }

    /// `540`, `"500-600"`, `">=500"`, `{"min": 500, "max": 600}`, either end left out.
    fn amount(&mut self, node: &Node) -> Option<Bounds> {
        let say = "a count: 540, \"500-600\", \">=500\", or {\"min\": 500, \"max\": 600}";
        let read = match &node.value {
            Value::Text(text) | Value::Number(text) => Bounds::parse(text).map_err(|e| e.say),
            Value::Object(pairs) => {
                let strange =
                    pairs.iter().find(|(key, _)| !matches!(key.as_str(), "min" | "max" | "origins"));
                if let Some((key, node)) = strange {
                    let near = did_you_mean(key, ["min", "max", "origins"]);
                    let column = format!("amounts.{key}");
                    self.refuse(Fault::Header, &column, node, format!("a count has min and max{near}"));
                    return None;
                }
                let refused = self.refusals.len();
                let (min, max) = (self.number(node, "min"), self.number(node, "max"));
                if self.refusals.len() > refused {
                    return None;
                }
                match (min, max) {
                    (Some(min), Some(max)) => Bounds::range(min, max).ok_or_else(|| say.to_owned()),
                    (Some(min), None) => Ok(Bounds { min, max: None, qualifier: Qualifier::AtLeast }),
                    (None, Some(max)) => Ok(Bounds { min: 0, max: Some(max), qualifier: Qualifier::AtMost }),
                    (None, None) => Err(say.to_owned()),
                }
            }
            _ => Err(say.to_owned()),
        };
        read.map_err(|say| self.refuse(Fault::Count, "amounts", node, say)).ok()
    }

    /// `true` or `false`; left out: false.
    pub(super) fn flag(&mut self, root: &Node, key: &str) -> bool {
        match root.get(key).map(|node| (node, &node.value)) {
            None => false,
            Some((_, Value::Bool(set))) => *set,
            Some((node, _)) => {
                self.refuse(Fault::Json, key, node, "true or false");
                false
            }
        }
    }
}
