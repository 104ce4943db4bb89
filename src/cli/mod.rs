//! The command line: one file a command, from raw arguments to a call of the library.
//!
//! Only this module writes to stdout, knows the terminal, and knows exit codes.

pub mod accept;
pub mod add;
pub mod audit;
pub mod beside;
pub mod cache;
pub mod compare;
pub mod completions;
pub mod correlate;
pub mod exit;
pub mod explain;
pub mod facts;
pub mod gate;
pub mod held;
pub mod incident;
pub mod init;
pub mod list;
pub mod merge;
pub mod named;
pub mod noise;
pub mod output;
pub mod progress;
pub mod reject;
pub mod render;
pub mod report;
pub mod rescore;
pub mod review;
pub mod run;
pub mod runs;
pub mod schema;
pub mod score;
pub mod since;
pub mod suite;
pub mod trend;

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand};

pub use exit::Exit;

/// Evaluate summarizers: overlap with references, facts preserved, statistics you can trust, gates for CI.
#[derive(Debug, Parser)]
#[command(name = "epitome", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Start with `epitome run` in a folder with an epitome.toml, or `epitome init --from FILE` to make one.\n\n\
    Exit codes: 0 done and every gate holds; 1 a gate failed; 2 usage, suite or input error; \
    3 a system failed too often; 4 internal error; 130 interrupted."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Worker threads [default: one a core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// Seed of everything random [default: the suite's, else 1]
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,
    /// No progress and no remarks on stderr; errors remain
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Merge(merge::MergeArgs),
    Score(score::ScoreArgs),
    Explain(explain::ExplainArgs),
    Report(report::ReportArgs),
    Facts(facts::FactsArgs),
    Compare(compare::CompareArgs),
    Gate(gate::GateArgs),
    Accept(accept::AcceptArgs),
    Review(review::ReviewArgs),
    Reject(reject::RejectArgs),
    Rescore(rescore::RescoreArgs),
    Correlate(correlate::CorrelateArgs),
    Audit(audit::AuditArgs),
    Add(add::AddArgs),
    Noise(noise::NoiseArgs),
    Trend(trend::TrendArgs),
    List(list::ListArgs),
    Init(init::InitArgs),
    Schema(schema::SchemaArgs),
    Cache(cache::CacheArgs),
    Runs(runs::RunsArgs),
    Completions(completions::CompletionsArgs),
}

/// Parses the arguments, carries out the command, and says how it ended.
pub fn main(args: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help to stdout and errors to stderr, and knows which is which.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let global = &cli.global;
    if let Some(threads) = global.threads {
        // Fails only where a pool exists already, which then serves.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
    let ended = match &cli.command {
        Command::Run(args) => run::run(args, global),
        Command::Merge(args) => merge::run(args, global),
        Command::Compare(args) => compare::run(args, global),
        Command::Gate(args) => gate::run(args, global),
        Command::Accept(args) => accept::run(args, global),
        Command::Review(args) => review::run(args, global),
        Command::Reject(args) => reject::run(args, global),
        Command::Rescore(args) => rescore::run(args, global),
        Command::Correlate(args) => correlate::run(args, global),
        Command::Audit(args) => audit::run(args, global),
        Command::Add(args) => add::run(args, global),
        Command::Noise(args) => noise::run(args, global),
        Command::Trend(args) => trend::run(args, global),
        Command::Schema(args) => schema::run(args, global),
        Command::Cache(args) => cache::run(args, global),
        Command::Runs(args) => runs::run(args, global),
        Command::Score(args) => score::run(args, global),
        Command::Explain(args) => explain::run(args, global),
        Command::Report(args) => report::run(args, global),
        Command::Facts(args) => facts::run(args, global),
        Command::List(args) => list::run(args, global),
        Command::Init(args) => init::run(args, global),
        Command::Completions(args) => completions::run(args, &mut <Cli as clap::CommandFactory>::command()),
    };
    ended.unwrap_or_else(|error| exit::report(&error))
}
