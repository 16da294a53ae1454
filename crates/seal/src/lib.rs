//! Sealed sources: the name of whoever reported, encrypted so that only several holders together can open it.
//!
//! Each name has a fresh key. The key is split k of n (Shamir) and each share encrypted by age to one holder, so that an opening opens one name
//! and no key that opens two ever exists. A holder releases its share for one request only, encrypted to whoever
//! opens; a release for another request is refused, and one holder twice is one.
//!
//! It never logs, prints or names what it seals: no error holds a name or a key, and what held them is wiped. It opens no file
//! and reads no clock. A name is padded, so that its length shows nowhere.

mod content;
mod errors;
mod group;
mod release;
mod sealed;
mod shamir;

pub use content::{CONTENT_KEY, ContentKey};
pub use errors::SealError;
pub use group::{Group, HOLDERS_MOST, Holder, new_holder, recipient_of};
pub use release::{Opened, Release, open, release};
pub use sealed::{NAME_LIMIT, seal};
