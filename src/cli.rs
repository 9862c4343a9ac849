//! Every flag and its help text. No behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Index a news archive and question it: ranked hits, names and counts as facets. Arabic first, English beside it.
#[derive(Debug, Parser)]
#[command(
    name = "fihris",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Examples:
  fihris demo                                           build the sample archive and ask it three questions
  fihris ingest news/ more.jsonl.gz                     read files and folders into ./index
  fihris query 'مسيرات كييف' --since 2025-05-01          all words, from a day on
  fihris query 'count:killed>=10 place:غزة' --json       articles with at least ten killed
  fihris timeline --of count:killed --by week           the largest toll of each week

Exit codes: 0 done or found · 1 nothing found · 2 usage or question · 3 finished, some inputs rejected
            4 index missing, locked, damaged or not writable · 70 a fault of fihris · 130 interrupted · 141 closed pipe"
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Folder of the index
    #[arg(short, long, global = true, value_name = "DIR", default_value = "index", env = "FIHRIS_INDEX", help_heading = "Global")]
    pub index: PathBuf,
    /// Output form; text on a terminal, plain elsewhere
    #[arg(long, global = true, value_enum, value_name = "FORM", help_heading = "Global")]
    pub format: Option<FormatArg>,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with = "format", help_heading = "Global")]
    pub json: bool,
    /// Short for --format csv
    #[arg(long, global = true, conflicts_with_all = ["format", "json"], help_heading = "Global")]
    pub csv: bool,
    /// Write to a file instead of standard output; - is standard output
    #[arg(short, long, global = true, value_name = "FILE", help_heading = "Global")]
    pub output: Option<PathBuf>,
    /// Only these members of JSON hits and rows, or columns of CSV; a member that nothing has is told at the end
    #[arg(long, global = true, value_delimiter = ',', value_name = "a,b,c", help_heading = "Global")]
    pub fields: Vec<String>,
    /// Byte order mark in front of CSV
    #[arg(long, global = true, help_heading = "Global")]
    pub bom: bool,
    /// CSV as Excel likes it: byte order mark and CRLF
    #[arg(long, global = true, help_heading = "Global")]
    pub excel: bool,
    /// Leave CSV cells that look like formulas as they are
    #[arg(long, global = true, help_heading = "Global")]
    pub csv_exact: bool,
    /// End identifiers and addresses with NUL instead of a newline
    #[arg(short = '0', long, global = true, help_heading = "Global")]
    pub null: bool,
    /// Colour
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Global")]
    pub color: When,
    /// Progress line on standard error; json for wrappers
    #[arg(long, global = true, value_enum, default_value_t = ProgressArg::Auto, value_name = "WHEN", help_heading = "Global")]
    pub progress: ProgressArg,
    /// Language of labels and headings
    #[arg(long, global = true, value_enum, default_value_t = UiLang::En, env = "FIHRIS_UI_LANG", value_name = "LANG", help_heading = "Global")]
    pub ui_lang: UiLang,
    /// Wrap right-to-left pieces in isolates; auto where the terminal is known to lay out Arabic
    #[arg(long, global = true, value_enum, default_value_t = Bidi::Auto, value_name = "HOW", help_heading = "Global")]
    pub bidi: Bidi,
    /// Characters of a line of text output
    #[arg(long, global = true, value_name = "N", help_heading = "Global")]
    pub width: Option<usize>,
    /// Threads that read and index; as many as there are processors, at most 4
    #[arg(long, global = true, value_name = "N", help_heading = "Global")]
    pub threads: Option<usize>,
    /// No messages but errors
    #[arg(short, long, global = true, help_heading = "Global")]
    pub quiet: bool,
    /// Write behind what the output file holds: several answers of one run.
    #[arg(skip)]
    pub append: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    Text,
    Plain,
    Json,
    Jsonl,
    Csv,
    Tsv,
    Ids,
    Urls,
    Trec,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProgressArg {
    Auto,
    Never,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UiLang {
    En,
    Ar,
}

impl UiLang {
    pub fn code(self) -> &'static str {
        match self {
            UiLang::En => "en",
            UiLang::Ar => "ar",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bidi {
    Auto,
    Isolate,
    None,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Ingest(IngestArgs),
    #[command(alias = "search")]
    Query(QueryArgs),
    Show(ShowArgs),
    Explain(ExplainArgs),
    Facet(FacetArgs),
    Timeline(TimelineArgs),
    Counts(CountsArgs),
    Extract(ExtractArgs),
    Export(ExportArgs),
    Batch(BatchArgs),
    #[command(subcommand)]
    Saved(SavedCommand),
    #[command(subcommand)]
    Index(IndexCommand),
    Demo(DemoArgs),
    #[command(subcommand)]
    Eval(EvalCommand),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write manual pages into a folder
    Man {
        /// The folder; it is made where it does not exist
        dir: PathBuf,
    },
}

/// Read files, folders or standard input into the index
///
/// Formats are recognised by content: plain text, JSON, JSONL, CSV and TSV, HTML, each also gzip or zstd. A record that
/// cannot become an article is set aside in the index's quarantine with place, reason and bytes, and the run goes on. The
/// same command run again adds what is new, replaces what is newer, and goes on where an interrupted run ended.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris ingest wire/2025-05 crawl.jsonl.gz
  fihris ingest --map columns.toml --source 'The Outlet' export.csv
  fihris ingest --dry-run unknown.tsv                   print what would be read as what
  curl … | fihris ingest -

Exit: 0 done · 2 usage · 3 some records rejected · 4 index · 130 interrupted (what was read is in)")]
pub struct IngestArgs {
    /// Files and folders; - is standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Read everything as this format instead of recognising it
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<String>,
    /// TOML file that says which column or member is what: title = "…", text = "…", published = "…"
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Outlet of records that name none
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Language of all records instead of detecting it
    #[arg(long, value_name = "LANG")]
    pub assume_lang: Option<String>,
    /// Character set instead of finding it out
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Time zone of dates without one [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// How 4/5/2025 is read
    #[arg(long, value_enum, default_value_t = DateOrderArg::Dmy, value_name = "ORDER")]
    pub date_order: DateOrderArg,
    /// In folders, only files that match
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// In folders, leave out files that match
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Follow symbolic links in folders
    #[arg(long)]
    pub follow: bool,
    /// Bytes of one file at most, decompressed
    #[arg(long, value_name = "BYTES")]
    pub max_file: Option<u64>,
    /// Decompressed bytes for each compressed one, at most
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub max_ratio: u64,
    /// Articles between two commits at most: a killed run loses less, a long one takes longer
    #[arg(long, default_value_t = 20_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub commit_every: u64,
    /// At a record that cannot be read: set it aside and go on, or stop there
    #[arg(long, value_enum, default_value_t = OnError::Skip, value_name = "WHAT")]
    pub on_error: OnError,
    /// Stop when so many records were rejected
    #[arg(long, value_name = "N")]
    pub max_rejects: Option<u64>,
    /// Print the format, columns and language found in each input; read nothing in
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DateOrderArg {
    Dmy,
    Mdy,
    Ymd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnError {
    Skip,
    Stop,
}

/// Flags that narrow the articles, the same in every command.
#[derive(Debug, Args, Default)]
pub struct FilterArgs {
    /// Articles that mention a person; several values: any of them
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub person: Vec<String>,
    /// Articles that mention a place or one inside it
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub place: Vec<String>,
    /// Articles that mention an organization
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub org: Vec<String>,
    /// Articles of an outlet
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub source: Vec<String>,
    /// Articles in a language
    #[arg(long, value_name = "LANG", help_heading = "Narrow")]
    pub lang: Vec<String>,
    /// Leave out articles that mention a person
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub not_person: Vec<String>,
    /// Leave out articles that mention a place
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub not_place: Vec<String>,
    /// Leave out articles that mention an organization
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub not_org: Vec<String>,
    /// Leave out an outlet
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub not_source: Vec<String>,
    /// Leave out a language
    #[arg(long, value_name = "LANG", help_heading = "Narrow")]
    pub not_lang: Vec<String>,
    /// Articles that mention all these people
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub all_person: Vec<String>,
    /// Articles that mention all these places
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub all_place: Vec<String>,
    /// Articles that mention all these organizations
    #[arg(long, value_name = "NAME", help_heading = "Narrow")]
    pub all_org: Vec<String>,
    /// Published from this day, month or year on
    #[arg(long, value_name = "DATE", help_heading = "Narrow")]
    pub since: Option<String>,
    /// Published up to this day, month or year, inclusive
    #[arg(long, value_name = "DATE", help_heading = "Narrow")]
    pub until: Option<String>,
    /// Only articles without a date
    #[arg(long, help_heading = "Narrow")]
    pub undated: bool,
    /// Words and phrases as written: hamza, ya, ta marbuta, tashkeel, digits and letter case count, nothing is stemmed
    #[arg(long, help_heading = "Narrow")]
    pub exact: bool,
    /// Articles with a count: 'killed>=10', 'launched.drone=200..300', 'shot_down>50 @Ukraine'; several: all of them
    #[arg(long, value_name = "KIND OP N", help_heading = "Narrow")]
    pub count: Vec<String>,
}

/// Search the archive and print ranked stories
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris query 'مسيرات كييف' --since 2025-05-01         all words, from a day on
  fihris query 'count:killed>=10 place:غزة' --csv -o out.csv
  fihris query '\"air strike\"' --json | jq -r '.hits[].title'

Words are ANDed; \"phrases\"; OR, NOT, - and ( ); أو, و, ليس and بدون between terms; word* for beginnings; word~1 and word~2
for one or two letters away; \"a b\"~5 with at most five other words among them, in any order; a w/5 b within five words,
a pre/5 b in this order (neighbours are one word apart); exact:word and exact:\"a phrase\" as written;
person: place: org: source: lang: title: date:2025-05..2025-06 count:killed>=10 (شخص: مكان: جهة: مصدر: لغة: تاريخ: عدد:)

Exit: 0 found · 1 nothing found · 2 bad question · 4 index")]
pub struct QueryArgs {
    /// The question; - reads it from standard input; none selects everything
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Order: relevance (newest where the question has no words), relevance:DAYS (among the first 50 being new counts, half as much
    /// every so many days), newest, oldest, count:KIND
    #[arg(long, default_value = "relevance", value_name = "ORDER", help_heading = "Order")]
    pub sort: String,
    /// Hits of a page; 0 gives totals and facets alone
    #[arg(short = 'n', long, default_value_t = 10, value_name = "N", help_heading = "Order")]
    pub limit: usize,
    /// Go on where a page ended
    #[arg(long, value_name = "CURSOR", help_heading = "Order")]
    pub cursor: Option<String>,
    /// Facets to count: person, place, org, source, lang, count, month, year, country; person:3 for three values
    #[arg(long, value_delimiter = ',', value_name = "LIST", help_heading = "Show")]
    pub facets: Vec<String>,
    /// Snippets a hit
    #[arg(long, default_value_t = 2, value_name = "N", help_heading = "Show")]
    pub snippets: usize,
    /// One hit a story, or every article
    #[arg(long, value_enum, default_value_t = Group::Story, value_name = "HOW", help_heading = "Show")]
    pub group: Group,
    /// How words are joined: all, any, or all and then any
    #[arg(long = "match", value_enum, default_value_t = MatchArg::All, value_name = "HOW", help_heading = "Order")]
    pub match_mode: MatchArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Group {
    Story,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MatchArg {
    All,
    Any,
    Auto,
}

/// Show articles: metadata, text, names, counts
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Ids, or their first letters (4 or more)
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// What to show
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Part::All], value_name = "PART")]
    pub part: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    Meta,
    Text,
    Entities,
    Counts,
    Versions,
    All,
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Part::Meta => "meta",
            Part::Text => "text",
            Part::Entities => "entities",
            Part::Counts => "counts",
            Part::Versions => "versions",
            Part::All => "all",
        }
    }
}

/// Count the values of a field over the matching articles
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris facet person 'فيضانات' -n 50
  fihris facet place --prefix مدين --sort name
  fihris facet count:killed --since 2025-05             how large the tolls are")]
pub struct FacetArgs {
    /// person, place, org, source, lang, count, month, year, country, or count:KIND
    pub field: String,
    /// The question
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Only labels that begin so, with or without a star behind
    #[arg(long, value_name = "TEXT")]
    pub prefix: Option<String>,
    /// Only values of at least so many articles
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub min: u64,
    /// Order of the values
    #[arg(long, value_enum, default_value_t = FacetSort::Count, value_name = "ORDER")]
    pub sort: FacetSort,
    /// Values at most
    #[arg(short = 'n', long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FacetSort {
    Count,
    Name,
}

/// Chart the matching articles, or the numbers in them, over time
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris timeline 'place:سوريا' --by month
  fihris timeline --of count:launched.drone --agg max --by week")]
pub struct TimelineArgs {
    /// The question
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Width of a bin
    #[arg(long, value_enum, default_value_t = By::Month, value_name = "WIDTH")]
    pub by: By,
    /// What is charted: docs, or count:KIND[.CLASS]
    #[arg(long, default_value = "docs", value_name = "WHAT")]
    pub of: String,
    /// What is shown of the counts in a bin, each story once
    #[arg(long, value_enum, default_value_t = Agg::Max, value_name = "HOW")]
    pub agg: Agg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Agg {
    Max,
    Median,
    Sum,
}

/// List the numbers in the matching articles, each with its sentence
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris counts 'غزة' --kind killed --since 2025-05-01 --csv --bom -o killed.csv
  fihris counts --kind launched --class drone --min 100 --distinct story")]
pub struct CountsArgs {
    /// The question
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Only counts of a kind
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Only counts of a class of things
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// Only values from here on
    #[arg(long, value_name = "N")]
    pub min: Option<i64>,
    /// Only values up to here
    #[arg(long, value_name = "N")]
    pub max: Option<i64>,
    /// One row for the same kind, class, place and value of a story
    #[arg(long, value_enum, value_name = "WHAT")]
    pub distinct: Option<Distinct>,
    /// Order of the rows
    #[arg(long, value_enum, default_value_t = CountSort::Newest, value_name = "ORDER")]
    pub sort: CountSort,
    /// Rows at most; 0 for all [default: 20 as text, all elsewhere]
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Distinct {
    Story,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CountSort {
    Newest,
    Oldest,
    Value,
}

/// Find names and counts in a text, without an index
///
/// Reads plain text (one article) or JSONL articles (title, body or text, lang, published, id) and writes one JSON object an
/// article. With --tokens, lines of {"tokens":[…]} are answered by {"ents":[[start,end,TYPE],…]}.
#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// A file; - or nothing is standard input
    pub file: Option<PathBuf>,
    /// Language of the text instead of detecting it
    #[arg(long, value_name = "LANG")]
    pub lang: Option<String>,
    /// text or jsonl, instead of telling by the first character
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub input_format: Option<ExtractFormat>,
    /// Only these: person, place, org, count, quotation, date
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub only: Vec<String>,
    /// What offsets count
    #[arg(long, value_enum, default_value_t = OffsetsArg::Char, value_name = "UNIT")]
    pub offsets: OffsetsArg,
    /// Read token lists, answer token spans
    #[arg(long)]
    pub tokens: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExtractFormat {
    Text,
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OffsetsArg {
    Char,
    Byte,
    Utf16,
}

/// Write every matching article, mention or count: streamed, all filters obeyed, no cap
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The question
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// What a row is
    #[arg(long = "as", value_enum, default_value_t = ExportAs::Articles, value_name = "WHAT")]
    pub rows: ExportAs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportAs {
    Articles,
    Mentions,
    Counts,
}

/// Answer a file of questions, one a line: id, tab, question
///
/// Writes a TREC run (id Q0 key rank score fihris), CSV or JSONL. A question that cannot be read is reported with its line and
/// never stops the rest.
#[derive(Debug, Args)]
pub struct BatchArgs {
    /// The file; - is standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Hits a question
    #[arg(short = 'n', long, default_value_t = 1000, value_name = "N")]
    pub limit: usize,
    /// How words are joined: all, any (for questions in natural language), or all and then any
    #[arg(long = "match", value_enum, default_value_t = MatchArg::All, value_name = "HOW")]
    pub match_mode: MatchArg,
    /// What articles are called
    #[arg(long, value_enum, default_value_t = DocId::Key, value_name = "WHAT")]
    pub docid: DocId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DocId {
    Key,
    Guid,
    Url,
}

/// Care of the index
#[derive(Debug, Subcommand)]
pub enum IndexCommand {
    /// Print what is in the index
    Info,
}

/// Build the sample archive in a temporary folder and ask it three questions
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep the archive in this folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

/// Measure the program against labelled collections
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    Names(EvalNamesArgs),
    Record(EvalRecordArgs),
    Search(EvalSearchArgs),
}

/// Find the names of labelled texts and print precision, recall and F1
///
/// A name counts as found when span and type are those of the labels. Files are token corpora ({"tokens":[…],"ents":[[0,2,"PER"]]} a
/// line, each span widened to whole tokens), articles with labels beside them (NAME.jsonl and NAME.labels.jsonl), or annotated articles
/// with marks in the text; each also gzip. Figures are per language and type, of all names and of the distinct names of each article.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris eval names data/annotated/*.txt
  fihris eval names corpus.jsonl.gz --wrong 40                 and the names that are wrong or missing
  fihris eval names data/annotated/*.txt --baseline names.tsv   exit 1 where a figure fell by more than 0.3

Exit: 0 done · 1 a figure fell below the baseline · 2 usage or unreadable labels")]
pub struct EvalNamesArgs {
    /// Labelled files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Show so many names of each language that are wrong or missing, each with its surroundings
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub wrong: usize,
    /// Compare with a table of figures; where the file does not exist it is written
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// Compare what is found in one article with the record an ideal extractor would give
///
/// Prints how many names (span, type and entity) and counts (value, kind, class and qualifier) were found, and what was missed or
/// must not have been emitted.
#[derive(Debug, Args)]
pub struct EvalRecordArgs {
    /// The article's text
    pub article: PathBuf,
    /// The expected record as JSON: people, places, organizations, counts, must_not_emit
    pub expected: PathBuf,
}

/// Rank test collections and print nDCG@10, MRR@10, recall and P@1
///
/// A collection is a folder with docs.jsonl (id, title, text), topics.tsv (id, tab, question) and qrels.txt (TREC form: topic 0 id
/// relevance). Its documents are indexed as `ingest` does, its topics asked as `batch --match any` asks them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris eval search arcd-train xquad-ar                 the figures of each collection
  fihris eval search xquad-ar --against lead=0           with and without the lead, and how sure the difference is
  fihris eval search * --grid lead=0.8,1.2,1.6 --grid p4=0.3,0.5   five-fold cross-validation over all combinations")]
pub struct EvalSearchArgs {
    /// Folders of collections
    #[arg(required = true, value_name = "COLLECTION")]
    pub collections: Vec<PathBuf>,
    /// A weight of the ranking in place of its default
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// A second setting to compare with, as changes to the first
    #[arg(long, value_name = "NAME=VALUE")]
    pub against: Vec<String>,
    /// Values of a weight to cross-validate over
    #[arg(long, value_name = "NAME=VALUE,VALUE")]
    pub grid: Vec<String>,
    /// Ask every so manieth topic only
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub every: usize,
}

/// Say why a hit stands where it does: which word, stream and weight gave what
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fihris explain a7k2 'drones Kyiv'

exact: the word as folded; stem: its stem; p4: its first letters; phrase: a word of a phrase or near another; prefix and fuzzy: a pattern; lead: how early it stands in the text. The parts sum to the score.

Exit: 0 explained · 1 the article does not match, or no article has the id · 2 bad question · 4 index")]
pub struct ExplainArgs {
    /// The article's id, or its first letters (4 or more)
    pub id: String,
    /// The question; - reads it from standard input
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// How words are joined, as in query
    #[arg(long = "match", value_enum, default_value_t = MatchArg::All, value_name = "HOW")]
    pub match_mode: MatchArg,
    /// Order, as in query
    #[arg(long, default_value = "relevance", value_name = "ORDER")]
    pub sort: String,
}

/// Keep questions beside the index and ask them again
#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one is made in a run")]
#[command(after_help = "Examples:
  fihris saved add tolls 'count:killed>=10' --place غزة
  fihris saved run tolls --new --mark-seen              what came since last time (for cron)")]
pub enum SavedCommand {
    /// Keep a question under a name
    Add(SavedAddArgs),
    /// List the questions kept
    List,
    /// Ask a question kept
    Run(SavedRunArgs),
    /// Forget a question
    Rm {
        /// Its name
        name: String,
    },
}

/// A question and the name it goes by.
#[derive(Debug, Args)]
pub struct SavedAddArgs {
    /// A name for it: up to 100 letters, no slash and no line break
    pub name: String,
    /// The question
    #[arg(allow_hyphen_values = true)]
    pub query: Option<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Put it in the place of the one that has the name
    #[arg(long)]
    pub replace: bool,
}

/// Which question, and what of its answer.
#[derive(Debug, Args)]
pub struct SavedRunArgs {
    /// Its name
    pub name: String,
    /// Only articles that came in since it was last marked as seen
    #[arg(long)]
    pub new: bool,
    /// Remember what is in the index now as seen; with --new only where all that is new was shown
    #[arg(long)]
    pub mark_seen: bool,
    /// Order: relevance, relevance:DAYS, newest, oldest, count:KIND
    #[arg(long, default_value = "newest", value_name = "ORDER")]
    pub sort: String,
    /// Hits at most
    #[arg(short = 'n', long, default_value_t = 100, value_name = "N")]
    pub limit: usize,
    /// One hit a story, or every article
    #[arg(long, value_enum, default_value_t = Group::Story, value_name = "HOW")]
    pub group: Group,
}
