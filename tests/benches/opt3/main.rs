//! Argon2id with the steps of `core/src/crypto/kdf.rs` and nothing around it. Built with the profile `opt3`, it is the
//! reference for the shipped profile. For each line of input, KiB and passes, it prints the nanoseconds.
#![allow(clippy::print_stdout, reason = "the benches read it")]

use std::io::BufRead;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use walletlock_huge_pages::prefer_huge_pages;

fn main() -> Result<()> {
    let mut memory: Vec<Block> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (kib, passes) = line.split_once(' ').context("expected: KIB PASSES")?;
        let (kib, passes): (u32, u32) = (kib.parse()?, passes.parse()?);
        if memory.len() != kib as usize {
            memory = Vec::with_capacity(kib as usize);
            prefer_huge_pages(memory.spare_capacity_mut());
            memory.resize(kib as usize, Block::new());
        }
        let params = Params::new(kib, passes, 1, Some(32)).map_err(|error| anyhow!("{error}"))?;
        let mut output = [0; 32];
        let begin = Instant::now();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(b"493716", &[7; 16], &mut output, memory.as_mut_slice())
            .map_err(|error| anyhow!("{error}"))?;
        memory.iter_mut().for_each(|block| block.as_mut().fill(0));
        zeroize::optimization_barrier(memory.as_slice());
        println!("{}", begin.elapsed().as_nanos());
    }
    Ok(())
}
