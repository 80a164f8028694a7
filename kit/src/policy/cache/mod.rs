//! Answers from memory.
