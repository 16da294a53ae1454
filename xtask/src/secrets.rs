//! What holds a secret is not shown: no type with wiped or signing bytes among its fields derives `Debug`, which would print them into the first
//! message of a failed test, a log or a panic.
//!
//! A type that has to be shown writes `Debug` by hand, and a test beside it holds that nothing of the secret is in it.

use std::io;

use crate::source::{files, root, shown};

/// Types whose own `Debug`, or whose inside, shows secret bytes.
const SECRETS: [&str; 5] = ["Zeroizing", "SigningKey", "Identity", "Share", "StaticSecret"];

/// Every fault found.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn check() -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    for path in files(&root().join("crates"), "rs")? {
        let Ok(file) = syn::parse_file(&std::fs::read_to_string(&path)?) else { continue };
        let mut named = Vec::new();
        shows(&file.items, &mut named);
        let say = |name: &String| {
            let path = shown(&path);
            format!("{path}: `{name}` holds a secret and derives Debug, which prints it; write Debug by hand")
        };
        faults.extend(named.iter().map(say));
    }
    Ok(faults)
}

/// Names of types that hold a secret and derive `Debug`.
fn shows(items: &[syn::Item], named: &mut Vec<String>) {
    for item in items {
        let (attributes, name, fields) = match item {
            syn::Item::Struct(one) => (&one.attrs, &one.ident, one.fields.iter().collect::<Vec<_>>()),
            syn::Item::Enum(one) => {
                (&one.attrs, &one.ident, one.variants.iter().flat_map(|variant| &variant.fields).collect())
            }
            syn::Item::Mod(one) => {
                shows(one.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default(), named);
                continue;
            }
            _ => continue,
        };
        if attributes.iter().any(derives_debug) && fields.iter().any(|field| secret(&field.ty)) {
            named.push(name.to_string());
        }
    }
}

fn derives_debug(attribute: &syn::Attribute) -> bool {
    let mut found = false;
    if attribute.path().is_ident("derive") {
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.segments.last().is_some_and(|last| last.ident == "Debug");
            Ok(())
        });
    }
    found
}

/// Whether a type is, or has within it, one of the secret ones.
fn secret(kind: &syn::Type) -> bool {
    match kind {
        syn::Type::Path(path) => path.path.segments.iter().any(|segment| {
            let within = match &segment.arguments {
                syn::PathArguments::AngleBracketed(all) => all.args.iter().any(|one| match one {
                    syn::GenericArgument::Type(kind) => secret(kind),
                    _ => false,
                }),
                _ => false,
            };
            within || SECRETS.iter().any(|name| segment.ident == name)
        }),
        syn::Type::Reference(to) => secret(&to.elem),
        syn::Type::Array(of) => secret(&of.elem),
        syn::Type::Slice(of) => secret(&of.elem),
        syn::Type::Tuple(of) => of.elems.iter().any(secret),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_print_a_secret_is_found_however_deep_it_is_held() {
        let found = |text: &str| {
            let mut named = Vec::new();
            shows(&syn::parse_file(text).unwrap().items, &mut named);
            named
        };
        assert_eq!(found("#[derive(Debug)] struct A { x: Zeroizing<String> }"), ["A"]);
        assert_eq!(found("#[derive(Clone, Debug)] enum B { X(Option<Vec<zeroize::Zeroizing<u8>>>) }"), ["B"]);
        assert_eq!(found("mod m { #[derive(core::fmt::Debug)] struct C<'a>(&'a [Share]); }"), ["C"]);
        assert!(found("#[derive(Clone)] struct D(Zeroizing<u8>);").is_empty());
        assert!(found("#[derive(Debug)] struct E(String);").is_empty());
    }
}
