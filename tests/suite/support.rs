//! The program under test, in a clean environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The program with a fixed environment and an index folder.
pub fn fihris(index: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fihris"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).arg("--index").arg(index).stdin(Stdio::null());
    command
}

/// What a run printed and how it ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run { code: output.status.code().unwrap_or(-1), stdout: String::from_utf8(output.stdout).unwrap(), stderr: String::from_utf8(output.stderr).unwrap() }
    }
}

pub fn run(index: &Path, arguments: &[&str]) -> Run {
    fihris(index).args(arguments).output().unwrap().into()
}

/// The same with text on standard input.
pub fn run_with(index: &Path, arguments: &[&str], input: &[u8]) -> Run {
    use std::io::Write;
    let mut child = fihris(index).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that ends early closes the pipe: that is its right.
    let feeder = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output.into()
}

pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub fn sample_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample")
}

/// The sample archive, built once for all tests that only read it.
pub fn sample_index() -> &'static Path {
    static INDEX: OnceLock<tempfile::TempDir> = OnceLock::new();
    INDEX
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let run = run(folder.path(), &["ingest", sample_folder().to_str().unwrap()]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            folder
        })
        .path()
}
