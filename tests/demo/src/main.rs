//! The command line of the demo: `prepare`, `slice`, `load`, `pair`, `orders`.
//!
//! Progress goes to standard error; standard output has what a script may want to read.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use demo_network::api::Api;
use demo_network::error::DemoError;
use demo_network::orders::{Pace, Shop};
use demo_network::rows::AssociateRow;
use demo_network::seed::Seed;
use demo_network::{DEMO_LOCATION, clock, files, load, orders, prepare, slice};

/// Prepares, loads and keeps alive the demo network.
#[derive(Parser)]
#[command(name = "demo")]
struct Arguments {
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    /// Makes the demo's files from the folder of open data
    Prepare {
        #[arg(long)]
        data: PathBuf,
        #[arg(long, default_value = "assets/demo")]
        out: PathBuf,
    },
    /// Cuts slices of the open data for tests
    Slice {
        #[arg(long)]
        data: PathBuf,
        #[arg(long, default_value = "tests/data")]
        out: PathBuf,
    },
    /// Sends the demo's files to a server, and prints the sign-ins of the demo location
    Load {
        #[arg(long, default_value = "http://127.0.0.1:7400")]
        url: String,
        #[arg(long, env = "STOCKHAND_OPERATOR_LOGIN")]
        operator_login: String,
        #[arg(long, env = "STOCKHAND_OPERATOR_PASSWORD", hide_env_values = true)]
        password: String,
        #[arg(long, default_value = "assets/demo")]
        assets: PathBuf,
    },
    /// Prints a code that pairs one tablet
    Pair {
        #[arg(long, default_value = "http://127.0.0.1:7400")]
        url: String,
        #[arg(long, env = "STOCKHAND_OPERATOR_LOGIN")]
        operator_login: String,
        #[arg(long, env = "STOCKHAND_OPERATOR_PASSWORD", hide_env_values = true)]
        password: String,
        /// Where the tablet will work
        #[arg(long, default_value = DEMO_LOCATION)]
        location: String,
    },
    /// Places orders as a web shop would
    Orders {
        #[arg(long, default_value = "http://127.0.0.1:7400")]
        url: String,
        /// The channel's key, printed by the server at its first start
        #[arg(long, env = "STOCKHAND_CHANNEL_TOKEN", hide_env_values = true)]
        channel_token: String,
        /// Orders a minute
        #[arg(long, default_value_t = 2.0, value_parser = rate)]
        rate: f64,
        /// The same seed gives the same orders; without one, this second is the seed
        #[arg(long)]
        seed: Option<u64>,
        /// Orders in all; without it, until stopped
        #[arg(long)]
        count: Option<u64>,
        /// Orders at once, before the pace begins
        #[arg(long, default_value_t = 0)]
        burst: u64,
        /// Where pickups are promised
        #[arg(long, default_value = DEMO_LOCATION)]
        location: String,
        #[arg(long, default_value = "assets/demo")]
        assets: PathBuf,
    },
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.trim_end_matches("/min").parse().map_err(|_| "not a number".to_owned())?;
    if (0.01..=60_000.0).contains(&rate) { Ok(rate) } else { Err("0.01 to 60000 a minute".into()) }
}

fn main() -> ExitCode {
    match run(Arguments::parse().step) {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            eprint!("demo: {broken}");
            let mut cause = broken.source();
            while let Some(because) = cause {
                eprint!(": {because}");
                cause = because.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

fn run(step: Step) -> Result<(), DemoError> {
    let say = &mut |line: &str| eprintln!("{line}");
    match step {
        Step::Prepare { data, out } => {
            for file in prepare::prepare(&data, &out, prepare::SEED)? {
                println!("{:<24} {:>6} rows {:>8} bytes", file.name, file.rows, file.bytes);
            }
            Ok(())
        }
        Step::Slice { data, out } => slice::slice(&data, &out),
        Step::Load { url, operator_login, password, assets } => {
            let api = Api::sign_in(&url, &operator_login, &password)?;
            load::load(&api, &assets, say)?;
            print_sign_ins(&files::read(&assets.join(prepare::ASSOCIATES))?);
            Ok(())
        }
        Step::Pair { url, operator_login, password, location } => {
            println!("{}", Api::sign_in(&url, &operator_login, &password)?.pair(&location)?);
            Ok(())
        }
        Step::Orders { url, channel_token, rate, seed, count, burst, location, assets } => {
            let seed = Seed(seed.unwrap_or_else(|| clock::now_ms() / 1_000));
            let pace = Pace { seed, location, burst, per_minute: rate, count };
            orders::place(&Api::with_token(&url, &channel_token), &Shop::open(&assets)?, &pace, say)
        }
    }
}

fn print_sign_ins(staff: &[AssociateRow]) {
    for person in staff.iter().filter(|person| person.location == DEMO_LOCATION) {
        println!("{:<10} {:<16} {} PIN {}", person.role, person.name, person.id, person.pin);
    }
}
