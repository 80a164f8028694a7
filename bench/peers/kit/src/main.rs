//! kit: a slot until its server and clients exist.
//!
//! The driver already lists every row this peer is to fill (see README.md,
//! "kit's slots"), and leaves the ones empty that this program refuses.

use bench_common::role;

fn main() {
    role().unknown();
}
