//! Refuses calls while the machine is busy.
