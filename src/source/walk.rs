//! Which files a list of paths means: folders walked in the byte order of their paths, links left out unless followed.

use std::io;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::Input;

/// Which files of a folder are taken.
#[derive(Debug, Clone, Default)]
pub struct WalkOptions {
    /// Follow symbolic links; without it they are passed over.
    pub follow: bool,
    /// When given, only files that match one of them.
    pub include: Option<GlobSet>,
    pub exclude: Option<GlobSet>,
    /// A folder that is never entered: the index itself.
    pub skip: Option<PathBuf>,
}

/// The pattern set of `--include` or `--exclude`; `None` for none.
///
/// # Errors
/// When a pattern cannot be read.
pub fn patterns(patterns: &[String]) -> anyhow::Result<Option<GlobSet>> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern)?);
    }
    Ok(Some(set.build()?))
}

/// One file, or a place that could not be looked into.
#[derive(Debug)]
pub enum Found {
    Input(Input),
    Unreadable { path: PathBuf, error: io::Error },
}

/// The inputs that `path` means, in byte order; `-` is standard input.
///
/// # Errors
/// When the path does not exist.
pub fn find(path: &Path, options: &WalkOptions) -> io::Result<Box<dyn Iterator<Item = Found>>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::iter::once(Found::Input(Input::Stdin))));
    }
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_dir() {
        let found = if metadata.is_file() {
            Found::Input(Input::File(path.to_path_buf()))
        } else {
            Found::Unreadable { path: path.to_path_buf(), error: io::Error::new(io::ErrorKind::InvalidInput, "expected a regular file or a folder") }
        };
        return Ok(Box::new(std::iter::once(found)));
    }
    if is_index(path) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is an index of fihris, not its sources"));
    }
    let options = options.clone();
    let root = path.to_path_buf();
    let skip = options.skip.as_ref().and_then(|skip| skip.canonicalize().ok());
    let walk = walkdir::WalkDir::new(path)
        .follow_links(options.follow)
        // `a.txt` comes before `a/b` and behind `a-b`, as their whole paths compare.
        .sort_by(|a, b| with_slash(a).cmp(&with_slash(b)))
        .into_iter()
        .filter_entry(move |entry| {
            entry.depth() == 0 || !(is_hidden(entry) || is_skipped(entry, skip.as_deref()) || entry.file_type().is_dir() && is_index(entry.path()))
        });
    Ok(Box::new(walk.filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_file() => {
            let relative = entry.path().strip_prefix(&root).unwrap_or(entry.path());
            // A pattern of a bare name means files of that name in any folder.
            let matches = |set: &GlobSet| set.is_match(relative) || relative.file_name().is_some_and(|name| set.is_match(name));
            let wanted = options.include.as_ref().is_none_or(matches) && !options.exclude.as_ref().is_some_and(matches);
            wanted.then(|| Found::Input(Input::File(entry.into_path())))
        }
        Ok(_) => None,
        Err(error) => {
            let path = error.path().map(Path::to_path_buf).unwrap_or_default();
            let error = error.into_io_error().unwrap_or_else(|| io::Error::other("a link leads back to itself"));
            Some(Found::Unreadable { path, error })
        }
    })))
}

/// Files of programs, not of people: `.git`, `.DS_Store`.
fn is_hidden(entry: &walkdir::DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether a folder is an index: its manifest names a store.
fn is_index(folder: &Path) -> bool {
    let manifest = std::fs::read(folder.join("fihris.json")).ok();
    let manifest = manifest.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    manifest.is_some_and(|manifest| manifest.get("store").is_some() && manifest.get("min_reader").is_some())
}

fn is_skipped(entry: &walkdir::DirEntry, skip: Option<&Path>) -> bool {
    skip.is_some_and(|skip| entry.file_type().is_dir() && entry.path().canonicalize().is_ok_and(|path| path == skip))
}

fn with_slash(entry: &walkdir::DirEntry) -> Vec<u8> {
    let mut name = entry.file_name().as_encoded_bytes().to_vec();
    if entry.file_type().is_dir() {
        name.push(b'/');
    }
    name
}
