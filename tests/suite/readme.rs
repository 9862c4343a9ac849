//! What the README says is so.

use crate::support::{run, sample_index};

const README: &str = include_str!("../../README.md");

#[test]
fn every_command_is_named() {
    let help = run(sample_index(), &["--help"]);
    let commands = help.stdout.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap().split("Global:").next().unwrap();
    let mut n_commands = 0;
    for line in commands.lines() {
        if let Some(name) = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with(' '))
            .and_then(|rest| rest.split(' ').next())
            .filter(|name| !name.is_empty() && *name != "help")
        {
            assert!(README.contains(&format!("`{name}`")), "the README does not name `{name}`");
            n_commands += 1;
        }
    }
    assert!(n_commands >= 12, "{n_commands}");
}

/// The questions of the transcript are asked again; their answers must hold what the README shows.
#[test]
fn the_transcript_is_real() {
    let transcript = README.split("```console").nth(1).unwrap().split("```").next().unwrap();
    let mut asked = 0;
    let mut answer: Vec<String> = Vec::new();
    for line in transcript.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(typed) = line.strip_prefix("$ fihris -i sample ") {
            let words = split(typed);
            let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
            arguments.extend(["--format", "text", "--width", "100"]);
            answer = run(sample_index(), &arguments).stdout.lines().map(|line| without_time(line.trim_end())).collect();
            asked += 1;
        } else if !line.starts_with('$') {
            assert!(answer.contains(&without_time(line.trim_end())), "{line:?} is not in\n{}", answer.join("\n"));
        }
    }
    assert!(asked >= 2, "{asked} questions");
}

/// Milliseconds differ from run to run.
fn without_time(line: &str) -> String {
    match line.split_once(" · ") {
        Some((before, after)) if after.ends_with(" ms") => before.to_string(),
        _ => line.to_string(),
    }
}

fn split(typed: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, piece) in typed.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(piece.to_string());
        } else {
            words.extend(piece.split_whitespace().map(str::to_string));
        }
    }
    words
}
