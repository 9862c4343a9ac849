//! The seeds of the fuzz targets, and what fuzzing found, replayed.

#[path = "../fuzz/checks.rs"]
mod checks;

#[test]
fn seeds_hold() {
    let mut n = 0;
    for file in std::fs::read_dir("tests/fuzz/seeds/query").unwrap() {
        let path = file.unwrap().path();
        checks::query(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        n += 1;
    }
    assert!(n >= 30, "{n} seeds");
}
