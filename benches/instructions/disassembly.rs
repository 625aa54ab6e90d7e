//! Checks the machine code of the kernel's hot loops.

use std::collections::HashMap;
use std::env;
use std::process::Command;

/// Multiply-adds in an iteration of the linear kernel for four channels: two vectors of pixels
/// times four channels times R, G and B. Every loop of the kernel with at least that many is a
/// hot loop.
const HOT: usize = 24;

/// The functions that hold the kernel, and the least number of hot loops in each: three sample
/// types, straight to the picture or to a block.
const FUNCTIONS: [(&str, usize); 2] = [("vectorize_avx2", 6), ("vectorize_avx512", 6)];

/// `true` if hot loops were found and none of them contains a call.
pub fn check_hot_loops() -> bool {
    let program = env::current_exe().expect("this program's path");
    let output = Command::new("objdump")
        .args(["--disassemble", "--no-show-raw-insn", "--demangle"])
        .arg(program)
        .output()
        .expect("objdump must be installed");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut holds = true;
    for (function, least) in FUNCTIONS {
        let loops: Vec<_> = functions(&text, function)
            .iter()
            .flat_map(|lines| innermost_loops(lines))
            .filter(|instructions| count(instructions, "vfmadd") >= HOT)
            .collect();
        let calling = loops.iter().filter(|i| count(i, "call") > 0).count();
        let is_good = loops.len() >= least && calling == 0;
        println!(
            "{function:28} {:9} hot loops, {calling} with a call ... {}",
            loops.len(),
            if is_good { "ok" } else { "FAILED" }
        );
        holds &= is_good;
    }
    holds
}

/// The lines of all functions whose names contain `name`.
fn functions<'a>(text: &'a str, name: &str) -> Vec<Vec<&'a str>> {
    text.split("\n\n")
        .filter(|block| {
            // A function starts with its address and its name.
            let head = block.trim_start().lines().next().unwrap_or_default();
            head.ends_with(">:") && head.contains(name)
        })
        .map(|block| block.lines().skip(1).collect())
        .collect()
}

/// The instructions of each loop that contains no other: from the target of a
/// backward jump to the jump.
fn innermost_loops<'a>(lines: &[&'a str]) -> Vec<Vec<&'a str>> {
    let parsed: Vec<(u64, &str)> = lines
        .iter()
        .filter_map(|line| {
            let (address, instruction) = line.split_once(':')?;
            let address = u64::from_str_radix(address.trim(), 16).ok()?;
            Some((address, instruction.trim()))
        })
        .collect();
    let place: HashMap<u64, usize> = parsed.iter().map(|&(a, _)| a).zip(0..).collect();
    let loops: Vec<(usize, usize)> = parsed
        .iter()
        .enumerate()
        .filter_map(|(end, (_, instruction))| {
            let mut words = instruction.split_whitespace();
            let jump = words.next()?;
            let target = u64::from_str_radix(words.next()?, 16).ok()?;
            let start = *place.get(&target)?;
            (jump.starts_with('j') && start <= end).then_some((start, end))
        })
        .collect();
    loops
        .iter()
        .filter(|&&(start, end)| {
            !loops
                .iter()
                .any(|&(s, e)| (s, e) != (start, end) && start <= s && e <= end)
        })
        .map(|&(start, end)| parsed[start..=end].iter().map(|&(_, i)| i).collect())
        .collect()
}

fn count(instructions: &[&str], prefix: &str) -> usize {
    instructions
        .iter()
        .filter(|i| i.starts_with(prefix))
        .count()
}
